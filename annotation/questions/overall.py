"""Which response is better as a whole?"""

from django.utils.translation import gettext_noop as _

from annotation.models.question import Kind, Level
from annotation.questions.gain import GAIN
from annotation.questions.kind import QuestionKind

OVERALL = QuestionKind(
    kind=Kind.OVERALL,
    level=Level.ORDINAL,
    wording=_("All in all, which response is better for you?"),
    wording_third_party=_("All in all, which response would this person find better?"),
    answers=GAIN.answers,
    subject="response_pair",
)

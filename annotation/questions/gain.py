"""How much better does one response serve one attribute? (RH, response comparison.)"""

from django.utils.translation import gettext_noop as _

from annotation.models.question import Kind, Level
from annotation.questions.kind import QuestionKind, scale

GAIN = QuestionKind(
    kind=Kind.GAIN,
    level=Level.ORDINAL,
    wording=_("With this in mind, which response is better for you?"),
    wording_third_party=_("With this in mind, which response is better for this person?"),
    answers=scale(
        _("A is much better"),
        _("A is a little better"),
        _("No difference"),
        _("B is a little better"),
        _("B is much better"),
    ),
    subject="response_pair and attribute",
)

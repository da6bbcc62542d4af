"""The kinds of question, as a plain dict; CONTRIBUTING.md says how to add one.

`custom` is not among them: its wording, options and level come from the researcher's question.toml.
"""

from annotation.models.question import Kind
from annotation.questions.attribute import ATTRIBUTE
from annotation.questions.choice import CHOICE
from annotation.questions.error_code import ERROR_CODE
from annotation.questions.gain import GAIN
from annotation.questions.kind import QuestionKind
from annotation.questions.mention import MENTION
from annotation.questions.overall import OVERALL
from annotation.questions.rating import RATING
from annotation.questions.recognition import RECOGNITION, RECOGNITION_SINGLE
from annotation.questions.relevance import RELEVANCE

KINDS: dict[Kind, QuestionKind] = {
    one.kind: one
    for one in (
        ATTRIBUTE,
        ERROR_CODE,
        RELEVANCE,
        GAIN,
        OVERALL,
        CHOICE,
        RECOGNITION,
        RECOGNITION_SINGLE,
        RATING,
        MENTION,
    )
}

"""The nouns of the notebook, a file per noun; `docs/architecture.md` holds the picture."""

from annotation.models.attribute import Attribute, AttributeVariant, Evidence
from annotation.models.consent import ConsentText, Invite
from annotation.models.conversation import Conversation, Turn
from annotation.models.demographic import Demographic
from annotation.models.judgment import Judgment, Reference, Stamp
from annotation.models.lane import Cursor, Lane, Tally
from annotation.models.missing import MissingAttribute
from annotation.models.person import Enrollment, Participant
from annotation.models.plan import Plan
from annotation.models.profile import ProfileAnswer, ProfileField
from annotation.models.query import Query, QueryList, RelevancePair
from annotation.models.question import Option, Question
from annotation.models.rater import Rater
from annotation.models.record import Record
from annotation.models.response import Author, Response, ResponsePair
from annotation.models.sheet import Item, Sheet
from annotation.models.slot import Lapse, Slot
from annotation.models.study import Study
from annotation.models.user import User

__all__ = [
    "Attribute",
    "AttributeVariant",
    "Author",
    "ConsentText",
    "Conversation",
    "Cursor",
    "Demographic",
    "Enrollment",
    "Evidence",
    "Invite",
    "Item",
    "Judgment",
    "Lane",
    "Lapse",
    "MissingAttribute",
    "Option",
    "Participant",
    "Plan",
    "ProfileAnswer",
    "ProfileField",
    "Query",
    "QueryList",
    "Question",
    "Rater",
    "Record",
    "Reference",
    "RelevancePair",
    "Response",
    "ResponsePair",
    "Sheet",
    "Slot",
    "Stamp",
    "Study",
    "Tally",
    "Turn",
    "User",
]

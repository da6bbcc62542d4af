"""How much each part of a study asks for, and how long people usually take for it."""

from annotation.models import Study
from annotation.models.person import Part
from annotation.models.sheet import Stage
from annotation.sheets import REQUIRED_GAINS

# How long people take, in seconds: rounded guesses until a study has been walked through.
MESSAGE = 50
ITEM = {Stage.REVIEW: 6, Stage.RELEVANCE: 7, Stage.COMPARISON: 8}
SHEET = {Stage.REVIEW: 30, Stage.RELEVANCE: 10, Stage.COMPARISON: 50}
OTHER_SHEET = 90
# What a sheet holds as a rule, for the parts that are not prepared yet.
USUAL_ITEMS = {Stage.REVIEW: 16, Stage.RELEVANCE: 7, Stage.COMPARISON: REQUIRED_GAINS}


def ahead(study: Study, part: Part) -> tuple[int, int]:
    """Return what a part asks for, in messages or sheets, and in seconds, before it is prepared."""
    match part:
        case Part.CHAT:
            return study.turns_min, study.turns_min * MESSAGE
        case Part.OTHERS:
            return study.sheets_each, study.sheets_each * OTHER_SHEET
        case Part.REPEAT | Part.DONE:
            return 0, 0
        case _:
            stage = Stage(part)
            sheets = 1 if part is Part.REVIEW else study.queries_each
            return sheets, sheets * sheet_seconds(stage, USUAL_ITEMS[stage])


def sheet_seconds(stage: Stage, items: int) -> int:
    """Return how long people take for an own sheet of so many items."""
    most = REQUIRED_GAINS if stage is Stage.COMPARISON else items
    return SHEET[stage] + ITEM[stage] * min(items, most)

"""A server process for claims: does what a line of JSON asks, and answers with a line of JSON.

Run by `servers.Direct` as `manage.py shell --command "from tests.fire.child import main; main()"`.
"""

import json
import sys
import traceback
from collections.abc import Callable
from typing import Any

from annotation import assignment, lanes, leaving, plans
from annotation.answers import Answers
from annotation.drafts import save_draft
from annotation.models import Enrollment, Slot, Study
from annotation.models.slot import LapseReason
from annotation.sheets import rater_of
from tests.fire.world import STAGE

Asked = dict[str, Any]


def main() -> None:
    """Answer until the other end is closed."""
    say({"ready": True})
    for line in sys.stdin:
        say(answer(json.loads(line)))


def say(reply: Asked) -> None:
    """Write one line."""
    sys.stdout.write(json.dumps(reply) + "\n")
    sys.stdout.flush()


def answer(asked: Asked) -> Asked:
    """Do what is asked, as a view would: a refusal is an answer, everything else a fault."""
    try:
        return VERBS[asked["do"]](asked)
    except assignment.SheetError as error:
        return {"refused": error.why.value}
    except Exception as error:  # noqa: BLE001 - what a server would answer 500 to
        traceback.print_exc()
        return {"error": f"{asked['do']}: {type(error).__name__}: {error}".splitlines()[0]}


def person(asked: Asked) -> Enrollment:
    """Return who asks, as a request reads them."""
    people = Enrollment.objects.select_related("study", "participant__rater")
    return people.get(pk=asked["person"])


def place(slot: Slot | None) -> Asked:
    """Return a place as an answer."""
    return {"slot": slot and slot.pk, "sheet": slot and slot.sheet_id}


def draft(asked: Asked) -> Asked:
    """Keep a half-filled page, as its script does."""
    who = person(asked)
    held = assignment.hold(who, asked["slot"])
    kept = save_draft(held, rater_of(who), held.draft_revision, asked["entered"])
    return {"saved": kept.saved}


def submit(asked: Asked) -> Asked:
    """Send a sheet."""
    given = {int(item): code for item, code in asked["values"].items()}
    sent = assignment.submit(person(asked), asked["slot"], Answers(given))
    return {"in_time": sent.in_time, **place(sent.next)}


def give_back(asked: Asked) -> Asked:
    """Skip or flag a sheet."""
    assignment.give_back(person(asked), asked["slot"], LapseReason(asked["why"]), "no")
    return {}


def withdraw(asked: Asked) -> Asked:
    """Take a person out."""
    leaving.withdraw(person(asked))
    return {}


def raised(asked: Asked) -> Asked:
    """Add places to all sheets of the study."""
    study = Study.objects.get(pk=asked["study"])
    return {"laid": plans.raise_places(study, STAGE, asked["strangers"])}


VERBS: dict[str, Callable[[Asked], Asked]] = {
    "own": lambda asked: place(assignment.claim_own(person(asked))),
    "other": lambda asked: place(assignment.claim_other(person(asked))),
    "ahead": lambda asked: place(assignment.claim_ahead(person(asked))),
    "hold": lambda asked: place(assignment.hold(person(asked), asked["slot"])),
    "beat": lambda asked: {"kept": assignment.beat(person(asked), asked["slot"])},
    "draft": draft,
    "submit": submit,
    "give_back": give_back,
    "withdraw": withdraw,
    "expire": lambda asked: {"freed": lanes.expire(asked["study"])},
    "raise": raised,
}

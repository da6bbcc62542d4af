"""How far one person has come, and about how many minutes are left."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

from django.db.models import Count
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from annotation.effort import MESSAGE, OTHER_SHEET, ahead, sheet_seconds
from annotation.enrollment import PARTS, open_own_slots
from annotation.models import Enrollment, Slot, Study, Turn
from annotation.models.consent import Way
from annotation.models.conversation import Speaker
from annotation.models.person import Part
from annotation.models.sheet import Stage
from annotation.models.slot import Purpose, SlotRole
from annotation.sheets import rater_of

NAMES: Mapping[Part, Promise] = {
    Part.CHAT: _("Talk to the assistant"),
    Part.REVIEW: _("Check what was noticed"),
    Part.RELEVANCE: _("Say what matters"),
    Part.COMPARISON: _("Compare answers"),
    Part.REPEAT: _("Answer some again"),
    Part.OTHERS: _("Label for others"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a person's way: what is done of it, in messages or sheets, and in seconds."""

    part: Part
    is_now: bool
    done: int
    total: int
    seconds_left: int

    @property
    def name(self) -> Promise:
        """Return what people call the part."""
        return NAMES[self.part]

    @property
    def is_done(self) -> bool:
        """Return whether nothing of the part is left."""
        return not self.is_now and self.seconds_left == 0


@dataclass(frozen=True, slots=True)
class Progress:
    """A person's way: its parts in order, what is done of the present one, and the time left."""

    parts: tuple[Step, ...]
    done: int
    total: int
    minutes_left: int

    @property
    def now(self) -> Step | None:
        """Return the present part; None at the end."""
        return next((one for one in self.parts if one.is_now), None)

    @property
    def place(self) -> int:
        """Return the number of the present part, from one."""
        return next((n for n, one in enumerate(self.parts, 1) if one.is_now), len(self.parts))


def minutes_for(study: Study, way: str) -> int:
    """Return about how many minutes a whole way takes, for those who have not begun."""
    return _minutes(sum(ahead(study, part)[1] for part in _parts(way)))


def progress(enrollment: Enrollment) -> Progress:
    """Return how far a person has come in a study."""
    study, now = enrollment.study, Part(enrollment.part)
    parts = _parts(enrollment.way, now)
    is_over = enrollment.finished_at is not None
    place = len(parts) if is_over or now not in parts else parts.index(now)
    steps = []
    for at, part in enumerate(parts):
        total, seconds = ahead(study, part)
        if at < place:
            steps.append(Step(part, is_now=False, done=total, total=total, seconds_left=0))
        elif at > place:
            steps.append(Step(part, is_now=False, done=0, total=total, seconds_left=seconds))
        else:
            steps.append(_present(enrollment, part))
    present = steps[place] if place < len(steps) else None
    return Progress(
        parts=tuple(steps),
        done=present.done if present else 0,
        total=present.total if present else 0,
        minutes_left=_minutes(sum(one.seconds_left for one in steps)),
    )


def messages_sent(enrollment: Enrollment) -> int:
    """Return how many messages a person has written in a study's chat."""
    return Turn.objects.filter(
        conversation__study=enrollment.study_id,
        conversation__participant=enrollment.participant_id,
        speaker=Speaker.USER,
    ).count()


def _parts(way: str, now: Part | None = None) -> tuple[Part, ...]:
    """Return the parts of a way; being asked again is one only for those who are."""
    hidden = {Part.DONE} if now is Part.REPEAT else {Part.DONE, Part.REPEAT}
    return tuple(part for part in PARTS[Way(way)] if part not in hidden)


def _minutes(seconds: int) -> int:
    return ceil(seconds / 60)


def _present(enrollment: Enrollment, part: Part) -> Step:
    """Return the part where a person is."""
    total, seconds = ahead(enrollment.study, part)
    match part:
        case Part.CHAT:
            done = messages_sent(enrollment)
            left = max(0, total - done) * MESSAGE
        case Part.OTHERS:
            done = enrollment.others_sent
            left = max(0, total - done) * OTHER_SHEET
        case Part.REPEAT:
            again = open_own_slots(enrollment, Purpose.REPEAT)
            done, total = 0, again.count()
            left = total * OTHER_SHEET
        case _:
            sheets = _own_sheets(enrollment, Stage(part))
            if sheets:
                total = len(sheets)
            done = sheets.count(0)
            left = sum(sheets) if sheets else seconds
    return Step(part, is_now=True, done=min(done, total), total=total, seconds_left=left)


def _own_sheets(enrollment: Enrollment, stage: Stage) -> list[int]:
    """Return the seconds left at each of a person's own sheets of one stage."""
    open_ones = set(
        open_own_slots(enrollment).filter(sheet__stage=stage).values_list("pk", flat=True)
    )
    places = (
        Slot.objects.filter(
            sheet__owner=rater_of(enrollment),
            sheet__study=enrollment.study_id,
            sheet__hidden_at=None,
            sheet__stage=stage,
            role=SlotRole.FIRST_PERSON,
            purpose=Purpose.LABEL,
        )
        .annotate(items=Count("sheet__items"))
        .values_list("pk", "items")
    )
    return [sheet_seconds(stage, items) if pk in open_ones else 0 for pk, items in places]

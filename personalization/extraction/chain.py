"""What follows what, for one arm and one person: extraction, merging, evidence, and the review.

Whoever settles a row of it asks here what comes next, with the person locked: of two rows that are
settled at once, the second one sees both.
"""

from django.db.models import Exists, OuterRef, QuerySet

from annotation.enrollment import prepared
from annotation.models import AttributeVariant, Enrollment, Item
from annotation.models.person import Part
from personalization.arms.configuration import Extracting
from personalization.arms.holding import profile
from personalization.arms.making import live_arms
from personalization.arms.step import follow
from personalization.extraction.people import locked
from personalization.extraction.reopening import look_again
from personalization.extraction.rows import all_of, extractions, mergings, pointings
from personalization.laying import lay_of
from personalization.models import Arm, Extraction, Merging, Pointing
from personalization.models.arm import ArmStep
from personalization.models.arm_work import ArmWork
from personalization.revision.live import under_way

TROUBLES = (
    (Extraction, "Attributes could not be extracted."),
    (Merging, "Attributes could not be put together."),
    (Pointing, "Evidence could not be looked for."),
)


def go_on(row: ArmWork, study: int, participant: int) -> None:
    """Plan what follows a row that is settled, and let the person go on if it was the last one."""
    if row.trial:
        return
    person = locked(study, participant)
    if person is None or person.withdrawn_at is not None:
        return
    is_done = advance(row, person)
    if is_done and waits(person):
        conclude(person)


def waits(person: Enrollment) -> bool:
    """Return whether a person waits for the review."""
    return (
        person.part == Part.REVIEW
        and person.waiting_since is not None
        and person.withdrawn_at is None
    )


def advance(before: ArmWork, person: Enrollment) -> bool:
    """Add what comes next in an arm and run; return whether it has nothing left to do for a person."""
    arm = before.arm
    if extractions(arm, person).filter(settled_at=None).exists():
        return False
    manner = Extracting.read(arm.configuration)
    if manner.embedder and not _is_merged(before, person):
        return False
    return manner.evidence != "second" or _is_pointed(before, person)


def conclude(person: Enrollment) -> None:
    """Lay the review and let the person go on, once all arms that people wait for are done."""
    arms = live_arms(person.study, ArmStep.EXTRACTION)
    # Each of them gets what comes next, also where another one is not done.
    # What is not saved says of follow-ups whose they are: the arm's, and no run's.
    done = [advance(Merging(arm=arm), person) for arm in arms]
    if not all(done):
        return
    if under_way(person):
        return
    lay_of(person, [*arms, *live_arms(person.study, ArmStep.REVISION)])
    prepared(person.pk, _trouble(arms, person))


def _is_merged(before: ArmWork, person: Enrollment) -> bool:
    """Plan a merging where something was found since the last one; return whether none is open."""
    found = extractions(before.arm, person).filter(found__gt=0)
    newest = found.order_by("-settled_at", "-pk").first()
    there = mergings(before.arm, person)
    if newest is not None and not there.filter(up_to=newest).exists():
        follow(before, [Merging(enrollment=person, up_to=newest)])
    return not there.filter(settled_at=None).exists()


def _is_pointed(before: ArmWork, person: Enrollment) -> bool:
    """Plan to look for evidence for what is new, or was read in another conversation since.

    Return whether no such row is open. What is on a sheet already keeps the evidence that raters see.
    """
    arm = before.arm
    asked = pointings(arm, person)
    of_one = Pointing.objects.filter(arm=arm, trial=False, attribute=OuterRef("pk"))
    new = profile(arm, person.participant_id).exclude(Exists(of_one) | Exists(_items("pk")))
    follow(before, [Pointing(attribute=one) for one in new])
    since = AttributeVariant.objects.filter(
        attribute=OuterRef("attribute"),
        extracted__extraction__arm=arm,
        extracted__extraction__settled_at__gt=OuterRef("settled_at"),
    )
    stale = asked.filter(Exists(since), ~Exists(_items("attribute")))
    look_again(before, stale.filter(attribute__withdrawn_at=None))
    return not asked.filter(settled_at=None).exists()


def _items(attribute: str) -> "QuerySet[Item]":
    return Item.objects.filter(attribute=OuterRef(attribute))


def _trouble(arms: list[Arm], person: Enrollment) -> str:
    """Return in words what went wrong at first, for researchers."""
    for of, words in TROUBLES:
        for arm in arms:
            rows = next(rows for rows in all_of(arm, person) if rows.model is of)
            failed = rows.filter(failure__isnull=False).order_by("pk")
            if (failure := failed.values_list("failure", flat=True).first()) is not None:
                return f"{words} {failure}"
    return ""

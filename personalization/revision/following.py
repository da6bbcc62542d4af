"""What follows from a check or a rewrite: the next call, or the end of an attribute in an arm."""

from annotation.models import Attribute, Enrollment, Evidence
from personalization.arms.configuration import Revising
from personalization.arms.holding import hold, leave_out
from personalization.extraction.reading import key
from personalization.models import Revision
from personalization.models.revision import RevisionKind
from personalization.revision.asking import sound
from personalization.revision.reading import Check, Rewrite

DROPPED, WITHDRAWN, REFINED = "dropped", "withdrawn", "refined"
UNCHANGED = "It came back as it was."


def after_check(row: Revision, said: Check) -> list[Revision]:
    """Keep what is not problematic; return the call by which the rest goes back, if there is one."""
    if said.flagged:
        return _back(row, said.why)
    if row.round == 0:
        hold(row.arm, [row.attribute])
    else:
        _refine(row)
    return []


def after_rewrite(row: Revision, said: Rewrite) -> list[Revision]:
    """Return the check of what was written anew; what says the same as before is still flagged."""
    if not said.text:
        leave_out(row.arm, row.attribute, WITHDRAWN)
        return []
    if key(said.text) in _said_before(row):
        return _back(row, row.why if row.why.endswith(UNCHANGED) else f"{row.why} {UNCHANGED}")
    return [_next(row, RevisionKind.CHECK, row.round, said.text, said.reason)]


def to_mend(row: Revision, why: str) -> Revision:
    """Return the call by which an attribute goes back, not saved."""
    return _next(row, RevisionKind.REWRITE, row.round + 1, row.text, row.reason, why.strip())


def _back(row: Revision, why: str) -> list[Revision]:
    if row.round < Revising.read(row.arm.configuration).rounds:
        return [to_mend(row, why)]
    leave_out(row.arm, row.attribute, DROPPED)
    return []


def _next(
    row: Revision, kind: RevisionKind, number: int, text: str, reason: str, why: str = ""
) -> Revision:
    return Revision(
        attribute=row.attribute, kind=kind, round=number, text=text, reason=reason, why=why
    )


def _said_before(row: Revision) -> set[str]:
    """Return what the attribute said in this and all earlier rounds, as texts are compared."""
    rows = Revision.objects.filter(arm=row.arm_id, attribute=row.attribute_id, trial=False)
    return {key(row.text), *(key(one) for one in rows.values_list("text", flat=True))}


def _refine(row: Revision) -> None:
    """Put the new wording in place of the old one: the same text about a person is there once."""
    old = row.attribute
    # Of two that come to the same text at once, the second one finds the first one's.
    Enrollment.objects.select_for_update(no_key=True).get(
        study=old.study_id, participant=old.participant_id
    )
    theirs = Attribute.objects.filter(study=old.study_id, participant=old.participant_id)
    same = [one for one in theirs.order_by("pk") if key(one.text) == key(row.text)]
    if any(one.withdrawn_at is not None for one in same):
        leave_out(row.arm, old, DROPPED)  # nobody is to read that any more
        return
    # One that this arm checks as well, and leaves out, stays out.
    hold(row.arm, same[:1] or [_write(row)])
    leave_out(row.arm, old, REFINED)


def _write(row: Revision) -> Attribute:
    """Write the refined attribute: as sure as the old one, from the same turns."""
    old = row.attribute
    new = Attribute.objects.create(
        study_id=old.study_id,
        participant_id=old.participant_id,
        text=row.text,
        reason=row.reason,
        confidence=old.confidence,
        refined_from=old,
    )
    Evidence.objects.bulk_create([Evidence(attribute=new, turn=one.turn) for one in sound(old)])
    return new

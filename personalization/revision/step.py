"""Verify and refine: check an attribute, send it back where it is flagged, check it again."""

from django.db import transaction

from annotation.models import Attribute, Enrollment
from annotation.models.person import Part
from annotation.work import look
from personalization.arms.step import ArmStepOf, Missing, follow
from personalization.asking import answer_of
from personalization.extraction.ladder import UnreadableError
from personalization.llm.backend import AskError
from personalization.models import Arm, ModelCall, Revision
from personalization.models.arm import ArmStep
from personalization.models.revision import RevisionKind
from personalization.preparing import NO_LONGER_WANTED, check_consent, check_wanted, waiting
from personalization.revision import beginning
from personalization.revision.asking import asked
from personalization.revision.expecting import calls_after
from personalization.revision.following import after_check, after_rewrite, to_mend
from personalization.revision.live import lacking
from personalization.revision.reading import Check, Rewrite, read_check, read_rewrite
from personalization.steps import HopelessError, Request, made, text_of

NOT_JUDGED = "not judged: who flags attributes has not (or not any more) judged this one"


class RevisingStep(ArmStepOf[Revision]):
    """One call about one attribute: check 0, then rewrite 1, check 1, rewrite 2, check 2."""

    model = Revision
    of = ArmStep.REVISION

    @transaction.atomic
    def plan(self, about: int) -> int:
        """Add the first checks for somebody who waits for a review."""
        enrollment = waiting(about, Part.REVIEW)
        if enrollment is None:
            return 0
        rows = lacking(enrollment)
        Revision.objects.bulk_create(rows, ignore_conflicts=True)
        return len(rows)

    def missing(self, arm: Arm, most: int | None = None, trial: bool = False) -> Missing[Revision]:
        """Return the first checks; those who flag attributes must have judged them, where it is people.

        `most` counts attributes.
        """
        all_of_base, agreed = beginning.of_base(arm), beginning.agreed(arm)
        left = all_of_base if trial else all_of_base.filter(beginning.not_begun(arm))
        room = most
        if most is not None and not trial:
            room = max(0, most - beginning.begun(arm).count())
        attributes = beginning.judged(arm, left.filter(agreed), room)
        withheld = left.exclude(agreed).count() if agreed else 0
        return Missing([beginning.first(arm, one) for one in attributes], withheld)

    def follow_ups(self, arm: Arm, rows: int) -> float:
        """Return how many rewrites and further checks so many first checks will lead to."""
        return rows * calls_after(arm)

    def request(self, row: Revision) -> Request | None:
        """Ask the arm's model; what people have said at first is asked of nobody."""
        enrollment = check_wanted(_person(row.attribute))
        if row.attribute.withdrawn_at is not None:
            raise HopelessError(NO_LONGER_WANTED)
        if _is_first(row) and beginning.people_of(row.arm) is not None:
            return None
        wanted = asked(row)
        check_consent(enrollment, wanted.endpoint)
        return wanted

    def settle(self, row: Revision, call: ModelCall | None) -> None:
        """Write what was said; keep the attribute, leave it out, or plan the next call."""
        check_wanted(_person(row.attribute))
        row.call = call
        if row.kind == RevisionKind.CHECK:
            self._check(row, self._verdict(row, call))
        else:
            self._rewrite(row, read_rewrite_of(made(call)))

    def settled(self, row: Revision) -> None:
        """Let the person's extraction conclude if nothing that the person waits for is left."""
        found = _person(row.attribute) if row.run_id is None else None
        # Of two that settle at once, the second one to get this lock sees both.
        enrollment = waiting(found.pk, Part.REVIEW) if found else None
        if enrollment is None:
            return
        left = self.waited_for().filter(
            attribute__study=enrollment.study_id,
            attribute__participant=enrollment.participant_id,
            settled_at=None,
        )
        if not left.exists():
            look("extraction", enrollment.pk)

    def _verdict(self, row: Revision, call: ModelCall | None) -> Check:
        says = beginning.people_of(row.arm) if _is_first(row) else None
        if says is None:
            return read_check_of(made(call))
        said = says([row.attribute_id])
        if row.attribute_id not in said:
            raise HopelessError(NOT_JUDGED)
        return said[row.attribute_id]

    def _check(self, row: Revision, said: Check) -> None:
        row.flagged, row.why = said.flagged, said.why
        if not row.trial:
            follow(row, after_check(row, said))
            return
        row.result = {"flagged": said.flagged, "why": said.why}
        if said.flagged and row.round == 0:
            follow(row, [to_mend(row, said.why)])

    def _rewrite(self, row: Revision, said: Rewrite) -> None:
        row.new_text, row.new_reason = said.text, said.reason
        if row.trial:
            row.result = {"new_text": said.text, "new_reason": said.reason}
        else:
            follow(row, after_rewrite(row, said))


def read_check_of(call: ModelCall) -> Check:
    """Return what a saved answer says of an attribute; AskError where it cannot be read."""
    try:
        return read_check(text_of(answer_of(call)))
    except UnreadableError as error:
        raise AskError("garbage", str(error)) from None


def read_rewrite_of(call: ModelCall) -> Rewrite:
    """Return what a saved answer makes of an attribute; AskError where it cannot be read."""
    try:
        return read_rewrite(text_of(answer_of(call)))
    except UnreadableError as error:
        raise AskError("garbage", str(error)) from None


def _is_first(row: Revision) -> bool:
    return row.kind == RevisionKind.CHECK and row.round == 0


def _person(attribute: Attribute) -> Enrollment | None:
    """Return whom an attribute is about, in its study."""
    return Enrollment.objects.filter(
        study=attribute.study_id, participant=attribute.participant_id
    ).first()

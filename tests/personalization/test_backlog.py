"""The machine's work, counted."""

from typing import Any

import pytest

from annotation.progress import Standing
from personalization import backlog
from personalization.models import Generation, Reply
from tests import busy
from tests import factories as make
from tests.personalization.views.kept_arms import arm, extraction, run_of

pytestmark = pytest.mark.django_db


def test_every_row_is_counted_once() -> None:
    """Waiting (some for later), in work, settled, or failed."""
    study = make.study()
    busy.consent(study)
    one = busy.person(study, Standing.COMPARING)
    query, now = make.query(study=study), busy.moment(0)
    rows: list[dict[str, Any]] = [
        {},
        {"due_at": busy.moment(1)},
        {"lease_until": busy.moment(1), "worker": "w"},
        {"lease_until": busy.moment(-1), "worker": "w"},
        {"settled_at": now, "failure": "refused"},
        {"settled_at": now, "response": make.response(query=query, of=one.participant)},
    ]
    for columns in rows:
        Generation.objects.create(
            enrollment=one,
            query=query,
            condition="none",
            arm=make.arm(step="generation"),
            **columns,
        )
    (found,) = backlog.backlog(study)
    assert found.step == "generation"
    assert (found.waiting, found.later, found.in_work) == (3, 1, 1)
    assert (found.settled, found.failed) == (1, 1)
    assert found.since is not None


def test_work_for_somebody_who_has_gone_is_no_failure() -> None:
    study = make.study()
    busy.consent(study)
    busy.failed(busy.person(study, Standing.CHATTING), "no longer wanted")
    replies = next(step for step in backlog.backlog(study) if step.step == "reply")
    assert (replies.failed, replies.reasons) == (0, [])
    assert backlog.try_again(study, "reply") == 0


def test_the_commonest_reasons_come_first() -> None:
    """Long ones are cut; of many, the first five are shown."""
    study = make.study()
    busy.consent(study)
    for number in range(7):
        for _time in range(number + 1):
            one = busy.person(study, Standing.CHATTING)
            busy.failed(one, f"reason {number} {'x' * 500}")
    replies = next(step for step in backlog.backlog(study) if step.step == "reply")
    assert [reason.count for reason in replies.reasons] == [7, 6, 5, 4, 3]
    assert {len(reason.text) for reason in replies.reasons} == {300}
    assert replies.reasons[0].person == max(
        turn.conversation.participant.pseudonym
        for turn in (row.turn for row in Reply.objects.filter(failure__startswith="reason 6"))
    )


def test_another_try_is_for_failed_rows_of_one_study() -> None:
    study, other = make.study(), make.study()
    for one in (study, other):
        busy.consent(one)
        busy.failed(busy.person(one, Standing.CHATTING))
    assert backlog.try_again(study, "extraction") == 1
    assert backlog.try_again(study, "extraction") == 0
    steps = {step.step: step for step in backlog.backlog(study)}
    assert (steps["extraction"].waiting, steps["extraction"].failed) == (1, 0)
    assert steps["reply"].failed == 1
    assert all(step.failed == 1 for step in backlog.backlog(other))


def test_rows_of_runs_belong_to_their_run() -> None:
    """They have a page with a retry of their own: here they would be counted, and tried, twice."""
    person = make.enrolled()
    run = run_of(arm(person.study))
    extraction(run, person, failure="refused: no")
    extraction(run, person, settled_at=None)
    assert backlog.backlog(person.study) == []
    assert backlog.try_again(person.study, "extraction") == 0
    assert backlog.open_arm_runs(person.study) == backlog.Runs(open=1, planned=4, settled=0)
    assert backlog.open_runs(person.study).open == 0

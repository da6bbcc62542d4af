"""What the judges answered: runs, raw readings, and the judgments that these settle."""

from collections.abc import Callable
from itertools import groupby

from annotation.models import Judgment, Rater, Study
from annotation.models.judgment import Reason, Role
from annotation.models.rater import RaterKind
from personalization.demo import judges as plan
from personalization.demo.planted import Judge
from personalization.demo.rows import times
from personalization.demo.rows.copying import copy
from personalization.demo.rows.sheets import Laid
from personalization.demo.sheets import Ask
from personalization.judge.settlement import Reading, Settled, settle_orders, settle_single
from personalization.models import JudgeRun, Verdict
from personalization.models.run import RunSource

ORDINAL = {Ask.ATTRIBUTE: 0.0, Ask.OVERALL: 1.0, Ask.GAIN: 1.0}  # the score of the first option


def add(study: Study, laid: Laid, judge: Judge, readings: list[plan.Reading]) -> None:
    """Add a judge with its run, its readings, and what they settle."""
    rater = Rater.objects.create(
        kind=RaterKind.JUDGE,
        name=judge.name,
        fingerprint=f"demo:{study.name}:{judge.name}",
        configuration={"model": judge.name, "family": judge.family, "synthetic": True},
    )
    run = JudgeRun.objects.create(
        study=study,
        rater=rater,
        source=RunSource.IMPORTED,
        planned=len(readings),
        settled=len(readings),
        created_at=times.JUDGED,
        finished_at=times.JUDGED,
    )
    copy(
        Verdict,
        (
            *("run_id", "item_id", "question_id", "rater_id", "side", "sample", "occasion"),
            *("attempt", "value", "reason", "due_at", "settled_at"),
        ),
        (_verdict(run, laid, one) for one in readings),
    )
    copy(
        Judgment,
        ("item_id", "question_id", "rater_id", "role", "value", "reason", "score", "at"),
        (
            _judgment(rater, laid, list(orders))
            for _item, orders in groupby(readings, key=lambda one: one.item)
        ),
    )


def _verdict(run: JudgeRun, laid: Laid, reading: plan.Reading) -> tuple[object, ...]:
    item, read = laid.items[reading.item], _read(laid, reading)
    whose = (run.pk, item.pk, item.question_id, run.rater_id)
    what = (reading.order.value, 0, 0, 0, read.value, read.reason)
    return (*whose, *what, times.JUDGED, times.JUDGED)


def _judgment(rater: Rater, laid: Laid, readings: list[plan.Reading]) -> tuple[object, ...]:
    item = laid.items[readings[0].item]
    settled = _settle([_read(laid, one) for one in readings], _score(readings[0].item.ask))
    whose = (item.pk, item.question_id, rater.pk, Role.MACHINE.value)
    return (*whose, settled.value, settled.reason, settled.score, times.JUDGED)


def _read(laid: Laid, reading: plan.Reading) -> Reading:
    if reading.value is None:
        return Reading(None, Reason.UNPARSED.value)
    return Reading(laid.codes[reading.item.ask][reading.value])


def _settle(readings: list[Reading], score: Callable[[int], float] | None) -> Settled:
    if len(readings) == 1:
        return settle_single(readings[0], score)
    ab, ba = readings
    return settle_orders(ab, ba, score)


def _score(ask: Ask) -> Callable[[int], float] | None:
    """Return the scale of an ordinal question."""
    start = ORDINAL.get(ask)
    return None if start is None else lambda code: code + start

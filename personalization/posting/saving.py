"""Take the answers of a judge that a program of the researchers' own has asked."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import transaction
from django.utils import timezone

from annotation.models import Item, Judgment, Question, Rater, Study, User
from annotation.models.judgment import Role
from annotation.models.rater import RaterKind
from personalization.judge.choices import Side
from personalization.judge.scales import scale_of
from personalization.judge.settlement import Reading, Settled, settle
from personalization.models import JudgeRun, Verdict
from personalization.models.run import RunSource
from personalization.posting.checks import answer_faults, judge_faults
from personalization.posting.shapes import (
    Answer,
    Asked,
    ChangedAnswersError,
    Fault,
    Judge,
    UnknownItemsError,
    WrongAnswersError,
)
from personalization.releases.kept import Kept


@dataclass(frozen=True, slots=True)
class Posted:
    """What a post has come to: its judge, its run, and how many items it newly answered."""

    rater: Rater
    run: JudgeRun
    new: int
    unchanged: int


@transaction.atomic
def post(kept: Kept, judge: Judge, answers: Sequence[Answer], by: User) -> Posted:
    """Save all answers or none; the same answers again change nothing."""
    items = _items(kept, answers)
    asked = _asked(items.values())
    faults = [*judge_faults(judge), *answer_faults(answers, items, asked)]
    if faults:
        raise WrongAnswersError(faults)
    rater = _locked_rater(judge)
    by_item: dict[int, list[Answer]] = {}
    for one in answers:
        by_item.setdefault(one.item, []).append(one)
    new = _new(rater, by_item, items, asked)
    run = _run(kept.study, rater, by)
    _save(run, {pk: by_item[pk] for pk in new}, items, asked)
    return Posted(rater, run, len(new), len(by_item) - len(new))


def _items(kept: Kept, answers: Sequence[Answer]) -> dict[int, Item]:
    found = kept.items().in_bulk({one.item for one in answers})
    if unknown := [one for one in answers if one.item not in found]:
        text = f"{kept.study.name} has no item {{}}."
        raise UnknownItemsError([Fault(one.row, "item", text.format(one.item)) for one in unknown])
    return found


def _asked(items: Iterable[Item]) -> dict[int, Asked]:
    questions = Question.objects.filter(pk__in={one.question_id for one in items})
    asked = {}
    for question in questions.prefetch_related("options"):
        options = {one.key: one for one in question.options.all()}
        sided = any(one.side for one in options.values())
        asked[question.pk] = Asked(question, options, sided)
    return asked


def _locked_rater(judge: Judge) -> Rater:
    """Return the judge's rater; two posts of one judge take their turns."""
    canonical = judge.canonical()
    configuration = orjson.loads(canonical)[1]
    fingerprint = f"posted:{hashlib.sha256(canonical).hexdigest()}"
    rater, _new = Rater.objects.get_or_create(
        fingerprint=fingerprint,
        defaults={"kind": RaterKind.JUDGE, "name": judge.name, "configuration": configuration},
    )
    return Rater.objects.select_for_update(no_key=True).get(pk=rater.pk)


def _new(
    rater: Rater, by_item: dict[int, list[Answer]], items: dict[int, Item], asked: dict[int, Asked]
) -> list[int]:
    """Return the items that the judge has not answered yet; refuse where it answered otherwise."""
    known: dict[int, set[tuple[object, ...]]] = {}
    sources = dict(
        Judgment.objects.filter(
            item__in=by_item, rater=rater, occasion=0, superseded_at=None
        ).values_list("item_id", "distribution_source")
    )
    for one in Verdict.objects.filter(item__in=by_item, rater=rater, occasion=0, sample=0):
        shares = None if one.distribution is None else tuple(one.distribution)
        reading = (one.side, one.value, one.reason, one.certainty, shares, sources[one.item_id])
        known.setdefault(one.item_id, set()).add(reading)
    faults, new = [], []
    for pk, rows in by_item.items():
        source = _source(rows)
        said = {_reading(one, asked[items[pk].question_id], source) for one in rows}
        if pk not in known:
            new.append(pk)
        elif known[pk] != said:
            text = f"{rater.name} has answered item {pk} otherwise: name the new judge otherwise."
            faults += [Fault(one.row, "value", text) for one in rows]
    if faults:
        raise ChangedAnswersError(faults)
    return new


def _reading(one: Answer, asked: Asked, source: str | None) -> tuple[object, ...]:
    shares = None if one.distribution is None else tuple(one.distribution)
    return (one.side, asked.code(one.value), one.reason, one.certainty, shares, source)


def _run(study: Study, rater: Rater, by: User) -> JudgeRun:
    """Return the judge's one run of posts in this study; the rater's lock keeps it one."""
    runs = JudgeRun.objects.filter(study=study, rater=rater, source=RunSource.POSTED)
    return runs.first() or JudgeRun.objects.create(
        study=study, rater=rater, source=RunSource.POSTED, by=by
    )


def _save(
    run: JudgeRun,
    by_item: dict[int, list[Answer]],
    items: dict[int, Item],
    asked: dict[int, Asked],
) -> None:
    now = timezone.now()
    verdicts = [
        _verdict(run, one, asked[items[pk].question_id], now)
        for pk, rows in by_item.items()
        for one in rows
    ]
    Verdict.objects.bulk_create(verdicts)
    Judgment.objects.bulk_create(
        _judgment(run, pk, rows, asked[items[pk].question_id]) for pk, rows in by_item.items()
    )
    run.questions = sorted({*run.questions, *(items[pk].question_id for pk in by_item)})
    run.planned += len(verdicts)
    run.settled += len(verdicts)
    run.finished_at = now
    run.save(update_fields=["questions", "planned", "settled", "finished_at"])


def _verdict(run: JudgeRun, one: Answer, asked: Asked, now: datetime) -> Verdict:
    return Verdict(
        run=run,
        item_id=one.item,
        question=asked.question,
        rater_id=run.rater_id,
        side=one.side,
        value=asked.code(one.value),
        reason=one.reason,
        certainty=one.certainty,
        distribution=one.distribution,
        settled_at=now,
    )


def _judgment(run: JudgeRun, item: int, rows: list[Answer], asked: Asked) -> Judgment:
    source = _source(rows)
    settled = _settled(rows, asked, shares=source is not None)
    return Judgment(
        item_id=item,
        question=asked.question,
        rater_id=run.rater_id,
        role=Role.MACHINE,
        value=settled.value,
        reason=settled.reason,
        score=settled.score,
        certainty=settled.certainty,
        distribution=settled.distribution,
        distribution_source=source if settled.distribution is not None else None,
    )


def _settled(rows: list[Answer], asked: Asked, *, shares: bool) -> Settled:
    """Return what the rows of an item come to; shares of two sources have no mean."""
    readings: dict[Side, list[Reading]] = {}
    for one in rows:
        given = tuple(one.distribution) if shares and one.distribution is not None else None
        reading = Reading(asked.code(one.value), one.reason, one.certainty, given)
        side: Side = "none" if one.side == "none" else "ab" if one.side == "ab" else "ba"
        readings[side] = [reading]
    return settle(readings, scale_of(asked.question))


def _source(rows: list[Answer]) -> str | None:
    """Return where the judgment's shares come from: all its readings have some, of one source."""
    sources = {one.distribution_source for one in rows}
    return sources.pop() if len(sources) == 1 else None

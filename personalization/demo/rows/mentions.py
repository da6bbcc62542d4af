"""Which attributes the personalized responses name, as a judge would say that only flags this."""

from annotation.mentions import JUDGES_ONLY
from annotation.models import Item, Judgment, Rater, ResponsePair, Sheet, Study
from annotation.models.judgment import Role
from annotation.models.question import Kind
from annotation.models.rater import RaterKind
from annotation.protocol import question
from personalization.demo import planted
from personalization.demo.rows import times
from personalization.demo.rows.copying import copy
from personalization.demo.rows.sheets import Laid
from personalization.demo.sheets import Ask, Plan, names
from personalization.models import JudgeRun, Verdict
from personalization.models.run import RunSource
from personalization.models.verdict import Side


def add(study: Study, laid: Laid, plan: Plan) -> None:
    """Ask it of everything that has a gain, and add the answers: they are right."""
    asked = question(study, Kind.MENTION)
    codes = dict(asked.options.values_list("key", "code"))
    sheets: list[Sheet] = []
    answers: list[tuple[Item, int]] = []
    for one in plan.comparisons:
        gains = [item for item in one.items if item.ask is Ask.GAIN]
        pair = _pair(laid.items[one.items[0]])
        response = pair.a if pair.a.participant_id else pair.b
        sheet = Sheet(
            study=study,
            stage=JUDGES_ONLY,
            owner=laid.sheets[one].owner,
            shown={"query": pair.query_id, "response": response.pk},
            created_at=times.JUDGED,
        )
        sheets.append(sheet)
        for gain in gains:
            item = Item(
                sheet=sheet,
                study=study,
                question=asked,
                response_pair=pair,
                attribute=laid.items[gain].attribute,
            )
            answers.append((item, codes["yes" if names(one, gain) else "no"]))
    Sheet.objects.bulk_create(sheets)
    Item.objects.bulk_create(item for item, _code in answers)
    _add_answers(study, answers)


def _add_answers(study: Study, answers: list[tuple[Item, int]]) -> None:
    rater = Rater.objects.create(
        kind=RaterKind.JUDGE,
        name=planted.MENTIONS,
        fingerprint=f"demo:{study.name}:{planted.MENTIONS}",
        configuration={"model": planted.MENTIONS, "synthetic": True},
    )
    run = JudgeRun.objects.create(
        study=study,
        rater=rater,
        source=RunSource.IMPORTED,
        planned=len(answers),
        settled=len(answers),
        created_at=times.JUDGED,
        finished_at=times.JUDGED,
    )
    said = [(item.pk, item.question_id, rater.pk, code) for item, code in answers]
    copy(
        Verdict,
        (
            *("run_id", "item_id", "question_id", "rater_id", "value", "side"),
            *("sample", "occasion", "attempt", "due_at", "settled_at"),
        ),
        ((run.pk, *one, Side.NONE.value, 0, 0, 0, times.JUDGED, times.JUDGED) for one in said),
    )
    copy(
        Judgment,
        ("item_id", "question_id", "rater_id", "value", "role", "at"),
        ((*one, Role.MACHINE.value, times.JUDGED) for one in said),
    )


def _pair(item: Item) -> ResponsePair:
    assert item.response_pair is not None  # noqa: S101 - of comparisons
    return item.response_pair

"""Answers of a judge that a program posts."""

from copy import deepcopy
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from annotation import models as m
from personalization.models import JudgeRun, Verdict
from tests import factories as make
from tests.personalization.api.conftest import JSON, Program, Whole, person
from tests.personalization.api.test_access import problem

JUDGE = {"name": "house judge", "model": "small", "configuration": {"temperature": 0}}


def body(*answers: dict[str, Any], **judge: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"judge": {**JUDGE, **judge}, "judgments": list(answers)}


def answer(whole: Whole, name: str = "record", **said: Any) -> dict[str, Any]:  # noqa: ANN401
    return {"item": whole.items[name].pk, **(said or {"value": "yes"})}


def rows() -> list[int]:
    tables = (m.Judgment, m.Rater, Verdict, JudgeRun, m.Stamp)
    return [table.objects.count() for table in tables]


def test_answers_are_saved_as_a_judges(program: Program, whole: Whole, user: m.User) -> None:
    sent = body(answer(whole, certainty=90, value="no"), answer(whole, "gain"),
                answer(whole, "attribute", reason="refused"))  # fmt: skip
    response = program.post(f"{whole.path}/judgments/", sent)
    assert response.status_code == 201, response.content
    run = JudgeRun.objects.get()
    rater = run.rater
    assert response.json() == {
        "rater": f"judge-{rater.pk}",
        "run": run.pk,
        "new": 3,
        "unchanged": 0,
    }
    assert (rater.kind, rater.name) == ("judge", "house judge")
    assert rater.configuration == {"temperature": 0, "model": "small"}
    assert (run.source, run.by, run.planned, run.settled) == ("posted", user, 3, 3)
    assert run.finished_at is not None
    told = program.read(f"{whole.path}/judgments/", item=whole.items["record"].pk)["results"][-1]
    assert (told["value"], told["certainty"], told["role"]) == ("no", 90, "machine")
    assert (told["rater"], told["rater_name"]) == (f"judge-{rater.pk}", "house judge")
    without = m.Judgment.objects.get(item=whole.items["attribute"], rater=rater)
    assert (without.value, without.reason) == (None, "refused")


def test_the_report_counts_them(program: Program, whole: Whole) -> None:
    """The data's stamp moves with a post, so agreement is computed anew."""
    path = f"{whole.path}/agreement/"
    before = {one["panel"] for one in program.read(path, question="record")["records"]}
    program.post(f"{whole.path}/judgments/", body(answer(whole)))
    after = {one["panel"] for one in program.read(path, question="record")["records"]}
    assert after - before == {"judge:house judge"}


def test_both_orders_settle_one_judgment(program: Program, whole: Whole) -> None:
    def sides(ab: str, ba: str, name: str) -> m.Judgment:
        sent = body(answer(whole, "response_pair", value=ba, side="ba", certainty=60),
                    answer(whole, "response_pair", value=ab, side="ab", certainty=80), name=name)  # fmt: skip
        assert program.post(f"{whole.path}/judgments/", sent).status_code == 201
        assert Verdict.objects.filter(rater__name=name).count() == 2
        return m.Judgment.objects.get(rater__name=name)

    same, torn = sides("first", "first", "firm"), sides("first", "second", "torn")
    assert (same.value, same.certainty) == (0, 60)
    assert (torn.value, torn.reason) == (None, "inconsistent")


def test_shares_are_kept_and_averaged(program: Program, whole: Whole) -> None:
    shares = {"distribution_source": "logprobs", "value": "first"}
    sent = body(
        answer(whole, "response_pair", side="ab", distribution=[0.5, 0.5, 0], **shares),
        answer(whole, "response_pair", side="ba", distribution=[1, 0, 0], **shares),
    )
    assert program.post(f"{whole.path}/judgments/", sent).status_code == 201
    told = program.read(f"{whole.path}/judgments/", rater_kind="judge", question="response_pair")
    assert told["results"][0]["distribution"] == [0.75, 0.25, 0]
    assert told["results"][0]["distribution_source"] == "logprobs"
    assert program.post(f"{whole.path}/judgments/", sent).status_code == 200


def test_an_ordinal_answer_has_a_score(program: Program, whole: Whole) -> None:
    scale = make.question(study=whole.study, level="ordinal", options=("low", "high"))
    item = make.item(question=scale)
    sent = body({"item": item.pk, "value": "high"})
    assert program.post(f"{whole.path}/judgments/", sent).status_code == 201
    assert m.Judgment.objects.get(item=item).score == 1


def test_the_same_again_changes_nothing(program: Program, whole: Whole) -> None:
    path = f"{whole.path}/judgments/"
    sent = body(answer(whole, value="no", certainty=5), answer(whole, "gain"))
    program.post(path, sent)
    before = rows()
    again = program.post(path, sent)
    assert again.status_code == 200
    assert (again.json()["new"], again.json()["unchanged"]) == (0, 2)
    assert rows() == before
    more = program.post(path, body(answer(whole, "gain"), answer(whole, "attribute")))
    assert (more.json()["new"], more.json()["unchanged"]) == (1, 1)
    assert JudgeRun.objects.get().settled == 3


@pytest.mark.parametrize("changed", [
    {"value": "no"}, {"value": "yes", "certainty": 3}, {"reason": "refused"},
    {"value": "yes", "distribution": [0, 1], "distribution_source": "counts"},
])  # fmt: skip
def test_another_answer_of_the_same_judge_is_refused_whole(
    program: Program, whole: Whole, changed: dict[str, Any]
) -> None:
    path = f"{whole.path}/judgments/"
    program.post(path, body(answer(whole)))
    before = rows()
    refused = program.post(path, body(answer(whole, "gain"), answer(whole, **changed)))
    (fault,) = problem(refused, 409, "conflict")["fields"]
    assert (fault["row"], fault["field"]) == (1, "value")
    assert rows() == before
    other = program.post(path, body(answer(whole, **changed), configuration={"temperature": 1}))
    assert other.status_code == 201


def test_one_order_after_both_is_refused(program: Program, whole: Whole) -> None:
    path = f"{whole.path}/judgments/"
    pair = [answer(whole, "response_pair", value="first", side=side) for side in ("ab", "ba")]
    program.post(path, body(*pair))
    single = body(answer(whole, "response_pair", value="first"))
    problem(program.post(path, single), 409, "conflict")


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"value": "maybe"}, "value"),
    ({"value": "YES"}, "value"),
    ({"value": "1"}, "value"),
    ({"value": None}, "value"),
    ({"value": "yes", "reason": "refused"}, "value"),
    ({"value": "yes", "side": "ab"}, "side"),
    ({"value": "yes", "distribution": [0.5, 0.5]}, "distribution_source"),
    ({"value": "yes", "distribution_source": "counts"}, "distribution_source"),
    ({"value": "yes", "distribution": [1], "distribution_source": "counts"}, "distribution"),
    ({"value": "yes", "distribution": [0.5, 0.4], "distribution_source": "counts"}, "distribution"),
    ({"value": "yes", "distribution": [2, -1], "distribution_source": "counts"}, "distribution"),
    ({"value": "yes", "distribution": [True, False], "distribution_source": "counts"}, "distribution"),
    ({"value": "yes", "distribution": "0.5", "distribution_source": "counts"}, "distribution"),
    ({"value": "yes", "certainty": 0}, "certainty"),
    ({"value": "yes", "certainty": 101}, "certainty"),
    ({"value": "yes", "certainty": 1.5}, "certainty"),
    ({"value": "yes", "certainty": True}, "certainty"),
    ({"value": "yes", "certainty": "50"}, "certainty"),
    ({"value": 1}, "value"),
    ({"value": True}, "value"),
    ({"value": ["yes"]}, "value"),
    ({"value": ""}, "value"),
    ({"value": "=HYPERLINK(1)"}, "value"),
    ({"value": "x" * 100_000}, "value"),
    ({"value": "a\0b"}, "value"),
    ({"reason": "skipped"}, "reason"),
    ({"reason": "inconsistent"}, "reason"),
    ({"value": "yes", "side": "left"}, "side"),
    ({"value": "yes", "role": "first_person"}, "role"),
    ({"value": "yes", "rater": 1}, "rater"),
    ({"value": "yes", "score": 3}, "score"),
    ({"value": "yes", "at": "2001-01-01"}, "at"),
    ({"value": "yes", "superseded_at": None}, "superseded_at"),
]  # fmt: skip


@pytest.mark.parametrize(("said", "field"), WRONG)
def test_a_wrong_row_is_refused_by_name(
    program: Program, whole: Whole, said: dict[str, Any], field: str
) -> None:
    """400 with row, field and message; the good rows beside it are not saved either."""
    before = rows()
    refused = program.post(
        f"{whole.path}/judgments/",
        body(answer(whole, "gain"), {**answer(whole), "value": None} | said),
    )
    faults = problem(refused, 400, "invalid")["fields"]
    assert {one["row"] for one in faults} == {1}
    assert field in {one["field"].rpartition(".")[2] for one in faults}
    assert all(one["message"] for one in faults)
    assert rows() == before


def test_an_option_for_people_is_not_for_judges(program: Program, whole: Whole) -> None:
    sent = body(answer(whole, "response_pair", value="tie"))
    (fault,) = problem(program.post(f"{whole.path}/judgments/", sent), 400, "invalid")["fields"]
    assert fault["message"] == "This must be one of: first, second."


def test_one_item_twice_is_refused(program: Program, whole: Whole) -> None:
    path = f"{whole.path}/judgments/"
    twice = body(answer(whole), answer(whole, value="no"))
    (fault,) = problem(program.post(path, twice), 400, "invalid")["fields"]
    assert (fault["row"], fault["field"]) == (1, "item")
    lone = body(answer(whole, "response_pair", value="first", side="ab"))
    (fault,) = problem(program.post(path, lone), 400, "invalid")["fields"]
    assert (fault["row"], fault["field"]) == (0, "side")


def test_items_of_another_study_are_not_there(program: Program, whole: Whole) -> None:
    """Nor are ids that nobody has, or items of people who are left out; nothing tells them apart."""
    shy = make.item(
        sheet=make.sheet(study=whole.study, owner=person(whole.study, "use")),
        question=make.question(study=whole.study),
    )
    for pk in (make.item().pk, shy.pk, 2**63 - 1):
        before = rows()
        sent = body(answer(whole), {"item": pk, "value": "yes"})
        (fault,) = problem(program.post(f"{whole.path}/judgments/", sent), 404, "unknown_items")[
            "fields"
        ]
        assert fault == {
            "row": 1, "field": "item", "message": f"{whole.study.name} has no item {pk}.",
        }  # fmt: skip
        assert rows() == before


@pytest.mark.parametrize("item", [0, -1, 2**63, 1.5, "1", None, True, [1], {"pk": 1}])
def test_a_senseless_item_is_refused(program: Program, whole: Whole, item: object) -> None:
    sent = body({"item": item, "value": "yes"})
    faults = problem(program.post(f"{whole.path}/judgments/", sent), 400, "invalid")["fields"]
    assert (faults[0]["row"], faults[0]["field"].rpartition(".")[2]) == (0, "item")


@pytest.mark.parametrize("judge", [
    {}, {"name": ""}, {"name": "   "}, {"name": "a\0b"}, {"name": "a\nb"}, {"name": "x" * 201}, {"name": 5},
    {"name": "ok", "model": ""}, {"name": "ok", "configuration": []}, {"name": "ok", "configuration": None},
    {"name": "ok", "kind": "person"}, {"name": "ok", "participant": 1}, {"name": "ok", "fingerprint": "x"},
    {"name": "ok", "configuration": {"x": "a\0b"}}, {"name": "ok", "configuration": {"x": "y" * 30_000}},
    "ok", None, [],
])  # fmt: skip
def test_a_wrong_judge_is_refused(program: Program, whole: Whole, judge: object) -> None:
    sent = {"judge": judge, "judgments": [answer(whole)]}
    before = rows()
    faults = problem(program.post(f"{whole.path}/judgments/", sent), 400, "invalid")["fields"]
    assert all(one["field"].startswith("judge") and one["row"] is None for one in faults)
    assert rows() == before


def test_a_deep_configuration_is_no_error(program: Program, whole: Whole) -> None:
    deep: dict[str, Any] = {}
    for _level in range(300):
        deep = {"a": deep}
    sent = body(answer(whole), configuration=deep)
    problem(program.post(f"{whole.path}/judgments/", sent), 400, "invalid")


@pytest.mark.parametrize(
    "judge", ["=1+1", "<script>alert(1)</script>", "\u202eright to left", "e\u0301"]
)
def test_a_strange_name_stays_as_it_is(program: Program, whole: Whole, judge: str) -> None:
    """Formulas and markup are data: exports and pages make them harmless."""
    assert (
        program.post(f"{whole.path}/judgments/", body(answer(whole), name=judge)).status_code == 201
    )
    told = program.read(f"{whole.path}/judgments/", item=whole.items["record"].pk)["results"][-1]
    assert told["rater_name"] == judge


@pytest.mark.parametrize("sent", [
    b"", b"{", b"[]", b"null", b"5", b'"x"', b"{}", b"\xff\xfe", b'{"judge": NaN}', b'{"judge": 1e999}',
    b'{"judge": {"name": "\\ud800"}, "judgments": []}', b"[" * 100_000, b'{"a":' * 2000,
    b'{"judge": {"name": "x"}, "judgments": []}', b'{"judge": {"name": "x"}, "judgments": {}}',
    b'{"judge": {"name": "x"}, "judgments": [1]}', b'{"judge": {"name": "x"}, "judgments": [null]}',
])  # fmt: skip
def test_a_senseless_body_is_refused(program: Program, whole: Whole, sent: bytes) -> None:
    path = f"/api/v1/{whole.path}/judgments/"
    response = program.client.post(path, sent, content_type=JSON)
    assert response.status_code == 400, response.content
    assert response.json()["error"] in {"malformed", "invalid"}


def test_unknown_fields_are_refused_by_name(program: Program, whole: Whole) -> None:
    """Nothing is assigned that is not on the list, and nothing is silently dropped."""
    sent = {**body(answer(whole)), "study": 5, "run": {"source": "called"}}
    faults = problem(program.post(f"{whole.path}/judgments/", sent), 400, "invalid")["fields"]
    assert {one["field"] for one in faults} == {"study", "run"}
    assert not JudgeRun.objects.exists()


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded",
                                  "multipart/form-data; boundary=x", "application/xml", "nonsense"])  # fmt: skip
def test_another_content_type_is_refused(program: Program, whole: Whole, kind: str) -> None:
    path = f"/api/v1/{whole.path}/judgments/"
    problem(program.client.generic("POST", path, b"{}", kind), 415, "unsupported_media_type")


def test_a_huge_body_is_refused(program: Program, whole: Whole, settings: Any) -> None:  # noqa: ANN401
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1000
    sent = body(*[answer(whole, "gain")] * 30)
    problem(program.post(f"{whole.path}/judgments/", sent), 413, "too_large")


def test_too_many_rows_are_refused(program: Program, whole: Whole) -> None:
    sent = body(*[answer(whole)] * 1001)
    (fault,) = problem(program.post(f"{whole.path}/judgments/", sent), 400, "invalid")["fields"]
    assert (fault["row"], fault["field"]) == (None, "judgments")


def test_many_faults_are_counted_and_some_listed(program: Program, whole: Whole) -> None:
    sent = body(*[answer(whole, value=5)] * 150)
    found = problem(program.post(f"{whole.path}/judgments/", sent), 400, "invalid")
    assert len(found["fields"]) == 100
    assert found["detail"].startswith("150 things are wrong")


def test_a_thousand_rows_cost_as_many_queries_as_two(program: Program, whole: Whole) -> None:
    question = make.question(study=whole.study, key="many")
    items = [make.item(question=question).pk for _each in range(40)]

    def cost(pks: list[int], name: str) -> int:
        sent = body(*({"item": pk, "value": "yes"} for pk in pks), name=name)
        with CaptureQueriesContext(connection) as made:
            assert program.post(f"{whole.path}/judgments/", deepcopy(sent)).status_code == 201
        return len(made)

    program.read("me/")
    assert cost(items, "many") == cost(items[:2], "few")

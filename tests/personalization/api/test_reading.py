"""Studies, questions, items, judgments and agreement, as programs read them."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation import models as m
from personalization.releases import pseudonyms
from tests import factories as make
from tests.personalization.api.conftest import Program, Whole, person, whole_study
from tests.personalization.api.test_access import problem
from tests.personalization.views.labelled import labelled

CHAINS = ("question__study__name", "question__study", "rater__participant__pseudonym",
          "password__regex", "rater__user__password", "order_by", "fields", "format", "page",
          "study", "id__in", "superseded_at__isnull")  # fmt: skip


def queries(program: Program, path: str) -> int:
    program.read(path)  # the first use of a token is noted
    with CaptureQueriesContext(connection) as made:
        program.read(path)
    return len(made)


def pages(program: Program, path: str, limit: int) -> list[dict[str, Any]]:
    """Return the rows of all pages, by following `next`."""
    rows: list[dict[str, Any]] = []
    found = program.read(path, limit=limit)
    while True:
        assert len(found["results"]) <= limit
        rows += found["results"]
        if found["next"] is None:
            return rows
        found = program.client.get(found["next"]).json()


def test_questions_have_their_options_in_order(program: Program, whole: Whole) -> None:
    study = program.read(f"{whole.path}/")
    assert (study["name"], study["synthetic"]) == (whole.study.name, False)
    make.question(study=whole.study, key="record", version=2)
    asked = {one["name"]: one for one in program.read(f"{whole.path}/questions/")["results"]}
    assert asked.keys() >= {"record", "record@2"}
    options = asked["response_pair"]["options"]
    assert [(one["key"], one["audience"], one["side"]) for one in options] == [
        ("first", "all", "a"), ("second", "all", "b"), ("tie", "people", None),
    ]  # fmt: skip


def test_each_kind_of_subject_has_its_texts(program: Program, whole: Whole) -> None:
    found = {one["question"]: one for one in program.read(f"{whole.path}/items/")["results"]}
    subjects = {name: one["subject"] for name, one in found.items()}
    filled = {
        name: {part for part, value in one.items() if value is not None}
        for name, one in subjects.items()
    }
    assert filled == {
        "attribute": {"kind", "attribute"},
        "relevance_pair": {"kind", "attribute", "query"},
        "response_pair": {"kind", "query", "a", "b"},
        "gain": {"kind", "query", "a", "b", "attribute"},
        "response": {"kind", "query", "response"},
        "record": {"kind", "record"},
    }
    assert {name: one["kind"] for name, one in subjects.items()} == {one: one for one in filled}
    assert subjects["gain"]["attribute"]["text"] == "The user sails."
    assert subjects["record"]["record"]["fields"] == {"text": "A card to read."}
    key, owner = pseudonyms.key(whole.study.name), whole.owner.participant_id or 0
    assert {one["owner"] for one in found.values()} == {pseudonyms.person(key, owner)}


def test_an_item_shows_what_its_raters_see(program: Program, whole: Whole) -> None:
    item = program.read(f"items/{whole.items['attribute'].pk}/")
    assert item["study"] == whole.study.name
    (chat,) = item["conversations"]
    assert [(turn["speaker"], turn["evidence"]) for turn in chat["turns"]] == [
        ("user", True), ("assistant", False),
    ]  # fmt: skip
    assert program.read(f"items/{whole.items['gain'].pk}/")["conversations"] == []


def test_items_are_filtered(program: Program, whole: Whole) -> None:
    path = f"{whole.path}/items/"
    assert len(program.read(path, question="gain")["results"]) == 1
    assert len(program.read(path, stage="comparison")["results"]) == 4
    assert program.read(path, stage="nowhere") == {"results": [], "next": None}
    problem(program.get(path, question="nothing"), 404, "not_found")


def test_judgments_are_filtered(program: Program, whole: Whole) -> None:
    path = f"{whole.path}/judgments/"
    everything = program.read(path)["results"]
    assert len(everything) == 13
    assert len(program.read(path, question="gain")["results"]) == 2
    assert len(program.read(path, role="first_person")["results"]) == 6
    assert len(program.read(path, rater_kind="person", role="third_party")["results"]) == 6
    (judged,) = program.read(path, rater_kind="judge")["results"]
    assert (judged["value"], judged["reason"], judged["role"]) == (None, "unparsed", "machine")
    item = whole.items["response_pair"].pk
    values = [(one["value"], one["certainty"]) for one in program.read(path, item=item)["results"]]
    assert values == [("second", None), ("first", 70)]


@pytest.mark.parametrize("asked", [
    {"role": "nobody"}, {"rater_kind": "person "}, {"limit": "0"}, {"limit": "1001"}, {"limit": "ten"},
    {"limit": "²"}, {"after": "-1"}, {"after": "9" * 19}, {"after": "9" * 5000}, {"after": "1e9"},
    {"question": ""}, {"question": "a\0b"}, {"question": "x" * 201}, {"limit": ["1", "2"]},
])  # fmt: skip
def test_a_wrong_filter_is_refused(program: Program, whole: Whole, asked: dict[str, str]) -> None:
    (fault,) = problem(program.get(f"{whole.path}/judgments/", **asked), 400, "invalid")["fields"]
    assert [fault["field"]] == list(asked)


@pytest.mark.parametrize("name", CHAINS)
def test_filters_cross_no_relation(program: Program, whole: Whole, name: str) -> None:
    """What is not on the list is refused, so that a misspelt filter never returns everything."""
    for path in ("judgments/", "items/", "questions/", "", "agreement/?question=record"):
        found = problem(
            program.client.get(f"/api/v1/{whole.path}/{path}", {name: "x"}), 400, "invalid"
        )
        assert found["fields"][0]["field"] == name


def test_pages_hold_every_row_once_while_rows_are_added(program: Program, whole: Whole) -> None:
    for rows in ("items", "judgments"):
        path = f"{whole.path}/{rows}/"
        everything = [one["id"] for one in program.read(path)["results"]]
        assert everything == sorted(everything)
        for limit in (1, 3, len(everything)):
            assert [one["id"] for one in pages(program, path, limit)] == everything
    first = program.read(path, limit=5)
    before = {one["id"] for one in first["results"]}
    make.judgment(item=whole.items["record"])
    rest = program.client.get(first["next"] + "&role=third_party")
    assert before.isdisjoint(one["id"] for one in rest.json()["results"])
    assert len(pages(program, path, 4)) == 14


def test_an_edited_answer_is_told_once(program: Program, whole: Whole) -> None:
    old = m.Judgment.objects.get(item=whole.items["record"], rater=whole.stranger)
    m.Judgment.objects.filter(pk=old.pk).update(superseded_at=timezone.now())
    new = make.judgment(item=whole.items["record"], rater=whole.stranger, value=1)
    told = [one["id"] for one in program.read(f"{whole.path}/judgments/")["results"]]
    assert new.pk in told
    assert old.pk not in told


def test_no_page_costs_more_with_more_rows(program: Program) -> None:
    """Constant numbers of queries: with one row, with many, on the first page and on a later one."""
    small, large = labelled(items=2), labelled(items=60)
    for rows in ("items", "judgments"):
        few = queries(program, f"studies/{small.study.name}/{rows}/")
        path = f"studies/{large.study.name}/{rows}/"
        assert queries(program, f"{path}?limit=1000") == few
        last = program.read(path, limit=1000)["results"][-10]["id"]
        assert queries(program, f"{path}?limit=10&after={last - 20}") == few
        assert few <= 9
    whole, item = whole_study(), large.question.items.earliest("pk").pk
    for one in whole.items.values():
        assert queries(program, f"items/{one.pk}/") <= queries(program, f"items/{item}/") + 2


def test_a_page_reads_only_its_own_rows(program: Program, whole: Whole) -> None:
    """Each question's part of a page comes from the index of question and id."""
    with CaptureQueriesContext(connection) as made:
        program.read(f"{whole.path}/judgments/", limit=2)
    (paged,) = [one["sql"] for one in made if "UNION ALL" in one["sql"]]
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_bitmapscan = off")
        cursor.execute(f"EXPLAIN {paged}")
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert plan.count("using judgment_page") == 6


def test_nothing_names_a_person(program: Program, whole: Whole) -> None:
    """No pseudonym that holds in several studies, no imported name, no number of a person."""
    for rater in (whole.owner, whole.stranger):
        m.Rater.objects.filter(pk=rater.pk).update(name=f"prolific-{rater.pk}-jane")
    texts = b"".join(
        program.get(path).content
        for path in (
            f"{whole.path}/items/",
            f"{whole.path}/judgments/",
            *(f"{whole.path}/agreement/?question={name}" for name in whole.items),
            *(f"items/{item.pk}/" for item in whole.items.values()),
        )
    )
    assert b"jane" not in texts
    for one in m.Participant.objects.all():
        assert one.pseudonym.encode() not in texts


@pytest.mark.parametrize("change", [
    {"withdrawn_at": timezone.now()},
    {"scopes": ["use"]},
    {"scopes": [], "consented_at": None, "consent_version": None, "declined_at": timezone.now()},
])  # fmt: skip
def test_nothing_of_somebody_who_is_left_out(
    program: Program, whole: Whole, change: dict[str, Any]
) -> None:
    """Withdrawn, declined, or without consent to release: the same rows go as from an export."""
    extra = make.item(question=make.question(study=whole.study, key="free"))
    make.judgment(item=extra, rater=whole.stranger)
    of_stranger = m.Enrollment.objects.filter(participant=whole.stranger.participant)
    of_stranger.update(**change)
    told = program.read(f"{whole.path}/judgments/")["results"]
    assert [one["role"] for one in told] == ["first_person"] * 6 + ["machine"]
    assert len(program.read(f"{whole.path}/items/")["results"]) == 7
    m.Enrollment.objects.filter(participant=whole.owner.participant).update(**change)
    assert [one["id"] for one in program.read(f"{whole.path}/items/")["results"]] == [extra.pk]
    assert program.read(f"{whole.path}/judgments/")["results"] == []
    for item in whole.items.values():
        problem(program.get(f"items/{item.pk}/"), 404, "not_found")


def test_withdrawal_from_another_study_changes_nothing(program: Program, whole: Whole) -> None:
    elsewhere = make.enrollment(of=whole.owner.participant)
    m.Enrollment.objects.filter(pk=elsewhere.pk).update(withdrawn_at=timezone.now())
    assert len(program.read(f"{whole.path}/items/")["results"]) == 6


def test_agreement_is_the_page_s_report(program: Program) -> None:
    data = labelled()
    found = program.read(f"studies/{data.study.name}/agreement/", question="better")
    assert (found["question"], found["n_items"]) == ("better", 24)
    assert found["options"] == ["first", "second", "tie"]
    panels = {one["panel"] for one in found["records"]}
    assert panels >= {"first_person", "third_party", "judge:swapper", "judge:single"}
    named = [one for one in panels if one.startswith("rater:")]
    assert named
    assert all(one.startswith("rater:r-") for one in named)
    assert all((one["value"] is None) != (one["reason"] is None) for one in found["records"])


def test_agreement_names_no_pair_of_somebody_who_left(program: Program) -> None:
    data = labelled()
    path = f"studies/{data.study.name}/agreement/"
    pairs = len(rater_records(program, path))
    ann = m.Rater.objects.get(name="Ann")
    enrollment = make.enrollment(of=ann.participant, study=data.study)
    m.Enrollment.objects.filter(pk=enrollment.pk).update(withdrawn_at=timezone.now())
    left = rater_records(program, path)
    assert 0 < len(left) < pairs
    gone = pseudonyms.person(pseudonyms.key(data.study.name), ann.participant_id or 0)
    assert gone not in str(left)


def rater_records(program: Program, path: str) -> list[dict[str, Any]]:
    records = program.read(path, question="better")["records"]
    return [one for one in records if "rater:" in f"{one['panel']} {one['against']}"]


def test_agreement_needs_a_question(program: Program, whole: Whole) -> None:
    path = f"{whole.path}/agreement/"
    assert problem(program.get(path), 400, "invalid")["fields"][0]["field"] == "question"
    problem(program.get(path, question="nothing"), 404, "not_found")


def test_a_person_without_release_owns_nothing_here(program: Program, whole: Whole) -> None:
    shy = person(whole.study, "use")
    sheet = make.sheet(study=whole.study, owner=shy)
    item = make.item(sheet=sheet, question=make.question(study=whole.study))
    problem(program.get(f"items/{item.pk}/"), 404, "not_found")

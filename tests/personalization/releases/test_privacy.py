"""An export names nobody, and holds nothing of people who have withdrawn."""

from collections.abc import Iterator

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from annotation import models as m
from personalization.releases import pseudonyms
from personalization.releases.tables import TABLES
from tests import factories
from tests.personalization.releases.conftest import Export, Folder, full_study, person

pytestmark = pytest.mark.django_db(transaction=True)


def withdraw(rater: m.Rater, study: m.Study) -> None:
    m.Enrollment.objects.filter(participant=rater.participant, study=study).update(
        withdrawn_at=timezone.now()
    )


def names_of_people() -> Iterator[bytes]:
    for rater in m.Rater.objects.filter(kind="person").select_related("participant"):
        assert rater.participant is not None
        yield from (rater.name.encode(), rater.fingerprint.encode())
        yield rater.participant.pseudonym.encode()
    for author in m.Author.objects.filter(kind="human"):
        yield author.name.encode()


def test_no_name_of_a_person_is_in_any_byte(export: Export) -> None:
    folder = export(full_study("unnamed").study)
    names = list(names_of_people())
    assert len(names) == 7
    assert not [name for name in names if name in folder.contents()]


def test_machines_keep_their_names(export: Export) -> None:
    study = full_study("machines").study
    position = factories.judge(name="first position", kind="position")
    item = m.Item.objects.filter(study=study).latest("pk")
    factories.judgment(item=item, rater=position)
    shown = {row["kind"]: row for row in export(study).jsonl("raters")}
    assert shown["judge"]["name"] == shown["judge"]["fingerprint"] == "judge of machines"
    assert (shown["position"]["name"], shown["position"]["fingerprint"]) == ("first position", None)
    assert (shown["person"]["name"], shown["person"]["configuration"]) == (None, None)


def test_a_person_has_one_pseudonym_in_a_study_and_another_in_the_next(export: Export) -> None:
    rater = factories.person_rater()
    found = []
    for name in ("here", "there"):
        study = factories.study(name=name)
        factories.judgment(
            item=factories.item(question=factories.question(study=study)), rater=rater
        )
        folders = [export(study, f"{name}-{number}") for number in (1, 2)]
        assert folders[0].jsonl("judgments") == folders[1].jsonl("judgments")
        (answer,), (participant,) = (folders[0].jsonl(t) for t in ("judgments", "participants"))
        assert answer["rater"] == participant["participant"]
        found.append(answer["rater"])
    assert len(set(found)) == 2
    assert all(len(name) == len("r-") + 12 and name.startswith("r-") for name in found)


def test_a_researcher_who_looked_at_sheets_is_nobody(export: Export) -> None:
    """Neither a row among the people, nor what was tried out."""
    full = full_study("tried")
    before = export(full.study, "before")
    m.Enrollment.objects.filter(participant=full.owner.participant, study=full.study).update(
        preview=True
    )
    folder = export(full.study)
    gone = pseudonyms.person(pseudonyms.key("tried"), full.owner.participant_id or 0)
    assert gone.encode() in before.contents()
    assert gone.encode() not in folder.contents()


def people(folder: Folder) -> set[str]:
    return {row["rater"] for row in folder.jsonl("raters") if row["kind"] == "person"}


def test_nothing_of_an_owner_who_withdrew(export: Export) -> None:
    full = full_study("owner-left")
    before = export(full.study, "before")
    withdraw(full.owner, full.study)
    folder = export(full.study)
    gone = pseudonyms.person(pseudonyms.key("owner-left"), full.owner.participant_id or 0)
    assert gone.encode() in before.contents()
    assert gone.encode() not in folder.contents()
    counts = {table.name: len(folder.jsonl(table.name)) for table in TABLES}
    assert [name for name, count in counts.items() if count] == [
        "studies", "questions", "options", "consent_texts", "participants", "raters", "query_lists",
        "queries", "authors", "responses", "arms", "judge_runs",
    ]  # fmt: skip
    assert [row["text"] for row in folder.jsonl("responses")] == ["By hand."]
    left_out = folder.json("manifest.json")["left_out"]
    for table in TABLES:
        assert left_out[table.name] == len(before.jsonl(table.name)) - counts[table.name]


def test_only_the_answers_of_a_stranger_who_withdrew(export: Export) -> None:
    full = full_study("stranger-left")
    before = export(full.study, "before")
    withdraw(full.stranger, full.study)
    folder = export(full.study)
    assert len(people(before) - people(folder)) == 1
    left_out = folder.json("manifest.json")["left_out"]
    assert {name: n for name, n in left_out.items() if n} == {
        "participants": 1, "raters": 1, "judgments": 1,
    }  # fmt: skip
    assert len(folder.jsonl("items")) == len(before.jsonl("items"))


@pytest.mark.parametrize(("scopes", "kept"), [(["use", "release"], True), (["use", "show"], False)])
def test_only_people_who_agreed_to_a_release(export: Export, scopes: list[str], kept: bool) -> None:
    """Whoever consented to the study without its release is in no byte of it."""
    full = full_study("scoped")
    of = m.Enrollment.objects.filter(participant=full.owner.participant, study=full.study)
    of.update(consent_version=1, consented_at=timezone.now(), scopes=scopes)
    name = pseudonyms.person(pseudonyms.key("scoped"), full.owner.participant_id or 0)
    assert (name.encode() in export(full.study).contents()) is kept


def test_only_what_people_share_of_themselves(export: Export) -> None:
    """Row 1: an unshared answer is in no byte; a closed field is in none either."""
    full = full_study("telling")
    folder = export(full.study)
    (row,) = folder.jsonl("profiles")
    name = pseudonyms.person(pseudonyms.key("telling"), full.owner.participant_id or 0)
    assert (row["participant"], row["field"], row["value"]) == (name, "city", "Ulm")
    assert b"faith" not in folder.contents()
    m.ProfileField.objects.filter(study=full.study).update(closed_at=timezone.now())
    assert export(full.study, "closed").jsonl("profiles") == []


def test_withdrawal_from_another_study_changes_nothing(export: Export) -> None:
    full = full_study("stays")
    other = factories.study()
    factories.enrollment(of=full.owner.participant, study=other)
    before = export(full.study, "before")
    withdraw(full.owner, other)
    assert export(full.study).jsonl("judgments") == before.jsonl("judgments")


def test_records_about_a_person_who_never_rated_leave_too(export: Export) -> None:
    study = factories.study()
    rater = person(study, "Nobody Special")
    record = factories.record(study=study)
    m.Record.objects.filter(pk=record.pk).update(participant=rater.participant)
    item = factories.item(subject=record)
    factories.judgment(item=item)
    withdraw(rater, study)
    folder = export(study)
    assert [folder.jsonl(t) for t in ("records", "items", "judgments")] == [[], [], []]


@given(st.integers(1, 2**62), st.integers(1, 2**62))
def test_pseudonyms_do_not_collide(one: int, two: int) -> None:
    key = pseudonyms.key("study")
    assert (pseudonyms.person(key, one) == pseudonyms.person(key, two)) is (one == two)
    assert pseudonyms.person(key, one)[2:] != pseudonyms.author(key, one)[2:]

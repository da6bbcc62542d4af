"""The arms page: which extractor is better on people's labels, at one look; and its files."""

import csv
import json
from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from annotation.models import User
from personalization.comparison.report import of_study
from personalization.models import ArmAttribute, Extraction, ModelCall
from personalization.views import arms_wording
from tests import factories as make
from tests.personalization.comparison.planted import (
    PEOPLE,
    Planted,
    planted,
    with_attributes,
    with_relevance,
    with_responses,
)
from tests.personalization.views.cost import queries_of
from tests.personalization.views.pages import Node, read
from tests.visits import visiting

pytestmark = pytest.mark.django_db
PAGES = ("arms/", "arms.json", "arms.csv")


@pytest.fixture
def data() -> Planted:
    return with_attributes(planted())


def path(data: Planted, page: str = "arms/") -> str:
    return f"/studies/{data.study.name}/{page}"


def row(page: Node, name: str) -> list[str]:
    """Return the cells of the first line that is called so."""
    for line in page.all("tr"):
        cells = [cell.text for cell in line.all("td")]
        if cells and next(line.all("th")).text.startswith(name):
            return cells
    raise AssertionError(f"no line {name}")


def test_it_works(researcher: Client, data: Planted) -> None:
    """One table names both arms with what owners and strangers accept, n and interval each."""
    page = read(researcher.get(path(data)))
    assert next(page.all("h1")).text == "Arms"
    _drawn, owners, strangers, problematic, per_person, without = row(page, "ours")
    assert owners.startswith("0.625[")
    assert owners.endswith(f"n {4 * PEOPLE}")
    assert strangers.startswith("1.000[1.000, 1.000]")
    assert problematic.startswith("0.375[")
    assert per_person.startswith("4.000[")
    assert without.startswith("0.250[")
    assert row(page, "theirs")[1].startswith("0.333[")
    marks = [one for one in page.all("svg", "at") if list(one.all("circle", "dot"))]
    assert len(marks) >= 2  # owners of both arms are drawn


def test_the_two_arms_are_compared_at_once(researcher: Client, data: Planted) -> None:
    """Ours and the imported one, without being asked; the other way round on demand."""
    first = read(researcher.get(path(data)))
    assert row(first, "Problematic")[-1].startswith("-0.292[")
    ours, theirs = data.arms["ours"], data.arms["theirs"]
    other = read(researcher.get(path(data), {"one": theirs.pk, "other": ours.pk}))
    assert row(other, "Problematic")[-1].startswith("0.292[")
    chosen = [one.text for one in other.all("option") if "selected" in one.attributes]
    assert chosen == ["theirs", "ours"]


def test_the_verdict_stands_in_words(researcher: Client, data: Planted) -> None:
    """Which extractor is better on people's own labels; where chance could make it, it says so."""
    better = "Owners accept more of what ours says than of what theirs says, as a share: 0.292"
    for one, other in (("ours", "theirs"), ("theirs", "ours")):
        chosen = {"one": data.arms[one].pk, "other": data.arms[other].pk}
        assert better in read(researcher.get(path(data), chosen)).text
    data.arms["same"] = make.arm(study=data.study, name="same")
    held = data.arms["ours"].attributes.values_list("attribute", flat=True)
    ArmAttribute.objects.bulk_create(
        [ArmAttribute(arm=data.arms["same"], attribute_id=pk) for pk in held]
    )
    chosen = {"one": data.arms["ours"].pk, "other": data.arms["same"].pk}
    text = read(researcher.get(path(data), chosen)).text
    assert "Owners tell no difference between the two that chance could not make" in text


def test_what_is_wrong_is_said_by_arm(researcher: Client) -> None:
    """A line for each error code, a column for each arm."""
    data = with_attributes(planted(20))
    page = read(researcher.get(path(data)))
    assert [one[:5] for one in row(page, "It says too much")] == ["1.000", "0.000"]
    assert [one[:5] for one in row(page, "Nothing in the")] == ["0.000", "1.000"]


def test_its_cost_stands_beside_an_arm(researcher: Client, data: Planted) -> None:
    """Calls, tokens and money of one conversation, where anybody was asked."""
    for one in Extraction.objects.filter(arm=data.arms["ours"]):
        ModelCall.objects.create(
            step="extraction", work_id=one.pk, endpoint="e", model="m", request={},
            request_hash="h", answer={}, prompt_tokens=1100, completion_tokens=134,
            cost_micros=2_000_000,
        )  # fmt: skip
    text = read(researcher.get(path(data))).text
    assert text.count("per conversation") == 1
    assert "1.0 calls and 1,234 tokens per conversation · 2.00" in text


def test_the_same_arm_twice_says_what_to_do(researcher: Client, data: Planted) -> None:
    pk = data.arms["ours"].pk
    page = read(researcher.get(path(data), {"one": pk, "other": pk}))
    assert "Choose two different arms" in page.text


def test_every_number_has_n_and_interval(researcher: Client, data: Planted) -> None:
    """No value on the page without both; where there is none, a reason."""
    with_relevance(data)
    with_responses(data)
    page = read(researcher.get(path(data)))
    cells = [one for one in page.all("td", "num") if list(one.all("b"))]
    assert len(cells) > 100
    assert all("[" in one.text for one in cells)
    assert "nothing varies" in page.text  # one ratio of lengths
    texts = [one.text for one in page.all("span", "number-below")]
    assert texts
    assert all("n " in one for one in texts)


def test_all_three_steps(researcher: Client, data: Planted) -> None:
    """Matchers with baselines against both panels; generators with every rater."""
    with_relevance(data)
    with_responses(data)
    page = read(researcher.get(path(data)))
    assert [one.text for one in page.all("h2")] == [
        "Reading attributes", "Finding what matters", "Writing responses",
    ]  # fmt: skip
    eager = row(page, "eager")
    assert eager[1].startswith("2.000[")
    assert row(page, "always yes")
    assert row(page, "always no")
    groups = [one.text for one in page.all("span", "table-group-name")]
    assert groups == ["all", "some", "All personalized responses"]
    assert row(page, "flatterer")[1].startswith("2.000[")  # a judge's gap: owners' + 1


def test_the_definitions_are_one_click_away(researcher: Client, data: Planted) -> None:
    """Each number of the page is explained in a part of it that opens."""
    with_relevance(data)
    with_responses(data)
    page = read(researcher.get(path(data)))
    meanings = {one.text for one in page.all("dt")}
    report = of_study(data.study)
    used = {one.record.statistic.partition("@")[0] for one in report.records}
    assert {arms_wording.short(name) for name in used} <= meanings
    assert all(arms_wording.definition(name) for name in used)


def test_numbers_link_to_their_answers(researcher: Client, data: Planted) -> None:
    """The link of an arm's number opens the votes on that arm's attributes alone."""
    with_relevance(data)
    page = read(researcher.get(path(data)))
    links = {one.attributes["href"] for one in page.all("a", "number-short")}
    assert len(links) > 5
    for link in links:
        assert researcher.get(link).status_code == 200
    (theirs,) = (link for link in links if "third_party" in link and "extractor%3Atheirs" in link)
    items = read(researcher.get(theirs)).text
    assert "The user likes tea." in items
    assert "The user reads." not in items


def test_the_files_hold_the_same_numbers(
    researcher: Client, data: Planted, capsys: pytest.CaptureFixture[str]
) -> None:
    """JSON is what the command prints; CSV has a line for each number, differences included."""
    pair = (data.arms["ours"], data.arms["theirs"])
    report = of_study(data.study, {"profiles": pair})
    told = researcher.get(path(data, "arms.json")).json()
    assert told == json.loads(json.dumps(report.as_dict()))
    call_command("arms", study=data.study.name, json=True, versus=["ours", "theirs"])
    assert told == json.loads(capsys.readouterr().out)
    response = researcher.get(path(data, "arms.csv"))
    assert response["Content-Disposition"].endswith('-arms.csv"')
    rows = list(csv.DictReader(StringIO(response.getvalue().decode())))
    assert len(rows) == len(report.records)
    for line, one in zip(rows, report.records, strict=True):
        line.pop("_escaped")
        assert line == {
            key: "" if value is None else str(value) for key, value in one.as_dict().items()
        }


def test_a_synthetic_study_says_so(researcher: Client, data: Planted) -> None:
    data.study.synthetic = True
    data.study.save()
    assert "Synthetic" in read(researcher.get(path(data))).text


def test_without_arms_it_says_so(researcher: Client) -> None:
    """An empty study explains itself, and its files are empty."""
    study = make.study()
    page = read(researcher.get(f"/studies/{study.name}/arms/"))
    assert "Nothing to compare yet" in page.text
    assert researcher.get(f"/studies/{study.name}/arms.json").json()["records"] == []
    assert researcher.get(f"/studies/{study.name}/arms.csv").getvalue() == b"_escaped\r\n"


def test_its_cost_does_not_grow(researcher: Client) -> None:
    """Twice the people, the same number of queries."""
    few, many = (with_attributes(planted(people)) for people in (6, 12))
    costs = [queries_of(researcher, path(data)) for data in (few, many)]
    assert costs[0] == costs[1] <= 60


@pytest.mark.parametrize("page", PAGES)
def test_not_for_a_stranger(client: Client, page: str) -> None:
    at = f"/studies/{make.study().name}/{page}"
    assert client.get(at)["Location"] == f"/signin/?next={at}"


@pytest.mark.parametrize("page", PAGES)
def test_not_for_a_rater(page: str) -> None:
    """Whoever takes part never sees which arm is which: they are asked to sign in."""
    person = make.enrolled()
    at = f"/studies/{person.study.name}/{page}"
    assert visiting(person).get(at)["Location"] == f"/signin/?next={at}"


@pytest.mark.parametrize("page", PAGES)
def test_not_for_an_inactive_account(researcher: Client, page: str) -> None:
    User.objects.update(is_active=False)
    assert researcher.get(f"/studies/{make.study().name}/{page}").status_code == 302


@pytest.mark.parametrize("page", PAGES)
def test_wrong_method(researcher: Client, page: str) -> None:
    assert researcher.post(f"/studies/{make.study().name}/{page}").status_code == 405


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("bad", ["0", "-1", "x", "9" * 40, "²", "\0"])
def test_an_arm_that_is_not_there_is_not_found(researcher: Client, page: str, bad: str) -> None:
    """Nor one of another study, nor two that make different things."""
    study = make.study()
    one = make.arm(study=study).pk
    wrong = (bad, make.arm().pk, make.arm(study=study, step="generation").pk)
    for other in wrong:
        at = f"/studies/{study.name}/{page}"
        assert researcher.get(at, {"one": one, "other": other}).status_code == 404
    assert researcher.get(f"/studies/no-such-study/{page}").status_code == 404


def test_it_is_one_click_from_the_study(researcher: Client, data: Planted) -> None:
    """From the tabs of the study, and from the agreement of a question."""
    question = data.asked.attribute
    for at in (
        f"/studies/{data.study.name}/",
        f"/studies/{data.study.name}/questions/{question.pk}/agreement/",
    ):
        links = {one.attributes["href"] for one in read(researcher.get(at)).all("a")}
        assert path(data) in links

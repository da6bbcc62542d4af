"""The way from each number of the agreement page to the votes behind it, with its filters."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from annotation.models import Judgment
from personalization.views.votes import PAGE
from tests.personalization.views.labelled import Labelled, labelled
from tests.personalization.views.pages import next_of, read
from tests.personalization.views.test_agreement import records
from tests.personalization.views.test_votes import NOT_ITEMS, asked_of, rows_of

SCALE = {"level": "ordinal", "options": ["1", "2", "3"], "candidates": None}
STRANGERS: dict[str, Any] = {"rater": ["Ann", "Ben"]}


@pytest.mark.parametrize(
    ("scale", "filters"),
    [
        (False, STRANGERS),
        (True, {"without_rater": "Cem", "since": "2020-01-01"}),
        (False, {"overlap": "2"}),
        (True, {"overlap": "2"}),
    ],
)
def test_every_number_comes_from_its_items(
    researcher: Client, scale: bool, filters: dict[str, Any]
) -> None:
    """For each number the votes lie on as many items as its record says, with filters too."""
    data = labelled(items=30, mapping=SCALE if scale else {})
    found = researcher.get(data.path("agreement.json"), filters).json()
    shown = [one for one in found if one["value"] is not None]
    assert len(shown) > 100
    counted = [one for one in shown if not any(no in one["statistic"] for no in NOT_ITEMS)]
    wrong = {}
    for record in counted:
        rows = rows_of(researcher, data, **asked_of(record), **filters)
        if (behind := len({row["item"] for row in rows})) != record["n_items"]:
            wrong[tuple(asked_of(record).values())] = (behind, record["n_items"])
    assert wrong == {}


def test_a_link_keeps_the_filters(researcher: Client, small: Labelled) -> None:
    """Behind a number of two raters stand the votes of these two, on every page of them."""
    query = "overlap=2&rater=Ann&rater=Cem"
    page = read(researcher.get(small.path(f"agreement/?{query}")))
    links = [one.attributes["href"] for one in page.all("a", "number")]
    assert links
    assert all(one.endswith(f"&{query}") for one in links)
    link = next(
        one for one in links if "panel=third_party&against=&statistic=raw_agreement&" in one
    )
    seen = read(researcher.get(link))
    names = {
        text for one in seen.all("dd") for text in one.text.split() if text in ("Ann", "Ben", "Cem")
    }
    assert names == {"Ann", "Cem"}
    assert "Only this rater or judge: Cem" in seen.text
    assert len(list(seen.all("article"))) == PAGE
    following = next_of(seen)
    assert following is not None
    assert "rater=Ann&rater=Cem" in following


def test_first_labels_are_the_first_given(researcher: Client, small: Labelled) -> None:
    """With one label an item, each item shows one vote of strangers, and skips as they are."""
    rows = rows_of(researcher, small, panel="third_party", overlap="1")
    values = [row["item"] for row in rows if row["value"]]
    assert len(values) == len(set(values)) == 24
    everything = rows_of(researcher, small, panel="third_party")
    assert [row for row in rows if row["reason"]] == [row for row in everything if row["reason"]]


JUDGE = {"panel": "judge:single", "against": "third_party", "overlap": "2"}


def labels_of(data: Labelled) -> dict[str, list[tuple[str, int]]]:
    """Return the strangers' values of each item as they were given: who, what."""
    found: dict[str, list[tuple[str, int]]] = {}
    for one in Judgment.objects.filter(
        question=data.question, role="third_party", value__isnull=False
    ).order_by("at", "pk").select_related("rater", "item__record"):  # fmt: skip
        assert one.item.record is not None
        assert one.value is not None
        found.setdefault(one.item.record.key, []).append((one.rater.name, one.value))
    return found


def has_majority(values: list[int]) -> bool:
    return any(2 * values.count(one) > len(values) for one in values)


def has_plurality(values: list[int]) -> bool:
    counts = sorted((values.count(one) for one in set(values)), reverse=True)
    return len(counts) == 1 or counts[0] > counts[1]


@pytest.mark.parametrize(
    ("statistic", "counts"),
    [
        ("accuracy_valid", has_majority),
        ("cohen_kappa", has_majority),
        ("auroc", has_majority),
        ("accuracy_plurality_valid", has_plurality),
        ("accuracy_shared_valid", bool),
    ],
)
def test_against_a_majority_all_labels_stand_there(
    researcher: Client, statistic: str, counts: Callable[[list[int]], bool]
) -> None:
    """Majorities use labels beyond the overlap: their items and all their labels, marked (C13)."""
    data = labelled(items=30)
    labels, read = labels_of(data), read_by(data, "single")
    rows = rows_of(researcher, data, **JUDGE, statistic=statistic)
    expected = {
        item for item, given in labels.items()
        if item in read and counts([value for _name, value in given])
    }  # fmt: skip
    assert {row["item"] for row in rows} == expected
    assert n_items(researcher, data, statistic) == len(expected)
    for item in expected:
        shown = {
            row["rater"]: row["extra"]
            for row in rows
            if row["item"] == item and row["panel"] == "third_party" and row["value"]
        }
        names = [name for name, _value in labels[item]]
        assert shown == {name: "true" if name in names[2:] else "" for name in names}


def test_all_labels_and_the_first_ones_differ(researcher: Client) -> None:
    """The data of the test above have items with a majority of all and none of the first two."""
    labels = [[value for _name, value in given] for given in labels_of(labelled(items=30)).values()]
    assert any(has_majority(one) and not has_majority(one[:2]) for one in labels)


@pytest.mark.parametrize(
    "statistic", ["accuracy_dawid_skene_valid", "raw_agreement", "cohen_kappa_pooled"]
)
def test_elsewhere_the_first_labels_alone(researcher: Client, statistic: str) -> None:
    """What rests on single ratings uses no label beyond the overlap, and shows none."""
    data = labelled(items=30)
    labels, read = labels_of(data), read_by(data, "single")
    rows = rows_of(researcher, data, **JUDGE, statistic=statistic)
    assert {row["item"] for row in rows} == read & set(labels)
    assert n_items(researcher, data, statistic) == len(read & set(labels))
    votes = {
        (row["item"], row["rater"]) for row in rows
        if row["panel"] == "third_party" and row["value"]
    }  # fmt: skip
    assert votes == {
        (item, name) for item in read & set(labels) for name, _value in labels[item][:2]
    }
    assert {row["extra"] for row in rows} == {""}


def n_items(client: Client, data: Labelled, statistic: str) -> int:
    """Return how many items the number of the judge rests on, under the overlap."""
    found = client.get(data.path("agreement.json"), {"overlap": JUDGE["overlap"]}).json()
    (record,) = [
        one for one in found if {**JUDGE, "statistic": statistic}.items() >= asked_of(one).items()
    ]
    assert record["value"] is not None
    return int(record["n_items"])


def read_by(data: Labelled, judge: str) -> set[str]:
    """Return the items of which a judge's answer could be read."""
    return {
        str(one.item.record)
        for one in Judgment.objects.filter(
            question=data.question, rater__name=judge, value__isnull=False
        ).select_related("item__record")
    }


def test_extra_labels_are_marked_on_the_page(researcher: Client, small: Labelled) -> None:
    """Where a number uses them; it says so, and without the filter there are none."""
    majority = {**JUDGE, "statistic": "accuracy_valid"}
    page = read(researcher.get(small.path("votes/"), majority))
    badges = [one.text for one in page.all("span", "badge")]
    assert "extra label" in badges
    assert "This number uses all labels of an item" in page.text
    for asked in (
        {**majority, "overlap": ""},
        {**JUDGE, "statistic": "raw_agreement"},
        {**JUDGE, "statistic": "accuracy_shared_valid@plurality_all"},
    ):
        page = read(researcher.get(small.path("votes/"), asked))
        assert "extra label" not in page.text


def test_a_bad_filter_is_not_found(researcher: Client, small: Labelled) -> None:
    asked = {"panel": "third_party", "statistic": "raw_agreement"}
    for page in ("votes/", "votes.csv"):
        for bad in ({"overlap": "0"}, {"colour": "blue"}, {"rater": "\0"}, {"rater": "Bne"}):
            assert researcher.get(small.path(page), {**asked, **bad}).status_code == 404
        assert researcher.get(small.path(page), asked).status_code == 200


def test_strata_and_certainty_narrow_the_items(researcher: Client) -> None:
    """What stands behind a stratum is fewer items than behind the whole; so with certainty."""
    data = labelled(items=30)
    known = records(researcher, data)
    whole = known["third_party", None, "krippendorff_alpha"]["n_items"]
    parts = [
        one for key, one in known.items() if key[0] == "third_party" and "@plurality" in key[2]
    ]
    assert sum(one["n_items"] for one in parts) == whole
    for one in parts:
        rows = rows_of(researcher, data, **asked_of(one))
        assert len({row["item"] for row in rows}) == one["n_items"] < whole

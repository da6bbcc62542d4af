"""The way from each number of the agreement page to the votes behind it, with its filters."""

from typing import Any

import pytest
from django.test import Client

from personalization.views.votes import PAGE
from tests.personalization.views.labelled import Labelled, labelled
from tests.personalization.views.pages import next_of, read
from tests.personalization.views.test_agreement import records
from tests.personalization.views.test_votes import NOT_ITEMS, asked_of, rows_of

SCALE = {"level": "ordinal", "options": ["1", "2", "3"], "candidates": None}
STRANGERS: dict[str, Any] = {"rater": ["Ann", "Ben"]}


@pytest.mark.parametrize(
    ("scale", "filters"),
    [(False, STRANGERS), (True, {"without_rater": "Cem", "since": "2020-01-01"})],
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


def test_a_bad_filter_is_not_found(researcher: Client, small: Labelled) -> None:
    asked = {"panel": "third_party", "statistic": "raw_agreement"}
    for page in ("votes/", "votes.csv"):
        for bad in ({"overlap": "0"}, {"colour": "blue"}, {"rater": "\0"}):
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

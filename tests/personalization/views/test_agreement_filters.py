"""Filters in the address of the agreement page: what holds, what is wrong, who may ask."""

from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client
from django.utils.translation import get_language

from annotation.models import User
from personalization.agreement.frames.selection import FILTERS
from personalization.agreement.report import cache
from tests import factories as make
from tests.personalization.views.cost import queries_of
from tests.personalization.views.labelled import Labelled, labelled
from tests.personalization.views.made import HOSTILE
from tests.personalization.views.pages import Node, read
from tests.personalization.views.test_agreement import key_of, records

PAGES = ("agreement/", "agreement.json", "agreement.csv")
GOOD = "?overlap=2&rater=Ann&rater=Ben"
BAD = [
    ("overlap=0", "overlap"),
    ("overlap=²", "overlap"),
    ("overlap=1&overlap=2", "overlap"),
    ("since=yesterday", "since"),
    ("since=2026-01-02&until=2026-01-01", "until"),
    ("role=machine", "role"),
    ("arm=nowhere:x", "arm"),
    ("rater=Ann&without_rater=Ann", "without_rater"),
    ("rater=%00", "rater"),
    ("rater=" + "x" * 300, "rater"),
    ("colour=blue", "colour"),
    ("after=3", "after"),
]

MISSPELT = [
    ("rater=An", "rater", "There is no rater 'An' here. There are: Ann, Ben, Cem, "),
    ("without_rater=single2", "without_rater", "There is no rater 'single2' here."),
    ("arm=author:zoe", "arm", "There is no author 'zoe' here. There are: none."),
    ("arm=extractor:v9", "arm", "There is no extractor 'v9' here. There are: none."),
    ("language=fr", "language", "There is no language 'fr' here."),
    ("overlap=2&rater=Ann&rater=Bne", "rater", "There is no rater 'Bne' here."),
]


@pytest.fixture
def bare(db: None) -> Labelled:
    """A question that nobody has answered."""
    question = make.question()
    return Labelled(question.study, question)


def chips(page: Node) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the filters that hold, each with the filters of the page without it."""
    return [
        (
            " ".join(one.text for one in link.all("bdi")),
            parse_qsl(urlsplit(link.attributes["href"]).query),
        )
        for link in page.all("a", "chip")
        if "chip-all" not in link.attributes["class"]
    ]


def test_it_works(researcher: Client, small: Labelled) -> None:
    """Numbers are those of the chosen answers; what holds is said, and can be taken away."""
    everybody = records(researcher, small)
    page = read(researcher.get(small.path(f"agreement/{GOOD}")))
    chosen = researcher.get(small.path(f"agreement.json{GOOD}")).json()
    known = {(one["panel"], one["against"], one["statistic"]): one for one in chosen}
    assert known["third_party", None, "raw_agreement"]["n_raters"] == 2
    assert everybody["third_party", None, "raw_agreement"]["n_raters"] == 3
    shown = {key_of(one): one.text for one in page.all("a", "number")}
    assert shown == {
        key: f"{one['value']:.6f}" for key, one in known.items() if one["value"] is not None
    }
    assert chips(page) == [
        ("First labels of each item 2", [("rater", "Ann"), ("rater", "Ben")]),
        ("Only this rater or judge Ann", [("overlap", "2"), ("rater", "Ben")]),
        ("Only this rater or judge Ben", [("overlap", "2"), ("rater", "Ann")]),
    ]


def test_the_files_keep_the_filters(researcher: Client, small: Labelled) -> None:
    """Whatever the order they were given in; so do the links to the study's other questions."""
    page = read(researcher.get(small.path("agreement/?rater=Ben&rater=Ann&overlap=2&language=")))
    links = [one.attributes["href"] for one in page.all("a", "button-quiet")]
    files = [one for one in links if "agreement." in one]
    assert files == [small.path(f"agreement.{one}{GOOD}") for one in ("csv", "json")]


def test_the_form_holds_what_was_given(researcher: Client, small: Labelled) -> None:
    """Raters are added to those there are; the other fields show what holds."""
    page = read(
        researcher.get(small.path("agreement/?rater=Ann&since=2020-01-02&role=third_party"))
    )
    (form,) = page.all("form", "filters-form")
    fields = {
        one.attributes["name"]: one.attributes.get("value", "")
        for one in form.all("input")
        if one.attributes.get("type") != "hidden"
    }
    hidden = [(one.attributes["name"], one.attributes["value"]) for one in form.all("input")
              if one.attributes.get("type") == "hidden"]  # fmt: skip
    selected = [
        one.attributes["value"] for one in form.all("option") if "selected" in one.attributes
    ]
    assert hidden == [("rater", "Ann")]
    assert (fields["since"], fields["rater"], fields["overlap"]) == ("2020-01-02", "", "")
    assert selected == ["third_party"]
    assert {*fields, *(one.attributes["name"] for one in form.all("select"))} == set(FILTERS)
    assert [one.attributes["value"] for one in next(form.all("datalist")).all("option")][:2] == [
        "Ann", "Ben",
    ]  # fmt: skip


def test_nothing_chosen_is_said_so(researcher: Client, small: Labelled) -> None:
    """Filters that leave no answer say that, and do not ask to import labels."""
    future = f"since={datetime.now(UTC).year + 2}-01-01&rater=Ann"
    page = read(researcher.get(small.path(f"agreement/?{future}")))
    assert len(chips(page)) == 2
    assert "third_party" not in {one[0] for one in (key_of(a) for a in page.all("a", "number"))}


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("query", "name"), BAD)
def test_a_bad_filter_says_what_is_wrong(
    researcher: Client,
    bare: Labelled,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    query: str,
    name: str,
) -> None:
    """400, nothing computed, the filter named; on the page it can be taken away."""
    monkeypatch.setattr(cache, "of_question", lambda *given: pytest.fail("computed"))
    response = researcher.get(f"{bare.path(page)}?{query}")
    assert response.status_code == 400
    if page == "agreement.json":
        assert list(response.json()["errors"]) == [name]
    elif page == "agreement.csv":
        assert response["Content-Type"].startswith("text/plain")
        assert response.content.decode().startswith(f"{name}: ")
    else:
        seen = read(response)
        (alert,) = seen.all("div", "alert-bad")
        assert len(list(alert.all("li"))) == 1
        assert len(chips(seen)) == query.count("&") + 1
        assert not list(seen.all("a", "number"))
        for _shown, others in chips(seen):
            assert len(others) == query.count("&")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("query", "name", "says"), MISSPELT)
def test_a_misspelt_name_is_not_found(
    researcher: Client,
    small: Labelled,
    monkeypatch: pytest.MonkeyPatch,
    page: str,
    query: str,
    name: str,
    says: str,
) -> None:
    """404 with what there is, as the API answers: an empty panel would look like a finding."""
    monkeypatch.setattr(cache, "of_question", lambda *given: pytest.fail("computed"))
    response = researcher.get(f"{small.path(page)}?{query}")
    assert response.status_code == 404
    if page == "agreement.json":
        assert response.json()["errors"][name].startswith(says)
    elif page == "agreement.csv":
        assert response.content.decode().startswith(f"{name}: {says}")
    else:
        (alert,) = read(response).all("div", "alert-bad")
        assert says in alert.text


def test_what_was_misspelt_can_be_written_again(researcher: Client, small: Labelled) -> None:
    """It stands in its field, and the names that were right stay: sent as it is, nothing is lost."""
    query = "rater=Ann&overlap=2&rater=Bne&arm=author:zoe"
    page = read(researcher.get(small.path(f"agreement/?{query}")))
    (form,) = page.all("form", "filters-form")
    sent = [
        (one.attributes["name"], one.attributes["value"])
        for one in form.all("input")
        if one.attributes.get("value")
    ]
    assert sorted(sent) == sorted(parse_qsl(query))
    wrong = [one for one in form.all("input") if one.attributes.get("aria-invalid")]
    assert {one.attributes["name"]: one.attributes["value"] for one in wrong} == {
        "rater": "Bne", "arm": "author:zoe",
    }  # fmt: skip
    assert len(chips(page)) == 4


def test_what_is_wrong_is_said_in_the_reader_s_language(
    researcher: Client, small: Labelled, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both what cannot be meant and what is not there."""

    def said(text: str) -> str:
        return f"[{get_language()}] {text}"

    monkeypatch.setattr("django.utils.translation._trans.gettext", said, raising=False)
    researcher.defaults["HTTP_ACCEPT_LANGUAGE"] = "ar"
    for query, name in (("overlap=0", "overlap"), ("rater=Nobody", "rater")):
        answer = researcher.get(small.path(f"agreement.json?{query}"))
        assert answer.json()["errors"][name].startswith("[ar] ")


def test_strange_filters_stay_texts(researcher: Client, bare: Labelled) -> None:
    """What stands in an address is written out, in chips, fields and messages."""
    for asked in ({"rater": HOSTILE}, {"arm": HOSTILE}, {HOSTILE: HOSTILE}):
        page = read(researcher.get(bare.path("agreement/"), asked))
        assert not [one for one in page.all("script") if "alert(1)" in one.raw]
        assert HOSTILE in {one.raw for one in page.all("bdi")}
        assert "\u202e" not in outside(page)


def outside(node: Node) -> str:
    """Return the text that stands neither apart nor in the list of a form."""
    if node.tag in ("bdi", "option"):
        return ""
    return "".join(one if isinstance(one, str) else outside(one) for one in node.inside)


@pytest.mark.parametrize("page", PAGES)
def test_not_for_a_stranger(client: Client, bare: Labelled, page: str) -> None:
    """Whether or not the filters are good."""
    for query in (GOOD, "?overlap=0"):
        assert client.get(bare.path(page) + query)["Location"].startswith("/signin/?next=")


@pytest.mark.parametrize("page", PAGES)
def test_not_for_an_inactive_account(researcher: Client, bare: Labelled, page: str) -> None:
    User.objects.update(is_active=False)
    assert researcher.get(bare.path(page) + GOOD)["Location"].startswith("/signin/?next=")


@pytest.mark.parametrize("page", PAGES)
def test_wrong_method(researcher: Client, bare: Labelled, page: str) -> None:
    assert researcher.post(bare.path(page) + GOOD).status_code == 405


def test_its_cost_does_not_grow(researcher: Client) -> None:
    """Ten times the items, the same number of queries with filters, computed or kept."""
    few, many = labelled(items=12), labelled(items=120)
    path = f"agreement/{GOOD}&since=2020-01-01"
    first = [queries_of(researcher, data.path(path)) for data in (few, many)]
    kept = [queries_of(researcher, data.path(path)) for data in (few, many)]
    assert first[0] == first[1] <= 50
    assert kept[0] == kept[1] <= 10

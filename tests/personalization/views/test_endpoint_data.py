"""Limits and prices on an endpoint's page: dated, with a source, and why it is slow just now."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client
from django.utils import timezone

from annotation.models import User
from personalization.endpoints import stand_in
from personalization.llm.pace import Pace
from personalization.models import Crew, Endpoint, JudgeRun, Ledger, Price, Pulse
from tests import factories as make
from tests.personalization.views.pages import Node, read

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
LIMITS = {
    "what": "limits",
    "requests_per_minute": "600",
    "tokens_per_minute": "90000",
    "limits_source": "the provider's page of limits",
    "limits_on": "2026-01-31",
}
PRICE = {
    "what": "price",
    "model": "small-1",
    "since": "2026-01-31",
    "input": "0.15",
    "output": "0.6",
    "currency": "usd",
    "source": "https://example.org/prices",
}


@pytest.fixture
def lab(db: None) -> Endpoint:
    return make.endpoint(url="http://127.0.0.1:9/v1", name="lab", model="small-1", concurrency=8)


def page(client: Client) -> Node:
    return read(client.get("/endpoints/lab/"))


def test_limits_are_saved_with_their_source(researcher: Client, lab: Endpoint) -> None:
    """And nothing else changes, though the settings are on the same page."""
    assert researcher.post("/endpoints/lab/", LIMITS)["Location"] == "/endpoints/lab/"
    kept = Endpoint.objects.get(name="lab")
    assert (kept.requests_per_minute, kept.tokens_per_minute) == (600, 90_000)
    assert (kept.limits_source, str(kept.limits_on)) == (LIMITS["limits_source"], "2026-01-31")
    assert (kept.url, kept.model, kept.concurrency) == (lab.url, "small-1", 8)
    shown = {
        one.attributes.get("name"): one.attributes.get("value")
        for one in page(researcher).all("input")
    }
    assert shown["requests_per_minute"] == "600"
    assert shown["limits_on"] == "2026-01-31"


def test_limits_that_are_taken_away(researcher: Client, lab: Endpoint) -> None:
    """A source of no numbers goes with them."""
    researcher.post("/endpoints/lab/", LIMITS)
    researcher.post(
        "/endpoints/lab/", {**LIMITS, "requests_per_minute": "", "tokens_per_minute": ""}
    )
    kept = Endpoint.objects.get(name="lab")
    assert (kept.requests_per_minute, kept.limits_source, kept.limits_on) == (None, "", None)


def test_limits_without_a_day_were_read_today(researcher: Client, lab: Endpoint) -> None:
    """Which is what people mean."""
    researcher.post("/endpoints/lab/", {**LIMITS, "limits_on": ""})
    assert Endpoint.objects.get(name="lab").limits_on == TODAY


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("requests_per_minute", "0"),
        ("tokens_per_minute", "many"),
        ("tokens_per_minute", "9" * 30),
        ("limits_source", " "),
        ("limits_source", "x" * 501),
        ("limits_on", str(TODAY + timedelta(days=2))),
        ("limits_on", "31.1.2026"),
    ],
)
def test_limits_that_are_none(researcher: Client, lab: Endpoint, field: str, said: str) -> None:
    """The page says so at the field, keeps what was written, and saves nothing."""
    response = researcher.post("/endpoints/lab/", {**LIMITS, field: said})
    assert response.status_code == 422
    shown = read(response)
    (summary,) = shown.all("div", "error-summary")
    assert [one.attributes["href"] for one in summary.all("a")] == [f"#limits_{field}"]
    assert "#limits" in {one.attributes["href"] for one in shown.all("a")}  # the page is long
    assert Endpoint.objects.get(name="lab").requests_per_minute is None


def test_limits_of_the_environments_endpoint(researcher: Client, lab: Endpoint) -> None:
    """Its address is not for this page to change; what is known about it is."""
    Endpoint.objects.filter(name="lab").update(fixed=True)
    assert (
        researcher.post("/endpoints/lab/", {"url": "https://elsewhere.example"}).status_code == 403
    )
    assert researcher.post("/endpoints/lab/", LIMITS).status_code == 302
    assert researcher.post("/endpoints/lab/", PRICE).status_code == 302
    assert Endpoint.objects.get(name="lab").requests_per_minute == 600
    assert Price.objects.exists()


def test_an_endpoint_that_nobody_asks(researcher: Client, lab: Endpoint) -> None:
    """Nothing has been heard, and nothing holds it back."""
    text = page(researcher).text
    assert "8 of 8" in text
    assert "Nothing so far." in text
    assert "Fewer than the settings allow" not in text


def test_why_it_is_slow(researcher: Client, lab: Endpoint) -> None:
    """Fewer places after refusals, and the numbers that the server itself has said."""
    Pulse.objects.create(
        endpoint=lab,
        pace=Pace(places=3.9, cut_at=1.0).stored(),
        seen_requests=60,
        seen_tokens=1,
        seen_at=timezone.now(),
    )
    for name, seconds in (("a", 10), ("b", 10), ("dead", -10)):
        until = timezone.now() + timedelta(seconds=seconds)
        Crew.objects.create(endpoint=lab, worker=name, places=1, until=until)
    shown = page(researcher)
    facts = [one.text for one in shown.all("dd")]
    assert any(one.startswith("3 of 8") and "server refused" in one for one in facts)
    assert any(one.startswith("60 requests a minute, 1 token a minute") for one in facts)
    assert "2" in facts


def test_an_open_breaker_and_a_quiet_server(researcher: Client, lab: Endpoint) -> None:
    """Until when it is left alone, and why."""
    soon = (timezone.now() + timedelta(minutes=2)).timestamp()
    pulse = Pulse.objects.create(
        endpoint=lab, pace=Pace(outages_in_row=9, opened=1, open_until=soon).stored()
    )
    text = page(researcher).text
    assert "Its last 9 requests failed. It is tried again at" in text
    assert "0 of 8" in text
    pulse.pace = Pace(quiet_until=soon).stored()
    pulse.save()
    assert "The server has asked for quiet until" in page(researcher).text
    pulse.pace = Pace(quiet_until=soon - 600, open_until=soon - 600).stored()
    pulse.save()
    assert "asked for quiet" not in page(researcher).text


def test_a_price_is_added(researcher: Client, lab: Endpoint, user: User) -> None:
    """With the day, the source and who entered it; the newest that holds is marked."""
    assert "No price is known." in page(researcher).text
    assert researcher.post("/endpoints/lab/", PRICE)["Location"] == "/endpoints/lab/"
    later = {**PRICE, "since": str(TODAY + timedelta(days=9)), "input": "0.10"}
    researcher.post("/endpoints/lab/", later)
    one = Price.objects.earliest("since")
    assert (one.input_micros, one.output_micros, one.currency) == (150_000, 600_000, "USD")
    assert one.by == user
    shown = page(researcher)
    rows = [row.text for row in shown.all("tr")][1:]
    assert ["Holds today" in row for row in rows] == [False, True]
    assert "0.15" in rows[1]
    links = {a.attributes["href"] for a in shown.all("a")}
    assert "https://example.org/prices" in links


@pytest.mark.parametrize("source", ["javascript:alert(1)", "//evil.example", "the invoice of May"])
def test_only_addresses_are_links(researcher: Client, lab: Endpoint, source: str) -> None:
    """Anything else is a text."""
    researcher.post("/endpoints/lab/", {**PRICE, "source": source})
    shown = page(researcher)
    assert source in shown.text
    assert source not in {a.attributes.get("href") for a in shown.all("a")}


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("model", ""),
        ("since", "soon"),
        ("input", "-1"),
        ("input", "1e400"),
        ("output", "0.0000001"),
        ("output", "NaN"),
        ("currency", "12"),
        ("source", ""),
    ],
)
def test_what_is_no_price(researcher: Client, lab: Endpoint, field: str, said: str) -> None:
    """The page says so at the field, and adds nothing."""
    response = researcher.post("/endpoints/lab/", {**PRICE, field: said})
    assert response.status_code == 422
    shown = read(response)
    (summary,) = shown.all("div", "error-summary")
    assert [one.attributes["href"] for one in summary.all("a")] == [f"#price_{field}"]
    assert "#prices" in {one.attributes["href"] for one in shown.all("a")}  # the page is long
    assert not Price.objects.exists()


def test_a_second_price_for_a_day(researcher: Client, lab: Endpoint) -> None:
    """It is refused, and the first one stays; the same one again is no error."""
    researcher.post("/endpoints/lab/", PRICE)
    assert researcher.post("/endpoints/lab/", PRICE).status_code == 302
    response = researcher.post("/endpoints/lab/", {**PRICE, "input": "7"})
    assert response.status_code == 422
    assert "another price from this day on" in read(response).text
    assert Price.objects.get().input_micros == int(Decimal("0.15") * 1_000_000)


def test_a_slip_is_deleted(researcher: Client, lab: Endpoint) -> None:
    """Twice is no error, and a price of another endpoint is out of reach."""
    slip = make.price(at=lab)
    other = make.price(at=make.endpoint(url="http://127.0.0.1:9/v1"))
    for pk in (slip.pk, slip.pk, other.pk):
        assert researcher.post(f"/endpoints/lab/prices/{pk}/delete/").status_code == 302
    assert list(Price.objects.all()) == [other]


def test_a_price_in_use_cannot_be_deleted(researcher: Client, lab: Endpoint) -> None:
    """The button is not there, and the address refuses."""
    paid = make.price(at=lab)
    rater = make.judge()
    rater.configuration = {"model": "small-1"}
    rater.save()
    run = JudgeRun.objects.create(study=make.study(), rater=rater, source="called", endpoint=lab)
    Ledger.objects.create(run=run, minute=timezone.now(), outcome="answered", calls=1)
    assert "/prices/" not in researcher.get("/endpoints/lab/").content.decode()
    response = researcher.post(f"/endpoints/lab/prices/{paid.pk}/delete/", follow=True)
    assert "Calls were paid by this price" in read(response).text
    assert Price.objects.exists()


def test_who_may_not(client: Client, lab: Endpoint) -> None:
    """Strangers change neither limits nor prices, and an address that is not there is not found."""
    pk = make.price(at=lab).pk
    for asked in (LIMITS, PRICE):
        assert client.post("/endpoints/lab/", asked)["Location"].startswith("/signin/")
    assert client.post(f"/endpoints/lab/prices/{pk}/delete/")["Location"].startswith("/signin/")
    assert Price.objects.count() == 1
    assert Endpoint.objects.get(name="lab").requests_per_minute is None


def test_wrong_methods_and_addresses(researcher: Client, lab: Endpoint) -> None:
    """Deleting is no link, and endpoints that are not there have no prices."""
    pk = make.price(at=lab).pk
    assert researcher.get(f"/endpoints/lab/prices/{pk}/delete/").status_code == 405
    assert researcher.post(f"/endpoints/nowhere/prices/{pk}/delete/").status_code == 404
    assert researcher.put("/endpoints/lab/").status_code == 405


def test_the_stand_in_may_have_a_price(researcher: Client, lab: Endpoint) -> None:
    """So that budgets can be tried out without a provider."""
    at = stand_in()
    path = f"/endpoints/{at.name}/"
    assert researcher.post(path, {**PRICE, "model": at.model}).status_code == 302
    assert Price.objects.get().endpoint == at

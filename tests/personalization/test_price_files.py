"""Prices as a file: what is written is read again, all or nothing, and twice is once."""

from datetime import date
from decimal import Decimal

import pytest

from personalization.models import Endpoint, Price
from personalization.price_files import PriceFileError, taken, written
from personalization.prices import NewPrice, add
from tests import factories as make

pytestmark = pytest.mark.django_db
FILE = """
[[price]]
endpoint = "lab"
model = "small"
since = 2026-01-01
input = 0.15
output = 1
currency = "USD"
source = "https://example.org/prices, read on 2026-01-02"
"""


@pytest.fixture
def lab(db: None) -> Endpoint:
    return make.endpoint(url="http://127.0.0.1:9/v1", name="lab")


def faults(text: str, endpoint: Endpoint | None = None) -> list[str]:
    with pytest.raises(PriceFileError) as caught:
        taken(text, endpoint)
    return caught.value.faults


def test_a_file_is_taken_once(lab: Endpoint) -> None:
    """A second time nothing is new."""
    assert (taken(FILE), taken(FILE)) == ((1, 0), (0, 1))
    (one,) = Price.objects.all()
    assert (one.endpoint, one.model, one.since) == (lab, "small", date(2026, 1, 1))
    assert (one.input_micros, one.output_micros, one.currency) == (150_000, 1_000_000, "USD")
    assert one.source.startswith("https://example.org/")


def test_what_is_written_is_read_again(lab: Endpoint) -> None:
    """Every amount to its last digit, and every sign of a text."""
    source = 'said "so"\\ by\tÄnne\x7f\n🙂'
    for number, amount in enumerate(("0.000001", "1000000", "0.1", "0"), 1):
        new = NewPrice("m/ü", date(2026, 1, number), Decimal(amount), Decimal("2.5"), "EUR", source)
        add(lab, new)
    before = list(Price.objects.values_list("since", "input_micros", "output_micros", "source"))
    text = written(Price.objects.order_by("since"))
    Price.objects.all().delete()
    assert taken(text) == (4, 0)
    after = Price.objects.values_list("since", "input_micros", "output_micros", "source")
    assert sorted(after) == sorted(before)


def test_for_an_endpoint_of_another_name(lab: Endpoint) -> None:
    """Laboratories call their endpoints as they like."""
    other = make.endpoint(url="http://127.0.0.1:9/v1", name="ours")
    assert taken(FILE, other) == (1, 0)
    assert Price.objects.get().endpoint == other


def test_one_bad_price_refuses_all_and_every_one_is_named(lab: Endpoint) -> None:
    """So that a file is mended in one go."""
    bad = FILE.replace("0.15", "-1").replace("2026-01-01", "2026-02-01")
    worse = FILE.replace('"lab"', '"nowhere"').replace("output", "outputs")
    said = faults(FILE + bad + worse)
    assert [one.partition(":")[0] for one in said] == [
        "price 2, input", "price 3, outputs", "price 3, endpoint", "price 3, output",
    ]  # fmt: skip
    assert not Price.objects.exists()


def test_another_price_for_the_same_day_is_refused(lab: Endpoint) -> None:
    """No row is changed by a file either."""
    taken(FILE)
    assert faults(FILE.replace("0.15", "0.2"))[0].startswith("price 1, since: ")
    assert Price.objects.get().input_micros == 150_000


@pytest.mark.parametrize(
    "change",
    [
        ("2026-01-01", '"2026-01-01"'), ("2026-01-01", "2026-01-01T00:00:00"), ("0.15", "true"),
        ("0.15", "inf"), ("0.15", '"0.15"'), ('"USD"', "5"), ('"small"', "[1]"),
    ],
)  # fmt: skip
def test_values_of_another_kind(lab: Endpoint, change: tuple[str, str]) -> None:
    """They are refused at their field."""
    (said,) = faults(FILE.replace(*change))
    assert said.startswith("price 1, ")


@pytest.mark.parametrize("text", ["", "price = 1", "[[price]", "price = [1]", FILE + "\n[more]\n"])
def test_what_is_no_file_of_prices(lab: Endpoint, text: str) -> None:
    """It says what it should be."""
    assert faults(text)
    assert not Price.objects.exists()

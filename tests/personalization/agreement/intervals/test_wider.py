import pytest

from personalization.agreement.estimate import NO_INTERVAL, Interval
from personalization.agreement.intervals.wider import widest_first

NARROW, WIDE = Interval(0.4, 0.6, "narrow"), Interval(0.1, 0.6, "wide")
POINT = Interval(0.5, 0.5, "a point")


@pytest.mark.parametrize(
    ("given", "order"),
    [
        ([NARROW, WIDE], [WIDE, NARROW]),
        ([WIDE, NARROW], [WIDE, NARROW]),
        ([NO_INTERVAL, NARROW], [NARROW, NO_INTERVAL]),
        ([NO_INTERVAL, POINT, WIDE, NARROW], [WIDE, NARROW, POINT, NO_INTERVAL]),
        ([], []),
    ],
)
def test_the_widest_leads(given: list[Interval], order: list[Interval]) -> None:
    assert widest_first(given) == order


@pytest.mark.parametrize("given", [[NO_INTERVAL, Interval(method="none")], [
    Interval(0.5, 0.75), Interval(0.25, 0.5, "as wide"),
]])  # fmt: skip
def test_equal_ones_stay_as_they_are(given: list[Interval]) -> None:
    assert widest_first(given) == given
    assert widest_first(given[::-1]) == given[::-1]

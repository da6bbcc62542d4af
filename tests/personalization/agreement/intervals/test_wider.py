import pytest

from personalization.agreement.estimate import NO_INTERVAL, Interval
from personalization.agreement.intervals.wider import wider

NARROW, WIDE = Interval(0.4, 0.6, "narrow"), Interval(0.1, 0.6, "wide")


@pytest.mark.parametrize(
    ("one", "other", "leads"),
    [
        (NARROW, WIDE, WIDE),
        (WIDE, NARROW, WIDE),
        (NARROW, NO_INTERVAL, NARROW),
        (NO_INTERVAL, NARROW, NARROW),
        (Interval(0.5, 0.75), Interval(0.25, 0.5, "as wide"), Interval(0.5, 0.75)),
        (Interval(method="none"), NO_INTERVAL, Interval(method="none")),
        (NO_INTERVAL, Interval(0.5, 0.5, "a point"), Interval(0.5, 0.5, "a point")),
    ],
)
def test_the_wider_leads(one: Interval, other: Interval, leads: Interval) -> None:
    assert wider(one, other) == leads

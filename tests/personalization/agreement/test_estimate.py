from personalization.agreement.estimate import Interval, Reason, Sample, defined, undefined


def test_a_value_travels_with_its_sample_and_interval() -> None:
    found = defined(0.5, Sample(10, 30, 3), Interval(0.4, 0.6, "item bootstrap, B=1000"))
    assert (found.value, found.low, found.high, found.reason) == (0.5, 0.4, 0.6, None)
    assert (found.n_items, found.n_ratings, found.n_raters) == (10, 30, 3)


def test_no_value_travels_with_a_reason() -> None:
    found = undefined(Reason.NO_VARIATION, Sample(10, 30))
    assert (found.value, found.low, found.method) == (None, None, None)
    assert found.reason == "no_variation"
    assert found.n_items == 10

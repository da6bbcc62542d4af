"""Pay in the smallest unit of its currency."""

from decimal import Decimal

import pytest
from django.utils import translation

from annotation import money
from annotation.models import Enrollment, Study
from annotation.models.person import Ending, Part
from tests.busy import moment


@pytest.mark.parametrize(
    ("amount", "currency", "minor"),
    [("12.50", "EUR", 1250), ("1250", "JPY", 1250), ("1.234", "KWD", 1234), ("0", "USD", 0)],
)
def test_there_and_back(amount: str, currency: str, minor: int) -> None:
    assert money.to_minor(Decimal(amount), currency) == minor
    assert money.to_amount(minor, currency) == Decimal(amount)


@pytest.mark.parametrize(("amount", "currency"), [("0.005", "EUR"), ("0.5", "JPY")])
def test_no_coin_is_so_small(amount: str, currency: str) -> None:
    with pytest.raises(ValueError, match=amount):
        money.to_minor(Decimal(amount), currency)


@pytest.mark.parametrize(("code", "known"), [("EUR", True), ("XXQ", False), ("eur", False)])
def test_currencies(code: str, known: bool) -> None:
    assert money.is_currency(code) is known


def test_it_is_written_as_people_write_it() -> None:
    """In their language; nothing where nothing is paid."""
    assert money.written(1250, "EUR") == "€12.50"
    with translation.override("zh-hans"):
        assert money.written(1250, "JPY") == "JP¥1,250"
    assert money.written(None, "EUR") == money.written(1250, "") == ""


@pytest.mark.parametrize(("finished", "earned"), [(True, 300), (False, None)])
def test_what_somebody_has_earned(finished: bool, earned: int | None) -> None:
    """What was settled at the end; a study that pays otherwise since then changes nothing."""
    study = Study(pay_minor=900, pay_partial_minor=100, pay_currency="EUR")
    end = moment(0) if finished else None
    person = Enrollment(study=study, part=Part.REVIEW, finished_at=end, earned_minor=300)
    assert money.earned(person) == earned


def labeller(sent: int, pay: int | None, partial: int | None, rule: str) -> Enrollment:
    """Return somebody who sent so many of seven sheets."""
    study = Study(pay_minor=pay, pay_partial_minor=partial, pay_rule=rule, sheets_each=7)
    return Enrollment(study=study, way="labels", part="others", others_sent=sent)


# Worked by hand: 7 sheets for 10.00 euros (1000 cents), or for 500 yen, which have no cents.
TABLE = [
    # sent, pay, partial, rule, stopped, no work
    (0, 1000, None, "fixed", 0, 0),
    (0, 1000, 200, "fixed", 200, 200),
    (1, 1000, 200, "fixed", 200, 200),  # 142.86 is less than the fixed amount
    (2, 1000, 200, "fixed", 200, 285),  # 285.71: half a coin is nobody's
    (6, 1000, 200, "fixed", 200, 857),
    (7, 1000, 200, "fixed", 200, 1000),
    (0, 1000, None, "share", 0, 0),
    (0, 1000, 200, "share", 200, 200),
    (1, 1000, 200, "share", 200, 200),
    (2, 1000, 200, "share", 285, 285),
    (6, 1000, None, "share", 857, 857),
    (9, 1000, 200, "share", 1000, 1000),  # more than asked for is not more than the pay
    (1, 500, None, "share", 71, 71),  # 71.43 yen
    (3, 500, 250, "share", 250, 250),  # 214.29 yen
    (4, 500, 250, "share", 285, 285),  # 285.71 yen
    (4, 500, 900, "fixed", 500, 500),  # more for a part than for the whole: set by a mistake
    (4, 0, 0, "share", 0, 0),
    (4, None, 200, "fixed", None, None),
    (4, None, None, "share", None, None),
]


@pytest.mark.parametrize(("sent", "pay", "partial", "rule", "stopped", "no_work"), TABLE)
def test_the_partial_pay_of_somebody_who_labels(
    sent: int, pay: int | None, partial: int | None, rule: str, stopped: int, no_work: int
) -> None:
    """Running out of work never pays less than stopping, and being done pays it all."""
    person = labeller(sent, pay, partial, rule)
    assert money.earned_at_end(person, Ending.STOPPED) == stopped
    assert money.earned_at_end(person, Ending.NO_WORK) == no_work
    assert money.earned_at_end(person, Ending.DONE) == pay


@pytest.mark.parametrize(
    ("part", "fixed", "share"),
    [
        (Part.CHAT, 200, 200),  # nothing is finished
        (Part.REVIEW, 200, 261),  # 150 of 574 s: 261.32 cents
        (Part.RELEVANCE, 200, 480),  # 276 s: 480.84, cut to whole cents
        (Part.COMPARISON, 200, 686),  # 394 s: 686.41
        (Part.REPEAT, 200, 1000),
        (Part.DONE, 1000, 1000),
    ],
)
def test_the_partial_pay_of_the_whole_way(part: Part, fixed: int, share: int) -> None:
    """By the usual seconds of the parts that are finished: 150, 126, 118 and 180."""
    sizes = {"turns_min": 3, "queries_each": 2}
    for rule, expected in (("fixed", fixed), ("share", share)):
        study = Study(pay_minor=1000, pay_partial_minor=200, pay_rule=rule, **sizes)
        person = Enrollment(study=study, way="whole", part=part)
        assert money.earned_at_end(person, Ending.STOPPED) == expected

"""Two extractors on one set of people, by their own labels and by strangers'."""

import pytest
from django.utils import timezone

from annotation.leaving import withdraw
from annotation.models import Evidence
from personalization.agreement.report import Record
from personalization.comparison.records import Line
from personalization.comparison.report import Comparison, of_study
from personalization.models import ArmAttribute, Extraction, ModelCall
from tests import factories as make
from tests.personalization.comparison.planted import PEOPLE, Planted, planted, with_attributes

pytestmark = pytest.mark.django_db
OWNERS, STRANGERS = "first_person", "third_party"


@pytest.fixture
def data() -> Planted:
    return with_attributes(planted())


def line(report: Comparison, name: str) -> Line:
    return next(one for one in report.profiles.lines if one.name == name)


def number(report: Comparison, name: str, panel: str, statistic: str) -> Record:
    return line(report, name).numbers[panel, None, statistic]


def two(data: Planted, **chosen: str) -> dict[tuple[str, str], Record]:
    one, other = (data.arms[name] for name in chosen.values())
    report = of_study(data.study, {"profiles": (one, other)})
    (versus,) = report.versus
    return {(each.record.panel, each.record.statistic): each.record for each in versus.records}


def test_owners_accept_ours_more_often(data: Planted) -> None:
    """Ours: 2 of 4 (even) or 3 of 4 (odd people); theirs: 1 of 3. The shared one counts in both."""
    report = of_study(data.study)
    ours, theirs = (number(report, name, OWNERS, "accepted") for name in ("ours", "theirs"))
    assert ours.value == pytest.approx(2.5 / 4)
    assert theirs.value == pytest.approx(1 / 3)
    assert (ours.n_items, theirs.n_items) == (4 * PEOPLE, 3 * PEOPLE)
    assert number(report, "ours", OWNERS, "problematic").value == pytest.approx(1.5 / 4)
    assert number(report, "theirs", OWNERS, "rejected").value == pytest.approx(1 / 3)


def test_every_number_has_an_interval_by_owner(data: Planted) -> None:
    """No number stands without n, interval and method."""
    known = [one.record for one in of_study(data.study).records if one.record.value is not None]
    assert len(known) > 20
    for one in known:
        assert one.low is not None
        assert one.high is not None
        assert one.low <= (one.value or 0) <= one.high + 1e-9
        assert one.n_items > 0
        assert one.method == "owner bootstrap, B=1000"


def test_strangers_are_a_panel_of_their_own(data: Planted) -> None:
    """Their majority accepts all; the doctor has no majority and is counted apart."""
    report = of_study(data.study)
    assert number(report, "ours", STRANGERS, "accepted").value == 1
    theirs = number(report, "theirs", STRANGERS, "accepted")
    assert (theirs.value, theirs.n_items) == (1, 2 * PEOPLE)
    assert theirs.n_ratings == 6 * PEOPLE
    assert line(report, "theirs").made["without_majority"] == PEOPLE
    assert "without_majority" not in line(report, "ours").made


def test_error_codes_are_of_rejected_attributes() -> None:
    """Row 17: they sum to 1, by panel; a stranger's code counts where that stranger rejected."""
    report = of_study(with_attributes(planted(20)).study)
    for name, panel, wanted in (
        ("ours", OWNERS, "overgeneralized"),
        ("theirs", OWNERS, "no_evidence"),
        ("theirs", STRANGERS, "no_evidence"),
    ):
        codes = {
            statistic: one.value
            for (of, _against, statistic), one in line(report, name).numbers.items()
            if of == panel and statistic.startswith("error_code@")
        }
        assert codes.pop(f"error_code@{wanted}") == 1
        assert set(codes.values()) == {0}
    assert number(report, "ours", STRANGERS, "error_code@no_evidence").reason == "no_overlap"


def test_what_each_has_made(data: Planted) -> None:
    """Conversations, attributes, dropped below the floor, and those without evidence."""
    report = of_study(data.study)
    made = line(report, "ours").made
    assert made == {"people": 12, "conversations": 12, "attributes": 48, "variants": 48}
    values = {key[2]: one.value for key, one in line(report, "ours").numbers.items() if not key[0]}
    assert values == {
        "attributes_per_person": 4,
        "variants_per_attribute": 1,
        "without_evidence": 0.25,
        "below_floor": 0.2,
    }
    theirs = line(report, "theirs")
    assert theirs.numbers["", None, "without_evidence"].value == 1
    # Nobody here has read conversations for an imported arm.
    assert theirs.numbers["", None, "below_floor"].reason == "no_overlap"


def test_cost_per_conversation(data: Planted) -> None:
    """Two calls for each conversation; an arm that asked nobody has no cost."""
    for row in Extraction.objects.filter(arm=data.arms["ours"]):
        for attempt in range(2):
            ModelCall.objects.create(
                step="extraction", work_id=row.pk, attempt=attempt, endpoint="e", model="m",
                request={}, request_hash="h", answer={}, prompt_tokens=100, completion_tokens=20,
                cost_micros=7,
            )  # fmt: skip
    report = of_study(data.study)
    cost = line(report, "ours").cost
    assert cost is not None
    assert (cost.calls_each, cost.tokens_each, cost.micros_each) == (2, 240, 14)
    assert line(report, "theirs").cost is None
    (told,) = (one for one in report.as_dict()["arms"] if one["arm"] == "ours")
    assert told["cost"]["micros_each"] == 14


def test_the_difference_is_paired(data: Planted) -> None:
    """1.5/4 of ours and 2/3 of theirs are problematic, of the same people."""
    found = two(data, one="ours", other="theirs")
    gap = found[OWNERS, "problematic@difference"]
    assert gap.value == pytest.approx(1.5 / 4 - 2 / 3)
    assert (gap.against, gap.n_items) == ("theirs", 6 * PEOPLE)
    assert found["", "attributes_per_person@difference"].value == 1
    assert found[STRANGERS, "accepted@difference"].value == 0
    back = two(data, one="theirs", other="ours")[OWNERS, "problematic@difference"]
    assert back.value == pytest.approx(2 / 3 - 1.5 / 4)
    assert gap.low is not None
    assert gap.high is not None
    assert (back.low, back.high) == (-gap.high, -gap.low)


def test_what_a_revision_leaves_out_counts_nowhere(data: Planted) -> None:
    """Nor what the person took back, nor the attributes of whoever withdrew."""
    doctor = data.arms["theirs"].attributes.filter(attribute__text="The user is a doctor.")
    ArmAttribute.objects.filter(pk__in=doctor.values("pk")).update(left_out="dropped")
    report = of_study(data.study)
    assert number(report, "theirs", OWNERS, "accepted").value == 0.5
    assert line(report, "theirs").made["dropped"] == PEOPLE
    withdraw(data.people[0])
    made = line(of_study(data.study), "ours").made
    assert (made["people"], made["conversations"], made["attributes"]) == (11, 11, 44)
    held = data.arms["ours"].attributes.select_related("attribute").last()
    assert held is not None
    held.attribute.withdrawn_at = timezone.now()
    held.attribute.save()
    assert line(of_study(data.study), "ours").made["attributes"] == 43


def test_with_few_people_the_reason_stands_instead() -> None:
    """Nine owners give no interval, so the number is held back."""
    report = of_study(with_attributes(planted(9)).study)
    found = number(report, "ours", OWNERS, "accepted")
    assert (found.value, found.reason) == (None, "too_few_owners")
    assert found.method == "no owner bootstrap: 9 of 10 owners"
    assert found.n_items == 36


def test_a_judge_is_a_panel_too(data: Planted) -> None:
    """A judge that accepts everything stands beside people, and never among them."""
    judge = make.judge(name="mild")
    for item in data.asked.attribute.items.select_related("question"):
        data.answer(item, judge, "machine", 2)
    data.save()
    report = of_study(data.study)
    assert number(report, "theirs", "judge:mild", "accepted").value == 1
    assert number(report, "theirs", STRANGERS, "accepted").n_ratings == 6 * PEOPLE


def test_a_reload_moves_nothing(data: Planted) -> None:
    """The same data give the same intervals; new evidence changes what it should."""
    first, again = (of_study(data.study).as_dict() for _look in range(2))
    assert first == again
    sails = data.study.attributes.filter(text="The user sails.").first()
    chat = data.study.conversations.first()
    assert sails is not None
    assert chat is not None
    Evidence.objects.create(attribute=sails, turn=make.turn(conversation=chat))
    changed = of_study(data.study)
    assert number(changed, "ours", "", "without_evidence").value == pytest.approx(11 / 48)


def test_without_arms_there_is_nothing() -> None:
    """A study of imported labels has no arms: empty sections, no fault."""
    report = of_study(make.study())
    assert [section.lines for section in report.sections] == [[], [], []]
    assert report.records == []

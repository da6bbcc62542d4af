"""The demo's arms: an imported extractor beside ours, a verifier, and the authors of the responses."""

import re
from collections import Counter
from itertools import pairwise
from math import sqrt
from statistics import fmean, stdev

import pytest
from django.db.models import Count

from annotation import models as m
from annotation.mentions import JUDGES_ONLY
from personalization.arms.configuration import Generating
from personalization.demo import arms, labels, people, planted, sheets
from personalization.demo.arms import Arms
from personalization.demo.nouns import Filler
from personalization.demo.people import Attribute, Person
from personalization.models import Arm, ArmAttribute, Extraction
from tests.personalization.demo.conftest import Demo

SEEDS = (7, 100, 101, 102)


def drawn(seed: int) -> tuple[list[Person], Arms]:
    crowd = people.draw(seed)
    return crowd, arms.draw(seed, crowd)


def plain(held: Arms) -> list[list[str]]:
    named = (held.ours, held.theirs, held.revised, held.refined, held.withdrawn)
    return [[one.text for one in each] for each in named]


def accepted(held: list[Attribute]) -> float:
    return sum(one.fits == "accepted" for one in held) / len(held)


def test_the_same_seed_gives_the_same_arms() -> None:
    assert plain(drawn(7)[1]) == plain(drawn(7)[1]) != plain(drawn(8)[1])


@pytest.mark.parametrize("seed", SEEDS)
def test_what_each_arm_holds_is_exact_for_every_seed(seed: int) -> None:
    """Owners accept 72 % of ours, 40 % of theirs and 95 % of what the verifier leaves."""
    crowd, held = drawn(seed)
    ours, theirs = set(held.ours), set(held.theirs)
    assert [len(ours), len(theirs), len(ours & theirs)] == [150, 120, 60]
    assert accepted(held.ours) == pytest.approx(planted.OURS_ACCEPTED) == pytest.approx(0.72)
    assert accepted(held.theirs) == pytest.approx(planted.THEIRS_ACCEPTED) == pytest.approx(0.40)
    assert accepted(held.revised) == pytest.approx(planted.REVISED_ACCEPTED)
    errors = Counter(one.error for one in held.theirs if one.fits == "rejected")
    assert errors == {"overgeneralized": 24, "task_or_role_play": 24}
    assert {one for one in held.ours if one.fits != "accepted"} == {*held.refined, *held.withdrawn}
    assert len(held.withdrawn) == planted.WITHDRAWN
    further = [one for each in held.further.values() for one in each]
    assert {one.refined_from for one in further} - {None} == set(held.refined)
    assert {one.attribute for one in further} == (theirs | set(held.revised)) - ours
    assert all(one in crowd for one in held.further)


def test_every_text_is_filled_in_and_another_one() -> None:
    _crowd, held = drawn(7)
    texts = {one.attribute.text for each in held.further.values() for one in each}
    assert not [one for one in texts if set(one) & set("{}") or not one.startswith("The user ")]
    assert not [one for one in texts if re.search(r"\b(a [aeio]|an [^aeio])", one)]
    assert not texts & {one.text for one in held.ours}


def test_a_review_is_in_the_order_of_the_chats_whoever_read_what() -> None:
    """Of two that were read from the same words, now ours stands first and now theirs."""
    crowd, held = drawn(7)
    ours_first: list[bool] = []
    for person, sheet in zip(crowd, sheets.plan(7, crowd, held).reviews, strict=True):
        read = [one.attribute for one in sheet.items[::2] if one.attribute]
        assert {*read} == {*person.extracted, *(one.attribute for one in held.further[person])}
        said = [one.said for chat in person.chats for one in chat]
        places = [said.index(one.said) for one in read]
        assert places == sorted(places)
        for one, next_one in pairwise(read):
            if one.said == next_one.said:
                ours_first.append(not one.further)
    assert 0.3 < sum(ours_first) / len(ours_first) < 0.7


def test_what_others_read_moves_no_other_answer() -> None:
    """Every answer that the demo had before there were other arms is still the same."""
    crowd, held = drawn(7)
    alone, beside = sheets.plan(7, crowd), sheets.plan(7, crowd, held)

    def told(plan: sheets.Plan) -> list[tuple[object, ...]]:
        return [
            (visit.rater.number, label.item.ask, label.item.attribute, label.value, visit.missed)
            for visit in labels.of_people(7, plan.sheets)
            for label in visit.labels
            if not (label.item.attribute and label.item.attribute.further)
        ]

    assert told(alone) == told(beside)


def test_the_task_is_read_from_what_was_said() -> None:
    crowd, held = drawn(7)
    for person in crowd:
        for one in held.further[person]:
            assert any(one.read_from in chat for chat in person.chats)
            assert isinstance(one.read_from, Filler) is (one.attribute.error == "task_or_role_play")


# In the database.


def share_accepted(arm: Arm, role: str) -> float:
    """Return how much of an arm's profiles a role accepts."""
    answers = m.Judgment.objects.filter(
        question__key="attribute",
        role=role,
        value__isnull=False,
        item__attribute__in_arms__arm=arm,
        item__attribute__in_arms__left_out=None,
    )
    key = {one.code: one.key for one in arm.study.questions.get(key="attribute").options.all()}
    said = [key[value] for value in answers.values_list("value", flat=True) if value is not None]
    return said.count("accepted") / len(said)


def test_people_tell_the_arms_apart(demo: Demo) -> None:
    """By what owners say exactly as planted, by strangers in the same order."""
    by = {one.name: one for one in demo.study.arms.filter(step__in=["extraction", "revision"])}
    assert by.keys() == {planted.OURS, planted.THEIRS, planted.REVISED}
    assert [(one.source, one.endpoint) for one in by.values()].count(("imported", None)) == 1
    expected = {
        planted.OURS: planted.OURS_ACCEPTED,
        planted.THEIRS: planted.THEIRS_ACCEPTED,
        planted.REVISED: planted.REVISED_ACCEPTED,
    }
    for name, share in expected.items():
        assert share_accepted(by[name], "first_person") == pytest.approx(share)
    strangers = [share_accepted(by[name], "third_party") for name in expected]
    assert strangers[1] < strangers[0] < strangers[2]


def test_every_attribute_is_on_one_review_sheet_with_those_of_the_other_arms(demo: Demo) -> None:
    asked = m.Item.objects.filter(study=demo.study, question__key="attribute")
    assert asked.values("attribute").distinct().count() == asked.count() == 234
    assert asked.values("sheet").distinct().count() == 24
    held = ArmAttribute.objects.filter(arm__study=demo.study)
    assert held.filter(left_out=None).count() == 150 + 120 + 132
    assert set(held.exclude(left_out=None).values_list("arm__name", flat=True)) == {planted.REVISED}


def test_both_extractors_have_read_every_chat(demo: Demo) -> None:
    """Each wording came from an extraction; a share of ours was dropped as too unsure."""
    chats = demo.study.conversations.count()
    rows = Extraction.objects.filter(arm__study=demo.study).annotate(wordings=Count("extracted"))
    assert Counter(one.arm.name for one in rows.select_related("arm")) == {
        planted.OURS: chats,
        planted.THEIRS: chats,
    }
    assert all(one.settled_at and one.found == one.wordings for one in rows)
    unsure = [one.dropped for one in rows if one.dropped]
    assert unsure == [{"below_floor": 1}] * round(planted.BELOW_FLOOR * chats)


def test_each_author_and_condition_is_an_arm(demo: Demo) -> None:
    found = demo.study.arms.filter(step="generation").annotate(wrote=Count("responses"))
    told = {(one.model, Generating.read(one.configuration).condition): one.wrote for one in found}
    assert told == {
        (author.name, condition): 60
        for author in planted.AUTHORS
        for condition in ("none", "relevant_owner")
    }


def test_which_attributes_a_response_names_is_flagged(demo: Demo) -> None:
    """Row 31: for each gain a flag, and owners find what is named better by the planted gap."""
    flags = {
        (one.item.response_pair_id, one.item.attribute_id): one.value == 1
        for one in m.Judgment.objects.filter(rater__name=planted.MENTIONS).select_related("item")
    }
    gains = demo.answered("gain", role="first_person")
    assert {(one.item.response_pair_id, one.item.attribute_id) for one in gains} == flags.keys()
    rated: dict[bool, list[float]] = {True: [], False: []}
    for one in gains:
        pair = one.item.response_pair
        assert pair
        assert one.value is not None
        sign = 1 if pair.b.condition == "relevant_owner" else -1
        rated[flags[pair.pk, one.item.attribute_id]].append((one.value - 2) * sign)
    named, not_named = rated[True], rated[False]
    assert 120 <= len(named) <= 240
    error = sqrt(stdev(named) ** 2 / len(named) + stdev(not_named) ** 2 / len(not_named))
    gap = fmean(named) - fmean(not_named)
    assert gap == pytest.approx(planted.MENTION_GAP, abs=3 * error)
    sheets = demo.study.sheets.filter(stage=JUDGES_ONLY)
    assert sheets.count() == planted.RESPONSE_PAIRS
    assert not m.Slot.objects.filter(sheet__in=sheets).exists()

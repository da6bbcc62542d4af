"""What a frame reads beside values: scores, certainty, shares, families, sides and repeats."""

import numpy as np
import pytest

from annotation.models import Author, Item, Question, Rater, ResponsePair
from personalization.agreement import frames
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def question(db: None) -> Question:
    return make.question(options=("no", "yes", "maybe"))


def judge(**configuration: object) -> Rater:
    rater = make.judge()
    rater.configuration = configuration
    rater.save()
    return rater


def pair_item(question: Question, *written: tuple[str, str, str]) -> Item:
    """Make an item of a pair; each response has an author, a family and a condition."""
    query = make.query(study=question.study)
    a, b = (
        make.response(query=query, by=author(name, family), condition=condition)
        for name, family, condition in written
    )
    pair = ResponsePair.objects.create(query=query, a=a, b=b)
    return make.item(subject=pair, question=question)


def author(name: str, family: str) -> Author:
    kind, family = ("human", "") if family == "-" else ("model", family)
    found, _new = Author.objects.get_or_create(
        kind=kind, name=name, sampling={}, defaults={"family": family}
    )
    return found


def test_what_a_judge_says_beside_the_value(question: Question) -> None:
    """Score, certainty and shares stand at their item; what is missing is nan or -1."""
    rater, items = make.judge(), [make.item(question=question) for _ in range(3)]
    make.judgment(item=items[0], rater=rater, role="machine", value=1, score=1.5, certainty=90)
    make.judgment(
        item=items[1],
        rater=rater,
        role="machine",
        value=None,
        reason="inconsistent",
        score=2,
        distribution=[0.2, 0.5, 0.3],
        distribution_source="logprobs",
    )
    (found,) = frames.load(question).judges
    assert found.value.tolist() == [1, -1, -2]
    assert found.score is not None
    np.testing.assert_array_equal(found.score, [1.5, 2, np.nan])
    assert found.certainty is not None
    assert found.certainty.tolist() == [90, -1, -1]
    assert found.shares is not None
    np.testing.assert_array_equal(found.shares, [[np.nan] * 3, [0.2, 0.5, 0.3], [np.nan] * 3])


def test_a_judge_that_says_no_more_has_none(question: Question) -> None:
    """None rather than an empty array, also where another judge has them."""
    item = make.item(question=question)
    make.judgment(item=item, role="machine", rater=judge())
    make.judgment(item=item, role="machine", rater=judge(), certainty=7)
    bare, sure = frames.load(question).judges
    assert (bare.score, bare.certainty, bare.shares) == (None, None, None)
    assert sure.certainty is not None
    assert (sure.score, sure.certainty.tolist(), sure.shares) == (None, [7], None)


def test_repeats_stand_against_the_answer_that_counts(question: Question) -> None:
    """Owners on a later occasion, the first one alone; without a value on either side, none."""
    owner = make.person_rater()
    sheet = make.sheet(study=question.study, owner=owner)
    items = [make.item(question=question, sheet=sheet) for _ in range(3)]
    for item, first in zip(items, (0, 1, None), strict=True):
        make.judgment(
            item=item,
            rater=owner,
            role="first_person",
            value=first,
            reason=None if first is not None else "skipped",
        )
    for occasion, values in ((1, (2, None, 1)), (2, (0, 1, 1))):
        for item, value in zip(items, values, strict=True):
            make.judgment(
                item=item,
                rater=owner,
                role="first_person",
                use="repeat",
                occasion=occasion,
                value=value,
                reason=None if value is not None else "skipped",
            )
    labels = frames.load(question).panels["first_person"]
    assert labels.value.tolist() == [0, 1]
    assert labels.repeats is not None
    assert labels.repeats.item.tolist() == [0, 1]
    assert labels.repeats.rater.tolist() == [0, 0]
    assert labels.repeats.first.tolist() == [0, 1]
    assert labels.repeats.again.tolist() == [2, 1]


def test_a_panel_without_repeats(question: Question) -> None:
    """None rather than empty arrays."""
    make.judgment(item=make.item(question=question))
    assert frames.load(question).panels["third_party"].repeats is None


def test_sides(question: Question) -> None:
    """An author is a system, under a condition where these differ; families by record or name."""
    pair_item(question, ("gpt-5", "GPT", "none"), ("llama-3", "", "all"))
    make.item(question=question)
    pair_item(question, ("Ann", "-", "human"), ("gpt-5", "GPT", "none"))
    for configuration in ({"model": "gpt-4"}, {"model": "x", "family": "Other"}, {}):
        make.judgment(
            item=question.items.earliest("pk"), role="machine", rater=judge(**configuration)
        )
    frame = frames.load(question)
    assert frame.sides is not None
    assert frame.sides.systems == ["gpt-5 (none)", "human", "llama-3 (all)"]
    assert frame.sides.system_a.tolist() == [0, -1, 1]
    assert frame.sides.system_b.tolist() == [2, -1, 0]
    assert frame.sides.families == ["gpt", "human", "llama", "other"]
    assert frame.sides.family_a.tolist() == [0, -1, 1]
    assert frame.sides.family_b.tolist() == [2, -1, 0]
    assert [one.family for one in frame.judges] == [0, 3, -1]


def test_systems_under_one_condition_are_their_authors(question: Question) -> None:
    """Where the condition never differs, it is not part of the name."""
    pair_item(question, ("b", "x", "none"), ("a", "y", "none"))
    sides = frames.load(question).sides
    assert sides is not None
    assert (sides.systems, sides.system_a.tolist(), sides.system_b.tolist()) == (
        ["a", "b"],
        [1],
        [0],
    )


def test_no_pairs_no_sides(question: Question) -> None:
    """Families say nothing where nobody wrote anything."""
    make.judgment(item=make.item(question=question), role="machine", rater=judge(model="gpt-4"))
    frame = frames.load(question)
    assert frame.sides is None
    assert frame.judges[0].family == -1

"""Self-preference, against an independent computation with loops and against planted judges."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from personalization.agreement.arrays import FloatArray, IntArray
from personalization.agreement.estimate import Estimate, Reason
from personalization.agreement.judges.own_side import Pairs, Preferences, own_side
from personalization.agreement.judges.self_preference import SelfPreference, self_preference

FIRST, SECOND, TIE = range(3)
JUDGE, OTHER, THIRD = range(3)
CREDIT = {FIRST: 1.0, SECOND: 0.0, TIE: 0.5}


@dataclass(frozen=True)
class World:
    """Pairs of texts by 4 families, what 3 people say of them, and what each family's judge says."""

    pairs: Pairs
    judges: list[Preferences]

    def of(self, place: int, **changes: object) -> SelfPreference:
        others = [one for at, one in enumerate(self.judges) if at != place]
        options = {"draws": 0, **changes}
        return self_preference(self.judges[place], others, self.pairs, **options)  # type: ignore[arg-type]


def world(
    seed: int, n: int = 4000, quality: float = 0.0, own: float = 0.0, shared: float = 0.0
) -> World:
    """Make pairs whose first family is better by `quality` for everybody.

    Its judge adds `own` for its own text, and every judge adds `shared` for texts of that family,
    which people do not. The chance to prefer the first candidate is .5 + the sum of what speaks
    for it - the same for the second.
    """
    rng = np.random.default_rng(seed)
    family_a = rng.integers(0, 4, n)
    family_b = (family_a + rng.integers(1, 4, n)) % 4
    better = (family_a == JUDGE) * 1.0 - (family_b == JUDGE)

    def votes(extra: float, size: int) -> IntArray:
        chance = 0.5 + better * (quality + extra)
        tie = rng.random((n, size)) < 0.1
        return np.where(tie, TIE, np.where(rng.random((n, size)) < chance[:, None], FIRST, SECOND))

    people = votes(0, 3)
    hist = np.stack([(people == value).sum(axis=1) for value in range(3)], axis=1)
    judges = []
    for family in range(3):
        said = votes(shared + own * (family == JUDGE), 2)
        credit = np.vectorize(CREDIT.get)(said).mean(axis=1)
        judges.append(Preferences(credit, np.ones(n, bool), family))
    return World(Pairs(family_a, family_b, hist, (FIRST, SECOND)), judges)


def value(estimate: Estimate) -> float:
    assert estimate.value is not None
    return estimate.value


def by_hand(judge: Preferences, others: list[Preferences], pairs: Pairs) -> dict[str, float]:
    """Section 4.13 with loops over pairs."""

    def own(credit: FloatArray, item: int) -> float:
        return float(credit[item] if pairs.family_a[item] == judge.family else 1 - credit[item])

    first, second = pairs.candidates
    human = np.full(len(pairs.hist), np.nan)
    for item, counts in enumerate(pairs.hist):
        if counts.sum():
            ties = counts.sum() - counts[first] - counts[second]
            human[item] = (counts[first] + 0.5 * ties) / counts.sum()
    mine = [
        item
        for item in range(len(human))
        if (pairs.family_a[item] == judge.family) != (pairs.family_b[item] == judge.family)
        and min(pairs.family_a[item], pairs.family_b[item]) >= 0
        and not np.isnan(human[item])
        and not np.isnan(judge.credit[item])
    ]
    excess = np.mean([own(judge.credit, item) - own(human, item) for item in mine])
    theirs = []
    for other in others:
        if other.family in (judge.family, -1):
            continue
        gaps = [
            own(other.credit, item) - own(human, item)
            for item in mine
            if other.family not in (pairs.family_a[item], pairs.family_b[item])
            and not np.isnan(other.credit[item])
        ]
        if gaps:
            theirs.append(np.mean(gaps))
    given: dict[bool, list[float]] = {True: [], False: []}
    for item in mine:
        counts, total = pairs.hist[item], pairs.hist[item].sum()
        for option, family in ((first, pairs.family_a[item]), (second, pairs.family_b[item])):
            if 2 * counts[option] > total:
                likes_own = bool(family == judge.family)
                credit = own(judge.credit, item)
                given[likes_own].append(credit if likes_own else 1 - credit)
    return {
        "own_credit": float(np.mean([own(judge.credit, item) for item in mine])),
        "human_credit": float(np.mean([own(human, item) for item in mine])),
        "excess": float(excess),
        "others": float(np.mean(theirs)),
        "did": float(excess - np.mean(theirs)),
        "second_reading": float(np.mean(given[True]) - np.mean(given[False])),
    }


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("place", [0, 1, 2])
def test_equals_the_definition(seed: int, place: int) -> None:
    """With unrated pairs, unreadable verdicts, unknown authors and judges of unknown family."""
    made = world(seed, n=200, quality=0.1, own=0.2)
    rng = np.random.default_rng(seed)
    pairs = replace(
        made.pairs,
        hist=made.pairs.hist * (rng.random((200, 1)) < 0.8),
        family_b=np.where(rng.random(200) < 0.1, -1, made.pairs.family_b),
    )
    judges = [
        replace(one, credit=np.where(rng.random(200) < 0.2, np.nan, one.credit))
        for one in made.judges
    ]
    twin = replace(judges[2], family=judges[place].family)
    stranger = replace(judges[1], family=-1)
    others = [one for at, one in enumerate(judges) if at != place] + [twin, stranger]
    found = self_preference(judges[place], others, pairs, draws=0)
    for name, expected in by_hand(judges[place], others, pairs).items():
        assert value(getattr(found, name)) == pytest.approx(expected, abs=1e-12), name


def test_excess_over_human_of_the_paper() -> None:
    """GPT-4 gives its own text .772, people give it .57: +.202 (row 42)."""
    n = 1000
    credit = np.where(np.arange(n) < 772, 1.0, 0.0)
    people = np.where(np.arange(n)[:, None] < 570, [1, 0, 0], [0, 1, 0])
    pairs = Pairs(np.zeros(n, int), np.ones(n, int), people, (FIRST, SECOND))
    found = self_preference(Preferences(credit, np.ones(n, bool), JUDGE), [], pairs, draws=0)
    assert value(found.own_credit) == pytest.approx(0.772)
    assert value(found.human_credit) == pytest.approx(0.57)
    assert value(found.excess) == pytest.approx(0.202)


def test_a_judge_that_prefers_its_own_is_found() -> None:
    """.25 for its own text, planted (less the tenth of ties): excess, did and interval show it."""
    made = world(1, own=0.25)
    found = made.of(JUDGE, draws=1000)
    assert value(found.excess) == pytest.approx(0.225, abs=0.03)
    assert value(found.did) == pytest.approx(0.225, abs=0.04)
    assert found.did.low is not None
    assert found.did.low > 0.1
    assert made.of(OTHER).did.value == pytest.approx(0, abs=0.04)


def test_a_better_family_is_no_self_preference() -> None:
    """People like its texts as much as its judge does: it wins .8, and the excess is 0."""
    found = world(2, quality=0.3).of(JUDGE)
    assert value(found.own_credit) > 0.75
    assert value(found.excess) == pytest.approx(0, abs=0.03)
    assert value(found.did) == pytest.approx(0, abs=0.04)


def test_the_interval_covers_where_the_family_is_better() -> None:
    """In 20 such worlds the interval of did holds 0 about 19 times; planted bias it never does."""
    fair = biased = 0
    for seed in range(20):
        did = world(seed, n=300, quality=0.2).of(JUDGE, draws=200).did
        planted = world(seed, n=300, quality=0.1, own=0.3).of(JUDGE, draws=200).did
        assert did.low is not None
        assert did.high is not None
        assert planted.low is not None
        fair += did.low <= 0 <= did.high
        biased += planted.low <= 0
    assert fair >= 16
    assert biased == 0


def test_what_all_models_like_is_no_self_preference() -> None:
    """Every judge favours that family's texts beyond people: an excess, and no difference."""
    found = world(3, shared=0.25).of(JUDGE)
    assert value(found.excess) == pytest.approx(0.225, abs=0.03)
    assert value(found.others) == pytest.approx(0.225, abs=0.03)
    assert value(found.did) == pytest.approx(0, abs=0.04)


def test_the_second_reading() -> None:
    """Right .9 of the time where people prefer its own, .6 where they prefer the other: .3."""
    own = np.array([1.0] * 9 + [0.0] + [0.0] * 6 + [1.0] * 4)
    hist = np.array([[3, 0, 0]] * 10 + [[1, 2, 0]] * 10)
    # Neither counts: a tie wins, and three ways are no majority.
    own, hist = np.append(own, [1, 1]), np.append(hist, [[1, 0, 2], [1, 1, 1]], axis=0)
    pairs = Pairs(np.zeros(22, int), np.ones(22, int), hist, (FIRST, SECOND))
    found = self_preference(Preferences(own, np.ones(22, bool), JUDGE), [], pairs, draws=0)
    assert value(found.second_reading) == pytest.approx(0.9 - 0.6)
    assert (found.second_reading.n_items, found.excess.n_items) == (20, 22)
    assert (found.second_reading.n_ratings, found.excess.n_ratings) == (60, 66)


def test_without_another_judge_the_excess_is_alone_and_says_so() -> None:
    """Judges of the same family, of unknown family or authors of the other side do not count."""
    made = world(4, n=100)
    pairs = replace(made.pairs, family_a=np.zeros(100, int), family_b=np.ones(100, int))
    same, unknown = (replace(made.judges[THIRD], family=family) for family in (JUDGE, -1))
    others = [same, unknown, made.judges[OTHER]]
    found = self_preference(made.judges[JUDGE], others, pairs)
    assert found.did.reason == found.others.reason == Reason.TOO_FEW_RATERS
    assert found.excess.value is not None
    assert found.excess.method == "item bootstrap, B=1000; no judge of another family"
    alone = self_preference(made.judges[JUDGE], [], pairs, draws=0)
    assert alone.excess.method == "no judge of another family"
    assert (alone.did.n_items, alone.did.reason) == (0, Reason.TOO_FEW_RATERS)


def test_without_people_there_is_nothing() -> None:
    made = world(5, n=50)
    pairs = replace(made.pairs, hist=0 * made.pairs.hist)
    found = self_preference(made.judges[0], made.judges[1:], pairs)
    assert (found.own_credit.value, found.did.reason) == (None, Reason.NO_OVERLAP)


def test_a_judge_that_answers_nothing_readable() -> None:
    made = world(6, n=50)
    silent = replace(made.judges[0], credit=np.full(50, np.nan))
    found = self_preference(silent, made.judges[1:], made.pairs)
    assert found.excess.reason is Reason.NO_VALID_VERDICT
    absent = replace(silent, asked=np.zeros(50, bool))
    assert self_preference(absent, [], made.pairs).excess.reason is Reason.NO_OVERLAP


def test_people_who_always_prefer_the_judges_own() -> None:
    """No second reading: nothing is known of the judge where they prefer the other."""
    pairs = Pairs(np.zeros(12, int), np.ones(12, int), np.tile([2, 0, 0], (12, 1)), (FIRST, SECOND))
    judge = Preferences(np.ones(12), np.ones(12, bool), JUDGE)
    found = self_preference(judge, [], pairs, draws=0)
    assert found.second_reading.reason is Reason.NO_VARIATION
    assert found.excess.value == 0


def test_sides_and_order_change_nothing() -> None:
    """Shuffled pairs, and pairs whose candidates change places, give the same records."""
    made = world(7, n=300, own=0.1)
    plain = made.of(JUDGE, draws=200)
    order = np.random.default_rng(0).permutation(300)
    a, b, hist = made.pairs.family_a, made.pairs.family_b, made.pairs.hist
    shuffled = World(
        Pairs(a[order], b[order], hist[order], (FIRST, SECOND)),
        [replace(one, credit=one.credit[order]) for one in made.judges],
    )
    turned = World(
        Pairs(b, a, hist[:, [SECOND, FIRST, TIE]], (FIRST, SECOND)),
        [replace(one, credit=1 - one.credit) for one in made.judges],
    )
    for other in (shuffled, turned):
        found = other.of(JUDGE, draws=200)
        for name in ("own_credit", "human_credit", "excess", "others", "did", "second_reading"):
            one, same = getattr(plain, name), getattr(found, name)
            assert value(same) == pytest.approx(value(one), abs=1e-12)
            assert (same.low, same.n_items) == (pytest.approx(one.low), one.n_items)


def test_articles_are_drawn_whole() -> None:
    """Ten pairs of one article are one draw: the interval is that of one pair each."""
    made = world(8, n=200)
    ten = World(
        Pairs(
            np.repeat(made.pairs.family_a, 10),
            np.repeat(made.pairs.family_b, 10),
            np.repeat(made.pairs.hist, 10, axis=0),
            (FIRST, SECOND),
        ),
        [Preferences(np.repeat(j.credit, 10), np.ones(2000, bool), j.family) for j in made.judges],
    )
    article = ten.of(JUDGE, owner=np.repeat(np.arange(200), 10), draws=1000).did
    single = made.of(JUDGE, draws=1000).did
    assert article.method is not None
    assert article.method.startswith("owner bootstrap, B=1000")
    assert article.low == pytest.approx(single.low, abs=0.03)
    assert article.high == pytest.approx(single.high, abs=0.03)


def test_own_side_of_unknown_authors_is_unknown() -> None:
    assert own_side(np.array([0, -1, 0, 1]), np.array([-1, 0, 0, 0]), 0).tolist() == [-1, -1, -1, 1]

"""The demo study: made from a seed alone, pleasant to read, and its planted values are found again."""

import json
import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from math import sqrt
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from pytest_django import DjangoDbBlocker

from annotation.models import Item, Judgment, Participant, Rater, Study
from annotation.models import Record as Card
from personalization.agreement import report
from personalization.agreement.report import Record
from personalization.demo import people, planted
from personalization.demo.files import QuestionFiles, generate
from personalization.models import Verdict
from tests.factories import study as a_study

ROOT = Path(__file__).parents[2]
SEEDS = range(100, 130)
FITS, RELEVANCE, OVERALL, CHOICE = range(4)
# 120 pairs; a judge by position answers both orders of a pair alike, so a pair counts once.
PAIRS = planted.PEOPLE * planted.QUERIES_EACH

Row = dict[str, str]


def rows(lines: bytes) -> list[Row]:
    return [json.loads(line) for line in lines.splitlines()]


def everything(files: list[QuestionFiles]) -> bytes:
    return b"".join(
        json.dumps(one.question).encode() + one.items + one.human + one.judges for one in files
    )


def within(share: float, n: int, errors: float = 3) -> object:
    """Return what a share counted on `n` answers may be: three standard errors around it."""
    return pytest.approx(share, abs=errors * sqrt(share * (1 - share) / n))


# The files alone: no database.


def test_the_same_seed_gives_the_same_bytes() -> None:
    assert everything(generate(7)) == everything(generate(7))


def test_another_seed_gives_other_files() -> None:
    for one, other in zip(generate(7), generate(8), strict=True):
        assert one.items != other.items
        assert one.human != other.human
        assert one.judges != other.judges


def test_the_order_of_hashes_changes_nothing() -> None:
    """Python seeds its hashes anew in each process; none of that reaches the files."""
    code = (
        "import hashlib; from personalization.demo.files import generate;"
        "print(hashlib.sha256(repr(generate(7)).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=ROOT,
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(digests) == 1


@pytest.mark.parametrize("seed", [7, 8, 9])
def test_every_text_is_filled_in(seed: int) -> None:
    for files in generate(seed):
        for row in [*rows(files.items), *rows(files.human), *rows(files.judges)]:
            assert all(text.strip() for text in row.values())
            assert not any(mark in text for text in row.values() for mark in "{}")


def test_nobody_has_what_somebody_else_has() -> None:
    """Each trait and each mistake exists three times, in different words."""
    found = [one for person in people.draw(7) for one in person.attributes + person.mistakes]
    assert len({one.text for one in found}) == len(found) == 150
    assert not [one.text for one in found if re.search(r"\b(a [aeio]|an [^aeio])", one.text)]


@pytest.mark.parametrize("seed", [7, *SEEDS])
def test_answers_are_of_readable_length_and_differ(seed: int) -> None:
    for row in rows(generate(seed)[OVERALL].items):
        for answer in (row["response_a"], row["response_b"]):
            assert 40 <= len(answer.split()) <= 120
        assert row["response_a"] != row["response_b"]


def test_twenty_items_in_a_row_do_not_repeat_an_answer() -> None:
    cards = rows(generate(7)[OVERALL].items)
    for start in range(len(cards) - 20):
        read = cards[start : start + 20]
        assert len({row["response_a"] for row in read} | {row["response_b"] for row in read}) == 40


@pytest.mark.parametrize("seed", [7, *SEEDS])
def test_what_is_exact_is_exact_for_every_seed(seed: int) -> None:
    fits, relevance, overall, choice = generate(seed)
    assert [len(rows(one.items)) for one in (fits, relevance, overall)] == [150, 300, 120]
    assert choice.items == overall.items
    crowd = people.draw(seed)
    assert {len(person.attributes) for person in crowd} == {3, 4, 5, 6}
    assert all(person.relevant(query) for person in crowd for query in person.queries)
    truth = Counter(row["value"] for row in of_owners(relevance))
    assert truth == {"YES": 60, "NO": 240}
    assert fmean(own_gains(overall)) == pytest.approx(0.15)
    assert Counter(row["item"][-2:] for row in rows(overall.items)) == {"pg": 60, "gp": 60}
    for one in (fits, relevance, overall):
        strangers = Counter(row["item"] for row in of_strangers(one))
        assert set(strangers.values()) == {3, 5}


def test_the_planted_values_are_those_of_the_rates() -> None:
    assert planted.EAGER_YES.overall / planted.RELEVANT_SHARE == pytest.approx(2.4)
    assert planted.ORDINARY_YES.overall == pytest.approx(planted.RELEVANT_SHARE)
    assert planted.STRANGER_YES.agreement == pytest.approx(0.88)
    by_position = planted.POSITION.by_position
    assert by_position + (1 - by_position) / 2 == pytest.approx(planted.FIRST_POSITION_SHARE)


def test_over_many_seeds_the_generator_keeps_its_values() -> None:
    """The mean over 30 studies lies within three of its own standard errors (inflation: .03)."""
    equal, yes, raised, first = [], [], [], []
    for seed in SEEDS:
        _fits, relevance, overall, choice = generate(seed)
        own = {row["item"]: row["value"] for row in of_owners(relevance)}
        guesses = [row for row in of_strangers(relevance) if row["value"] != "skipped"]
        equal += [row["value"] == own[row["item"]] for row in guesses]
        yes += [row["value"] == "YES" for row in of(planted.EAGER, relevance)]
        raised.append(fmean(read_gains(planted.INFLATING, overall)) - 0.15)
        for row in of(planted.POSITION, choice):
            first += [row["winner_order1"] == "a", row["winner_swapped"] == "b"]
    assert fmean(equal) == within(0.88, len(equal))
    assert fmean(yes) == within(0.48, len(yes))
    assert fmean(raised) == pytest.approx(planted.INFLATION, abs=0.03)
    assert fmean(first) == within(planted.FIRST_POSITION_SHARE, len(first) // 2)


def of_owners(files: QuestionFiles) -> list[Row]:
    owner = {row["item"]: row["owner"] for row in rows(files.items)}
    return [row for row in rows(files.human) if row["rater"] == owner[row["item"]]]


def of_strangers(files: QuestionFiles) -> list[Row]:
    owner = {row["item"]: row["owner"] for row in rows(files.items)}
    return [row for row in rows(files.human) if row["rater"] != owner[row["item"]]]


def of(judge: planted.Judge, files: QuestionFiles) -> Iterator[Row]:
    """Yield a judge's answers where all of them can be read."""
    for row in rows(files.judges):
        if row["judge"] == judge.name and "unreadable" not in row.values():
            yield row


def sign(key: str) -> int:
    return {"gp": 1, "pg": -1}[key[-2:]]


def own_gains(files: QuestionFiles) -> list[int]:
    return [sign(row["item"]) * int(row["value"]) for row in of_owners(files)]


def read_gains(judge: planted.Judge, files: QuestionFiles) -> list[float]:
    return [
        sign(row["item"]) * (int(row["winner_order1"]) + int(row["winner_swapped"])) / 2
        for row in of(judge, files)
    ]


# The study: what its pages are made of.


@dataclass(frozen=True)
class Found:
    """What the study held after the command."""

    study: Study
    records: list[Record]
    answers: list[Any]
    readings: list[Any]

    def record(self, question: str, panel: str, against: str | None, statistic: str) -> Record:
        wanted = (question, panel, against, statistic)
        (found,) = (
            one
            for one in self.records
            if (one.question, one.panel, one.against, one.statistic) == wanted
        )
        return found

    def answered(self, question: str, *, role: str, judge: str = "") -> list[Any]:
        """Return the answers to a question by a role, or by one judge of it."""
        return [
            one
            for one in self.answers
            if (one["question__key"], one["role"]) == (question, role)
            and (not judge or one["rater__name"] == judge)
        ]

    def gains(self, role: str, judge: str = "") -> dict[str, float]:
        """Return the points of the personalized answer by item, of owners or of one judge."""
        points = {
            one["item__record__key"]: one["value"] - 2 if role == "first_person" else one["score"]
            for one in self.answered("overall", role=role, judge=judge)
        }
        return {key: sign(key) * mean for key, mean in points.items() if mean is not None}


@pytest.fixture(scope="module")
def found(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Found:
    """Run the command once, read everything, and leave nothing behind."""
    with django_db_blocker.unblock(), transaction.atomic():
        run_demo()
        study = Study.objects.get(name="demo")
        found = Found(
            study,
            [record for one in report.of_study(study) for record in one.records],
            list(
                Judgment.objects.filter(item__study=study).values(
                    "question__key", "item__record__key", "role", "rater__name", "value", "reason",
                    "score",
                )
            ),
            list(
                Verdict.objects.filter(item__study=study).values(
                    "question__key", "rater__name", "side", "value", "reason"
                )
            ),
        )  # fmt: skip
        transaction.set_rollback(True)
    return found


def run_demo(*arguments: str) -> str:
    out = StringIO()
    call_command("demo", *arguments, stdout=out)
    return out.getvalue()


def value(record: Record) -> float:
    assert record.value is not None, record.reason
    return record.value


def test_the_study_says_that_it_is_synthetic(found: Found) -> None:
    assert found.study.synthetic
    assert found.study.title == "Demo: is a personalized answer any better?"
    assert "synthetic" in found.study.description


def test_everything_that_was_made_is_in_the_study(found: Found) -> None:
    for question, files in zip(
        ("attribute_fits", "relevance", "overall", "choice"), generate(7), strict=True
    ):
        own, guessed = of_owners(files), of_strangers(files)
        assert len(found.answered(question, role="first_person")) == len(own)
        assert len(found.answered(question, role="third_party")) == len(guessed)
        assert len(found.answered(question, role="machine")) == len(rows(files.judges))
        raters = {one["rater__name"] for one in found.answers if one["role"] != "machine"}
        assert len(raters) == planted.PEOPLE


@pytest.mark.parametrize(
    ("question", "same"),
    [
        ("attribute_fits", planted.STRANGER_SAME_FITS),
        ("relevance", planted.STRANGER_YES.agreement),
        ("overall", planted.STRANGER_SAME_OVERALL),
    ],
)
def test_strangers_give_the_owners_answer_as_often_as_planted(
    found: Found, question: str, same: float
) -> None:
    record = found.record(question, "first_person", "third_party", "raw_agreement_micro")
    assert value(record) == within(same, record.n_ratings)


def test_strangers_agree_among_themselves_as_their_rates_imply(found: Found) -> None:
    """alpha = Var(P(YES | owner)) / (p (1 - p)) with p = .24: .0784 / .1824 = .43."""
    record = found.record("relevance", "third_party", None, "krippendorff_alpha")
    assert record.low is not None
    assert record.high is not None
    assert record.low <= 0.43 <= record.high
    assert value(record) == pytest.approx(0.43, abs=0.1)


def test_the_eager_judge_finds_too_much_relevant(found: Found) -> None:
    """Its YES rate over the owners', and over that of the strangers' majority."""
    eager = found.answered("relevance", role="machine", judge=planted.EAGER.name)
    read = [one["value"] for one in eager if one["value"] is not None]
    assert fmean(read) == within(planted.EAGER_YES.overall, len(read))
    owners = fmean(one["value"] for one in found.answered("relevance", role="first_person"))
    assert owners == pytest.approx(planted.RELEVANT_SHARE)
    votes: dict[str, list[int]] = {}
    for one in found.answered("relevance", role="third_party"):
        if one["value"] is not None:
            votes.setdefault(one["item__record__key"], []).append(one["value"])
    clear = [2 * sum(cast) > len(cast) for cast in votes.values() if 2 * sum(cast) != len(cast)]
    # The error of a ratio: the relative errors of its two rates, added as squares.
    for reference in (owners, fmean(clear)):
        error = sqrt(0.52 / (0.48 * len(read)) + 0.8 / (0.2 * len(clear)))
        assert fmean(read) / reference == pytest.approx(2.4, rel=3 * error)


def test_the_inflating_judge_flatters_personalized_answers(found: Found) -> None:
    own = found.gains("first_person")
    assert fmean(own.values()) == pytest.approx(0.15)
    for judge in planted.JUDGES:
        read = found.gains("machine", judge.name)
        if judge is planted.POSITION:
            continue  # its mean is pulled to 0, as it takes a and b alike
        more = [read[key] - own[key] for key in read]
        error = stdev(more) / sqrt(len(more))
        assert fmean(more) == pytest.approx(judge.inflation, abs=3 * error)


@pytest.mark.parametrize("judge", planted.JUDGES, ids=lambda judge: judge.name)
def test_the_judge_by_position_takes_what_stands_first(found: Found, judge: planted.Judge) -> None:
    record = found.record("choice", f"judge:{judge.name}", None, "first_position_share")
    share = planted.FIRST_POSITION_SHARE if judge is planted.POSITION else 0.5
    assert record.n_items == PAIRS
    assert value(record) == within(share, PAIRS)


def test_the_same_place_is_preferred_where_degrees_are_asked(found: Found) -> None:
    """A point for what stands first is negative with a first, positive with b first; 0 is half."""
    first = [
        0.5 if one["value"] == 2 else float((one["value"] < 2) == (one["side"] == "ab"))
        for one in found.readings
        if one["question__key"] == "overall"
        and one["rater__name"] == planted.POSITION.name
        and one["value"] is not None
    ]
    assert fmean(first) == within(planted.FIRST_POSITION_SHARE, PAIRS)


def test_the_careful_judge_is_closest_to_owners(found: Found) -> None:
    for question in ("attribute_fits", "relevance", "overall"):
        agreement = {
            judge.name: value(
                found.record(question, f"judge:{judge.name}", "first_person", "accuracy_valid")
            )
            for judge in planted.JUDGES
        }
        assert max(agreement, key=lambda name: agreement[name]) == planted.CAREFUL.name


def test_skips_and_unreadable_answers_are_kept_as_such(found: Found) -> None:
    guesses = [one for one in found.answers if one["role"] == "third_party"]
    own = [one for one in guesses if one["question__key"] != "choice"]  # choices repeat overall
    skipped = [one["reason"] == "skipped" for one in own]
    assert fmean(skipped) == within(planted.SKIPPED, len(own))
    unparsed = [one["reason"] == "unparsed" for one in found.readings]
    assert fmean(unparsed) == within(planted.UNREADABLE, len(unparsed))
    assert {one["reason"] for one in own} == {None, "skipped"}


@pytest.mark.django_db
def test_a_second_run_changes_nothing() -> None:
    tables = (Study, Card, Item, Judgment, Verdict, Rater, Participant)
    assert "Added the study demo" in run_demo()
    before = [table.objects.count() for table in tables]
    assert "already there" in run_demo("--seed", "8")
    assert [table.objects.count() for table in tables] == before


@pytest.mark.django_db
def test_a_real_study_of_the_same_name_is_left_alone() -> None:
    a_study(name="demo")
    with pytest.raises(CommandError, match="not synthetic"):
        run_demo()
    assert not Item.objects.exists()


@pytest.mark.django_db
def test_a_name_that_no_study_can_have_is_refused() -> None:
    with pytest.raises(CommandError, match="--name My Demo"):
        run_demo("--name", "My Demo")


@pytest.mark.django_db
def test_two_demos_share_nobody() -> None:
    run_demo()
    run_demo("--name", "demo-2", "--seed", "8")
    for name in ("demo", "demo-2"):
        raters = Rater.objects.filter(judgments__item__study__name=name).distinct()
        assert raters.count() == planted.PEOPLE + len(planted.JUDGES)
    assert Rater.objects.count() == 2 * (planted.PEOPLE + len(planted.JUDGES))

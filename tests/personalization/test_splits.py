"""Development and test: the same people in every process, and the same in SQL."""

import subprocess
import sys
from typing import Any

import pytest
from django.db import connection

from annotation import models as m
from personalization.judge import statements
from personalization.splits import DEVELOPMENT_SHARE, split_of, split_of_person
from tests import factories as make
from tests.personalization.judge.judged import study

PEOPLE = [f"p-{number:04}" for number in range(2000)]


def test_about_a_fifth_is_development() -> None:
    """Within four standard errors."""
    share = [split_of_person(3, one) for one in PEOPLE].count("development") / len(PEOPLE)
    assert abs(share - DEVELOPMENT_SHARE) < 4 * (0.2 * 0.8 / len(PEOPLE)) ** 0.5


def test_each_study_has_its_own_split() -> None:
    """And nobody changes sides when others join: one person's part is a matter of this person."""
    one, other = ([split_of_person(study, each) for each in PEOPLE] for study in (1, 2))
    assert one != other
    assert one[:5] == [split_of_person(1, each) for each in PEOPLE[:5]]


def test_two_processes_split_alike() -> None:
    """The hash of Python changes with each process; this one does not (row 29)."""
    code = (
        "from personalization.splits import split_of_person as s\n"
        "print(''.join(s(1, f'p-{n:04}')[0] for n in range(200)))"
    )
    said = [
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed}, capture_output=True, text=True, check=True,
        ).stdout.strip()
        for seed in ("1", "2")
    ]  # fmt: skip
    assert said[0] == said[1] == "".join(split_of_person(1, one)[0] for one in PEOPLE[:200])


@pytest.mark.django_db
def test_the_database_splits_alike() -> None:
    """Items by their person; what is nobody's by its record, pair or response."""
    here = make.study()
    study(*(make.enrolled(study=here) for _person in range(12)))
    expected = {}
    for one in m.Item.objects.filter(study=here).select_related("sheet__owner__participant"):
        assert one.sheet.owner is not None
        assert one.sheet.owner.participant is not None
        expected[one.pk] = split_of_person(here.pk, one.sheet.owner.participant.pseudonym)
    question = make.question(study=here)
    rating = make.question(study=here, kind="rating")
    for number in range(12):
        record = make.record(study=here, key=f"record é{number}")
        expected[make.item(subject=record, question=question).pk] = split_of(
            here.pk, f"record {record.key}"
        )
        pair = make.response_pair(query=make.query(study=here))
        expected[make.item(subject=pair, question=question).pk] = split_of(
            here.pk, f"pair {pair.pk}"
        )
        expected[make.item(subject=pair.a, question=rating).pk] = split_of(
            here.pk, f"response {pair.a_id}"
        )
    assert set(expected.values()) == {"development", "test"}
    found = set()
    for each in m.Question.objects.filter(study=here):
        with connection.cursor() as cursor:
            asked: dict[str, Any] = {"question": each.pk, "outside": False, "naming": []}
            cursor.execute(statements.DEVELOPMENT, asked)
            found |= {item for item, _question, _withheld in cursor.fetchall()}
    assert found == {item for item, split in expected.items() if split == "development"}

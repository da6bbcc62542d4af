"""Verdicts made elsewhere: what their lines mean, and what they settle to."""

import pytest
from annotation.models import Judgment, Rater, Study
from personalization.models import JudgeRun, ModelCall, Verdict
from tests.personalization.imports.files import faults, json_lines, table
from tests.personalization.imports.verdict_files import (
    HEADING,
    PAIR,
    SIDED,
    bring,
    counts,
    settled,
    verdicts,
)

pytestmark = pytest.mark.django_db


def test_both_orders_in_long_rows(study: Study) -> None:
    """Each line is a reading; two of them settle an item as protocols 0.2 says."""
    lines = [
        "u,gpt,ab,first", "u,gpt,ba,first", "v,gpt,ab,first", "v,gpt,ba,second",
        "w,gpt,ba,tie", "w,gpt,ab,tie", "x,gpt,ab,?", "x,gpt,ba,first",
        "y,gpt,ab,refused", "y,gpt,ba,refused", "z,gpt,ab,?", "z,gpt,ba,refused",
    ]  # fmt: skip
    outcome = bring(study, table(*lines, heading=HEADING))
    assert settled() == {
        "u": 0, "v": "inconsistent", "w": 2, "x": "unparsed", "y": "refused", "z": "unparsed",
    }  # fmt: skip
    assert ("x", "ab", 0, None, "unparsed") in verdicts()
    assert ("x", "ba", 0, 0, None) in verdicts()
    said = counts(outcome)
    assert (said.new, said.settled, said.without_value, said.waiting) == (12, 6, 4, 0)
    assert (said.unparsed, said.refused, said.inconsistent, said.bad) == (2, 1, 1, 0)

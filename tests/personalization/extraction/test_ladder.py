"""Answers of endpoints without structured output: what can be read is read, and nothing is made up."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.extraction.ladder import UnreadableError, entries

ONE, TWO = {"attribute": "The user sails, rows,]."}, {"attribute": "The user cooks."}
SAID = json.dumps([ONE, TWO])


@pytest.mark.parametrize(
    "answer",
    [
        SAID,
        f'{{"attributes": {SAID}}}',
        f"```json\n{SAID}\n```",
        f"Certainly! As [1] shows:\n{SAID}\nAnything else?",
        f"{json.dumps(ONE)}\n{json.dumps(TWO)}",
        f"Here:\n{json.dumps(ONE)},\n{json.dumps(TWO)},",
        f'{{"attributes": [{json.dumps(ONE)}, {json.dumps(TWO)},],}}',
        f"```JSON\n[{json.dumps(ONE)}, {json.dumps(TWO)},]\n```",
        f'I think: {{"attributes": [{json.dumps(ONE)}, {json.dumps(TWO)}, ]}} Done.',
    ],
    ids=[
        "whole",
        "object",
        "fence",
        "somewhere",
        "lines",
        "lines with commas",
        "commas",
        "both",
        "all",
    ],
)
def test_the_same_list_in_many_forms(answer: str) -> None:
    """Commas inside of a text stay, whatever is forgiven outside of it."""
    assert entries(answer) == ([ONE, TWO], False)


@pytest.mark.parametrize("begin", ["", '{"attributes": ', "```json\n", '```json\n{"attributes": '])
@pytest.mark.parametrize(
    "end", ["", ",", ', {"attri', ', {"attribute": "The user knits', " and so on"]
)
def test_a_list_that_breaks_off(begin: str, end: str) -> None:
    """Its whole entries count, and the reader is told that there may have been more."""
    answer = f"{begin}[{json.dumps(ONE)}, {json.dumps(TWO)}{end}"
    assert entries(answer) == ([ONE, TWO], True)


@pytest.mark.parametrize(
    "answer",
    [
        '{"attributes": [{"attribute": "The user sa',
        # The empty list inside belongs to what is broken: it does not say that nothing was found.
        '{"attributes": [{"attribute": "The user sails.", "evidence": []',
        '{"evidence": []',
        "[1, 2]",
        '["The user sails."]',
        "The user sails.",
    ],
)
def test_nothing_is_made_up(answer: str) -> None:
    with pytest.raises(UnreadableError):
        entries(answer)


@pytest.mark.parametrize("answer", ["[]", '{"attributes": []}', "Nothing: []", "```\n[]\n```"])
def test_an_empty_list_is_an_answer(answer: str) -> None:
    found: tuple[list[dict[str, Any]], bool] = ([], False)
    assert entries(answer) == found


@given(st.text() | st.text('[]{}",:\\ \nabe`'))
def test_no_answer_breaks_the_reading(answer: str) -> None:
    """Whatever comes, it is a list of objects or unreadable."""
    try:
        found, _cut = entries(answer)
    except UnreadableError:
        return
    assert all(isinstance(one, dict) for one in found)


@pytest.mark.parametrize(
    "part",
    [
        '"',
        '\\"',
        ", ",
        ",]",
        "[",
        '{"a":',
        "a```\n",
        "```json\n",
        "```\n[\n",
        '[{"a":1},',
        ',"\\',
        "\\",
    ],
)
def test_a_long_answer_is_read_in_one_go(part: str) -> None:
    """A model that repeats itself to the end does not hold up a worker: nothing is read many times.

    Where it were, this would take hours.
    """
    with pytest.raises(UnreadableError):
        entries(f'[{{"attribute": {part * (200_000 // len(part))}')


WORDS = st.text('ab,]}{["\\\n`é', max_size=12)
ENTRY = st.fixed_dictionaries({"attribute": WORDS, "evidence": st.lists(st.integers(), max_size=2)})


@given(st.lists(ENTRY, min_size=1, max_size=4), st.integers(0), st.booleans())
def test_wherever_an_answer_breaks_off_whole_entries_are_kept(
    said: list[dict[str, Any]], place: int, named: bool
) -> None:
    """What is kept is what was said, from the beginning on; nothing is read into what is broken."""
    whole = json.dumps({"attributes": said} if named else said)
    try:
        found, is_cut = entries(whole[: place % (len(whole) + 1)])
    except UnreadableError:
        return
    assert found == said[: len(found)]
    assert found
    assert is_cut or found == said

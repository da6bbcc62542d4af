"""Pseudonyms say nothing and are read without mistakes."""

import re

from annotation.models.person import PSEUDONYM_ALPHABET, new_pseudonym


def test_pseudonyms_are_random() -> None:
    """Ten thousand pseudonyms of 50 bits are all different and use the whole alphabet."""
    made = {new_pseudonym() for _ in range(10_000)}
    assert len(made) == 10_000
    assert {letter for name in made for letter in name[2:]} == set(PSEUDONYM_ALPHABET)
    assert len(set(PSEUDONYM_ALPHABET)) ** 10 > 2**49


def test_pseudonyms_are_unambiguous() -> None:
    """None holds a letter that is easily taken for another: i, l, o, 0, 1, or a capital."""
    assert all(re.fullmatch(r"p-[a-hjkmnp-z2-9]{10}", new_pseudonym()) for _ in range(1_000))

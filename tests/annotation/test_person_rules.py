"""Pseudonyms say nothing; consent comes before its scopes, and its texts never change."""

import re

import pytest

from annotation.models.person import PSEUDONYM_ALPHABET, new_pseudonym
from tests import factories as make
from tests.annotation.refusal import copy, refused, update


def test_pseudonyms_are_random() -> None:
    """Ten thousand pseudonyms of 50 bits are all different and use the whole alphabet."""
    made = {new_pseudonym() for _ in range(10_000)}
    assert len(made) == 10_000
    assert {letter for name in made for letter in name[2:]} == set(PSEUDONYM_ALPHABET)
    assert len(set(PSEUDONYM_ALPHABET)) ** 10 > 2**49


def test_pseudonyms_are_unambiguous() -> None:
    """None holds a letter that is easily taken for another: i, l, o, 0, 1, or a capital."""
    assert all(re.fullmatch(r"p-[a-hjkmnp-z2-9]{10}", new_pseudonym()) for _ in range(1_000))


@pytest.mark.django_db
def test_scopes_come_with_consent() -> None:
    """Nobody has agreed to anything before they have consented to a text."""
    with refused("enrollment_scopes_by_consent"):
        update(make.enrollment(), scopes=["use"])
    update(make.enrolled(), scopes=["use"])


@pytest.mark.django_db
def test_a_consent_text_never_changes() -> None:
    """Not even before somebody agreed: a changed text is a new version, and none is empty."""
    text = make.consent_text()
    copy(text, version=2, text="We study chats and dreams.")
    with refused("consent_text_frozen"):
        update(text, text="We study chats and dreams.")
    with refused("consent_text_not_empty"):
        copy(text, version=3, text="")

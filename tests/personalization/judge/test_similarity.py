"""BM25 and cosines worked by hand, and held against scikit-learn."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from personalization.judge.similarity import Lexicon, bm25, cosine, tf_idf, words

# Three documents of 2, 2 and 4 words: mean length 8/3.
THREE = ("sails boats", "sails far", "cooks rice rice well")


def test_bm25_by_hand() -> None:
    """Okapi with k1 = 1.5, b = .75: N = 3, "sails" in 2 of them, "rice" in 1 and there twice."""
    known = Lexicon.of(THREE)
    assert (known.texts, known.holding["sails"], known.length) == (3, 2, 8 / 3)
    sails = math.log(1 + (3 - 2 + 0.5) / 2.5) * 2.5 * 1 / (1 + 1.5 * (0.25 + 0.75 * 2 / (8 / 3)))
    rice = math.log(1 + (3 - 1 + 0.5) / 1.5) * 2.5 * 2 / (2 + 1.5 * (0.25 + 0.75 * 4 / (8 / 3)))
    assert bm25("Who sails?", THREE[0], known) == pytest.approx(sails)
    assert sails == pytest.approx(0.529582, abs=5e-7)
    assert bm25("rice, RICE!", THREE[2], known) == pytest.approx(rice)
    assert rice == pytest.approx(1.207174, abs=5e-7)
    assert bm25("sails rice", "sails rice rice well", known) == pytest.approx(
        rice + math.log(1 + 1.5 / 2.5) * 2.5 / (1 + 1.5 * (0.25 + 0.75 * 4 / (8 / 3)))
    )


@pytest.mark.parametrize(("asked", "text"), [("boats", "sails far"), ("", "sails"), ("sails", "")])
def test_nothing_in_common_is_zero(asked: str, text: str) -> None:
    known = Lexicon.of(THREE)
    assert (bm25(asked, text, known), tf_idf(asked, text, known)) == (0, 0)
    assert bm25(asked, text, Lexicon.of([])) == tf_idf(asked, text, Lexicon.of([])) == 0


def test_the_cosine_by_hand() -> None:
    """Two texts that share one of two words each; "sails" is in both: idf 1, the others 1 + ln 1.5."""
    rare = 1 + math.log(3 / 2)
    known = Lexicon.of(THREE[:2])
    assert tf_idf(*THREE[:2], known) == pytest.approx(1 / (1 + rare**2))
    assert tf_idf(THREE[0], THREE[0], known) == pytest.approx(1)
    assert cosine([3, 4], [4, 3]) == pytest.approx(24 / 25)
    assert cosine([0, 0], [1, 0]) == 0


@given(st.lists(st.text(alphabet="abc 帆", min_size=1, max_size=30), min_size=2, max_size=6))
@settings(max_examples=50)
def test_the_cosine_is_that_of_scikit_learn(texts: list[str]) -> None:
    """The same vectors from the same words, whatever the texts."""
    if not any(words(text) for text in texts):
        return
    known = Lexicon.of(texts)
    ours = [[tf_idf(one, other, known) for other in texts] for one in texts]
    vectors = TfidfVectorizer(analyzer=words).fit(sorted(set(texts))).transform(texts).toarray()
    assert ours == pytest.approx(vectors @ vectors.T)


def test_words_of_scripts_without_spaces() -> None:
    """A Chinese text is no single word; an Arabic one has words as others do."""
    assert words("我喜欢帆船 sailing") == ["我", "喜", "欢", "帆", "船", "sailing"]
    assert words("أحب الإبحار") == ["أحب", "الإبحار"]


def test_a_text_counts_once() -> None:
    """An attribute that is asked about with five queries is one text."""
    assert Lexicon.of([*THREE, *THREE]) == Lexicon.of(THREE)

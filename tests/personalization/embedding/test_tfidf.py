"""Word counts as vectors: the numbers of scikit-learn."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import TfidfVectorizer

from personalization.embedding import tfidf
from personalization.judge.similarity import words

TEXTS = st.lists(
    st.lists(st.sampled_from(["sails", "boats", "rice", "a", "Sails", "我爱"]), max_size=6).map(
        " ".join
    ),
    min_size=1,
    max_size=8,
)


@given(TEXTS)
def test_the_numbers_are_those_of_scikit_learn(texts: list[str]) -> None:
    found = tfidf.vectors(texts)
    if not any(words(text) for text in texts):
        assert found.shape == (len(texts), 0)
        return
    theirs = TfidfVectorizer(ngram_range=(1, 2), tokenizer=words, token_pattern=None)
    np.testing.assert_allclose(found, theirs.fit_transform(texts).toarray(), atol=1e-12)


def test_same_words_are_near_and_others_are_not() -> None:
    one, same, other, none = tfidf.vectors(
        ["The user sails.", "the user SAILS!", "Likes cats", "!?"]
    )
    assert one @ same == pytest.approx(1)
    assert one @ other == 0
    assert not none.any()


def test_the_order_of_texts_changes_the_order_of_rows_alone() -> None:
    texts = ["sails far", "sails boats", "cooks rice"]
    np.testing.assert_array_equal(tfidf.vectors(texts)[::-1], tfidf.vectors(texts[::-1]))

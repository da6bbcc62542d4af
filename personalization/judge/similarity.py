"""How close two texts are by their words: BM25, and the cosine of tf-idf vectors; pure, no Django.

Both are a few lines of counting. scikit-learn has the second, but costs each worker 98 MB and 1.7
seconds to import, so the tests hold ours against it instead.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

# Signs of scripts that write no words apart (Chinese, Japanese): each is a word.
SIGNS = r"\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
WORDS = re.compile(rf"[{SIGNS}]|[^\W_{SIGNS}]+")
K1, B = 1.5, 0.75


def words(text: str) -> list[str]:
    """Return the words of a text in order, without case.

    >>> words("Don't SAIL 2-masters; 我爱帆船")
    ['don', 't', 'sail', '2', 'masters', '我', '爱', '帆', '船']
    """
    return WORDS.findall(text.casefold())


@dataclass(frozen=True, slots=True)
class Lexicon:
    """In how many of some texts each word is, how many texts there are, how long they are on average."""

    texts: int
    holding: Counter[str]
    length: float

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Count the words of these texts; a text that is there twice counts once."""
        holding: Counter[str] = Counter()
        seen: set[str] = set()
        total = 0
        for text in texts:
            if text not in seen:
                seen.add(text)
                said = words(text)
                holding.update(set(said))
                total += len(said)
        return cls(len(seen), holding, total / len(seen) if seen else 0.0)


def bm25(asked: str, text: str, known: Lexicon) -> float:
    """Return how well a text answers what is asked, 0 or more (Okapi BM25; protocols, RH).

    sum over the distinct words t of `asked` of
    ln(1 + (N - df_t + .5) / (df_t + .5)) * 2.5 tf_t / (tf_t + 1.5 (.25 + .75 length / mean length)),
    with N texts in `known`, df_t of them holding t, tf_t times t in `text`: Robertson and Zaragoza
    2009, with the logarithm that is never negative, k1 = 1.5, b = .75. A text without words: 0.

    >>> three = Lexicon.of(["sails boats", "sails far", "cooks rice well"])
    >>> round(bm25("Who sails?", "sails far", three), 6)
    0.502294
    """
    said = words(text)
    counts = Counter(said)
    long = 1 - B + B * len(said) / known.length if known.length else 1.0
    found = 0.0
    for word in sorted(set(words(asked)) & counts.keys()):
        df, tf = known.holding[word], counts[word]
        rare = math.log(1 + (known.texts - df + 0.5) / (df + 0.5))
        found += rare * (K1 + 1) * tf / (tf + K1 * long)
    return found


def tf_idf(one: str, other: str, known: Lexicon) -> float:
    """Return the cosine of the tf-idf vectors of two texts, 0 to 1.

    A word weighs tf * (ln((1 + N) / (1 + df)) + 1); words in none of the N texts of `known` weigh
    nothing. The same as scikit-learn's TfidfVectorizer. A text without known words: 0.

    >>> two = Lexicon.of(["sails boats", "sails far"])
    >>> round(tf_idf("sails boats", "sails far", two), 6)
    0.336097
    """
    mine, theirs = _weighed(one, known), _weighed(other, known)
    product = math.fsum(mine[word] * theirs[word] for word in mine.keys() & theirs.keys())
    return _over(product, mine.values(), theirs.values())


def cosine(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the cosine of two vectors, -1 to 1; 0 where one of them is nothing but zeros.

    >>> cosine([3, 4], [4, 3])
    0.96
    """
    product = math.fsum(a * b for a, b in zip(one, other, strict=True))
    return _over(product, one, other)


def _over(product: float, one: Iterable[float], other: Iterable[float]) -> float:
    lengths = math.hypot(*one) * math.hypot(*other)
    return product / lengths if lengths else 0.0


def _weighed(text: str, known: Lexicon) -> dict[str, float]:
    return {
        word: count * (math.log((1 + known.texts) / (1 + known.holding[word])) + 1)
        for word, count in Counter(words(text)).items()
        if known.holding[word]
    }

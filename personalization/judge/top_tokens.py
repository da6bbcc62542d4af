"""Read a distribution from the log-probabilities of the answer's first token; pure, no Django.

At the token where the answer begins, the endpoint gives its k most probable tokens. With p(t) the
probability of a token t of these, and of the token that was written:

    m_c = sum of p(t) over the tokens that stand for option c,    q_c = m_c / sum_d m_d
    left_out = 1 - sum of p(t) over all of them                   (what the k tokens do not hold)

A token stands for an option if it is one of its names: its key, its label, a number in digits or as
a word, with or without a space before it, in capitals or not. Otherwise it stands for the option of
which alone it is a beginning. What is no beginning of one option alone stands for none.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from personalization.judge.choices import Choice
from personalization.judge.ladder import EDGES, named, names

# As some servers write a space before a word, and the end of a line.
SPACES = "▁ĠĊ"
WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
)  # fmt: skip
NUMBERS = {str(at): word for at, word in enumerate(WORDS)}
NUMBERS |= {word: number for number, word in NUMBERS.items()}
LEAD = "answer"  # "Answer: A" instead of "A"
ABOVE_ONE = 1e-3  # probabilities are rounded


@dataclass(frozen=True, slots=True)
class Weighed:
    """The distribution over what was offered, and how much the endpoint's top tokens left out."""

    shares: dict[int, float]
    left_out: float


def read_tokens(raw: Mapping[str, object], choices: Sequence[Choice]) -> Weighed | None:
    """Return the distribution at the answer's token.

    None where log-probabilities are missing, or no alternatives came with them, or where the text
    does not go on as its first token says.
    """
    tokens = list(_tokens(raw))
    at = next((at for at, one in enumerate(tokens) if _word(one.text) not in ("", LEAD)), None)
    if at is None or not tokens[at].top:
        return None
    said = "".join(one.text for one in tokens[at:]).translate(str.maketrans("▁ĠĊ", "  \n"))
    chosen = _stands_for(tokens[at].text, choices)
    if chosen is None or named(said.strip().partition("\n")[0], choices) != chosen:
        return None
    seen = {tokens[at].text: tokens[at].logprob, **tokens[at].top}
    mass = dict.fromkeys((one.code for one in choices), 0.0)
    whole = 0.0
    for token, logprob in seen.items():
        whole += math.exp(logprob)
        if (code := _stands_for(token, choices)) is not None:
            mass[code] += math.exp(logprob)
    total = math.fsum(mass.values())
    if total <= 0 or whole > 1 + ABOVE_ONE:
        return None
    return Weighed({code: one / total for code, one in mass.items()}, max(0.0, 1 - whole))


def has_tokens(raw: Mapping[str, object]) -> bool:
    """Return whether any log-probabilities came with an answer."""
    return next(_tokens(raw), None) is not None


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    logprob: float
    top: dict[str, float]


def _tokens(raw: Mapping[str, object]) -> Iterator[_Token]:
    """Yield the tokens of an answer, up to the first that is not of the protocol."""
    try:
        content = raw["choices"][0]["logprobs"]["content"]  # type: ignore[index]
    except (LookupError, TypeError):
        return
    for one in content if isinstance(content, list) else ():
        token = _pair(one)
        if token is None:
            return
        top = one.get("top_logprobs")
        pairs = [_pair(each) for each in top] if isinstance(top, list) else []
        yield _Token(*token, dict(pair for pair in pairs if pair is not None))


def _pair(one: object) -> tuple[str, float] | None:
    """Return a token with its log-probability; some servers say nothing for "never"."""
    if not isinstance(one, Mapping):
        return None
    token, logprob = one.get("token"), one.get("logprob")
    if not isinstance(token, str) or isinstance(logprob, bool):
        return None
    if not isinstance(logprob, int | float) or not -1e6 <= logprob <= ABOVE_ONE:
        return None
    return token, float(logprob)


def _word(token: str) -> str:
    return token.strip(EDGES + SPACES).casefold()


def _stands_for(token: str, choices: Sequence[Choice]) -> int | None:
    word = _word(token)
    if not word:
        return None
    called = {one.code: _called(one) for one in choices}
    for codes in (
        {code for code, known in called.items() if word in known},
        {code for code, known in called.items() if any(name.startswith(word) for name in known)},
    ):
        if codes:
            return codes.pop() if len(codes) == 1 else None
    return None


def _called(one: Choice) -> set[str]:
    """Return an option's names, with numbers as digits and as words."""
    known = set(names(one))
    return known | {NUMBERS[name] for name in known if name in NUMBERS}

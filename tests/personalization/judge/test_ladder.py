"""The ladder: where an answer may stand in a judge's text, and what is no answer."""

import pytest

from personalization.judge.choices import Choice
from personalization.judge.ladder import read_answer, refuses

NO_YES = (Choice(0, "no", "No"), Choice(1, "yes", "Yes"))
FIVE = (
    Choice(0, "1", "A is much better"),
    Choice(1, "2", "A is a little better"),
    Choice(2, "3", "No difference"),
    Choice(3, "4", "B is a little better"),
    Choice(4, "5", "B is much better"),
)
FITS = (
    Choice(0, "rejected", "No, it doesn't fit"),
    Choice(1, "uncertain", "Maybe"),
    Choice(2, "accepted", "Yes, it makes sense"),
)
AB = (Choice(0, "a", "A"), Choice(1, "b", "B"))

READ = [
    # The last answer line wins, however it is dressed up.
    (NO_YES, "Answer: YES", 1),
    (NO_YES, "Answer: no\nOn reflection I was wrong.\nAnswer: yes", 1),
    (NO_YES, "**Answer:** Yes.", 1),
    (NO_YES, "Final answer: `no`", 0),
    (NO_YES, "> Answer : “No”", 0),
    (NO_YES, "Answer: yes, because it says no sugar", None),
    (NO_YES, "Answer: maybe\nThis is a clear yes", None),
    (NO_YES, "The answer: depends. Well.\nAnswer: yes", 1),
    (FIVE, "Answer: 4", 3),
    (FIVE, "Answer: 5. B is much better", 4),
    (FIVE, "Answer: A is a little better", 1),
    (FIVE, "Answer: A", None),
    (FIVE, "Answer: 3/5", None),
    (FIVE, "Answer: 6", None),
    (FIVE, "Answer: 44", None),
    (FITS, "Answer: accepted", 2),
    (FITS, "Answer: No", 0),
    (FITS, "Answer: uncertain (Maybe)", 1),
    (AB, "Answer: [[B]]", 1),
    (AB, "Answer: A", 0),
    (AB, "Answer: a", 0),
    # Then a box, JSON, bold, and the last option named.
    (NO_YES, r"So \boxed{no} or rather \boxed{\text{yes}}", 1),
    (NO_YES, '```json\n{"reason": "sails", "answer": "no"}\n```', 0),
    (FIVE, '{"Answer": 2}', 1),
    (NO_YES, '{"answer": ["yes"]}', 1),
    (NO_YES, "I **think** so: **yes**", 1),
    (NO_YES, "It says **sailing**, so no", 0),
    (NO_YES, "Some say yes. I say no.", 0),
    (NO_YES, "nobody knows yesterday", None),
    (FIVE, "B is much better than I thought", 4),
    (FIVE, "There are 2 lakes in it.", None),
    (FIVE, "I would give it a 2", 1),
    (AB, "A good question! I take [[B]] today", 1),
    (AB, "a good answer it is", None),
    (AB, "I choose B.", 1),
    (NO_YES, "", None),
    (NO_YES, "Answer:", None),
    (NO_YES, "{" * 5000, None),
    ((), "Answer: yes", None),
]


@pytest.mark.parametrize(("choices", "text", "code"), READ, ids=[text[:40] for _, text, _ in READ])
def test_row_27_the_ladder(choices: tuple[Choice, ...], text: str, code: int | None) -> None:
    """Row 27: the last Answer line wins; what cannot be read is null, not NO."""
    assert read_answer(text, choices) == code


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("I'm sorry, but I can't help with that.", True),
        ("I’m sorry, no.", True),
        ("I cannot judge people.", True),
        ("I can see why.", False),
        ("Sorry state of affairs", True),
        ("As an AI language model, I cannot judge people.", True),
        ("As an AI, I think A is better.", False),
        ("Unfortunately, I am unable to answer.", True),
        ("I must decline.", True),
        ("I'd rather not say.", True),
        ("It would be inappropriate to choose.", True),
        ("I can't choose.", True),
        ("很抱歉，我无法回答。", True),
        ("عذرًا، لا أستطيع.", True),
        ("The user is sorry", False),
        ("", False),
    ],
)
def test_a_refusal(text: str, refused: bool) -> None:
    """A text without an answer that begins by declining; asked only where no answer was read."""
    assert refuses(text) == refused

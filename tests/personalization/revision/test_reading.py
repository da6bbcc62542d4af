"""What checks and rewrites may look like; what cannot be read is never a vote."""

import pytest

from personalization.extraction.ladder import UnreadableError
from personalization.revision.reading import Check, Rewrite, read_check, read_rewrite

WRONG = Check(True, "Too much.")
FINE = Check(False)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"why": "Too much.", "problematic": true}', WRONG),
        ('{"why": "", "problematic": false}', FINE),
        ('{"why": "All is well.", "problematic": false}', FINE),
        ('```json\n{"why": "Too much.", "problematic": true}\n```', WRONG),
        ('So: {"why": "Too\\n much.", "problematic": true,} I think.', WRONG),
        ('{"problematic": false} No, wait: {"why": "Too much.", "problematic": true}', WRONG),
        ('{"problematic": "yes", "why": "Too much."}', WRONG),
        ("**Problematic:** yes\n**Why:** Too much.", WRONG),
        ("Problematic: true? No.\nproblematic: no\nwhy: nothing", FINE),
        ('{"problematic": true}', Check(True)),
    ],
    ids=[
        "exact", "fine", "praise", "fence", "among words", "last counts", "words in JSON", "lines",
        "last line", "no why",
    ],
)  # fmt: skip
def test_a_check(answer: str, said: Check) -> None:
    assert read_check(answer) == said


@pytest.mark.parametrize(
    "answer",
    [
        "",
        "It is problematic.",
        '{"why": "", "problematic": null}',
        '{"why": "", "problematic": 0}',
        '{"why": "", "problematic": "perhaps"}',
        '{"why": "Nothing wrong."}',
        "[false]",
        "false",
        "problematic: perhaps",
        '{"why": "", "problem',
    ],
)
def test_no_verdict_is_no_acquittal(answer: str) -> None:
    with pytest.raises(UnreadableError, match="no verdict"):
        read_check(answer)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ('{"attribute": "The user sails.", "reason": "Says so.", "withdraw": false}',
         Rewrite("The user sails.", "Says so.")),
        ('{"attribute": "The user\\n sails.\\u0000", "reason": 7}', Rewrite("The user sails.")),
        ('{"attribute": "The user sails.", "reason": "", "withdraw": true}', Rewrite("")),
        ('{"attribute": "", "reason": "", "withdraw": true}', Rewrite("")),
        ('{"withdraw": "yes"}', Rewrite("")),
        ('Draft {"attribute": "The user rows."} and {"attribute": "The user sails."}',
         Rewrite("The user sails.")),
    ],
    ids=["exact", "mended", "both", "withdrawn", "word", "last counts"],
)  # fmt: skip
def test_a_rewrite(answer: str, said: Rewrite) -> None:
    assert read_rewrite(answer) == said


@pytest.mark.parametrize(
    ("answer", "fault"),
    [
        ("", "no attribute"),
        ('{"attribute": "", "reason": "", "withdraw": false}', "no attribute"),
        ('{"attribute": null, "withdraw": false}', "no attribute"),
        ('{"attribute": "Sails.", "withdraw": false}', "not a statement"),
        ('{"attribute": "The user %s.", "withdraw": false}' % ("sails " * 60), "too long"),
        ("The user sails.", "no attribute"),
    ],
)
def test_silence_is_no_withdrawal(answer: str, fault: str) -> None:
    with pytest.raises(UnreadableError, match=fault):
        read_rewrite(answer)

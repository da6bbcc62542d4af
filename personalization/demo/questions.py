"""What is asked in the demo, as question.toml would say it; pure."""

from typing import Any

from personalization.demo.judges import INVALID
from personalization.demo.labels import SKIP

Specification = dict[str, Any]

SHARED: Specification = {
    "columns": {"owner": "owner"},
    "invalid": [INVALID],
    "skipped": [SKIP],
}

ATTRIBUTE_FITS: Specification = {
    **SHARED,
    "key": "attribute_fits",
    "kind": "attribute",
    "level": "ordinal",
    "wording": "This sentence was drawn from one of your conversations. Does it describe you?",
    "wording_third_party": "Going by this conversation, does the sentence describe the person?",
    "options": [
        {"key": "rejected", "label": "It does not", "score": 0},
        {"key": "uncertain", "label": "Maybe", "score": 1},
        {"key": "accepted", "label": "It makes sense", "score": 2},
    ],
}

RELEVANCE: Specification = {
    **SHARED,
    "key": "relevance",
    "kind": "relevance",
    "level": "nominal",
    "wording": "Should this sentence about you affect the answer to your request at all,"
    " be it in tone, depth or examples?",
    "wording_third_party": "Should this sentence about the person affect the answer to the request"
    " at all, be it in tone, depth or examples?",
    "options": [
        {"key": "NO", "label": "No, it should not matter"},
        {"key": "YES", "label": "Yes, it should matter"},
    ],
}

OVERALL: Specification = {
    **SHARED,
    "key": "overall",
    "kind": "overall",
    "level": "ordinal",
    "wording": "Which answer would you rather have got?",
    "wording_third_party": "Imagine that the sentences are about you."
    " Which answer would you rather have got?",
    "options": [
        {"key": "-2", "label": "A is much better", "score": -2},
        {"key": "-1", "label": "A is better", "score": -1},
        {"key": "0", "label": "No difference", "score": 0},
        {"key": "1", "label": "B is better", "score": 1},
        {"key": "2", "label": "B is much better", "score": 2},
    ],
}

# The same pairs without degrees: only here can a report say which place a judge prefers.
CHOICE: Specification = {
    **SHARED,
    "key": "choice",
    "kind": "choice",
    "level": "nominal",
    "wording": "Which of the two answers would you take?",
    "wording_third_party": "Imagine that the sentences are about you."
    " Which of the two answers would you take?",
    "options": [
        {"key": "a", "label": "A"},
        {"key": "b", "label": "B"},
        {"key": "tie", "label": "Either", "audience": "people"},
    ],
    "candidates": ["a", "b"],
}

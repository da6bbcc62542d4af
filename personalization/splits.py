"""Split a study's people in two: examples are taken from some, and judges are measured on the others.

Who is in which part follows from a hash of the study and the pseudonym alone: it is the same in
every process, and whoever joins later changes nothing. Items that are nobody's are split by their
subject, so that two questions about one text stay together.
"""

import hashlib
from typing import Literal

Split = Literal["development", "test"]

DEVELOPMENT_SHARE = 0.2
# The first four bytes of the hash are a number below 2^32.
BOUND = int(DEVELOPMENT_SHARE * 2**32)

# The same in SQL, for the items of judge/statements.py: whether an item is in the development part.
IN_DEVELOPMENT = f"""
    ('x' || encode(substring(sha256(convert_to(i.study_id || ':' || coalesce(
        (SELECT 'person ' || t.pseudonym FROM annotation_participant t WHERE t.id = coalesce(
            a.participant_id, p.participant_id, r.participant_id, c.participant_id,
            o.participant_id)),
        'record ' || c.key, 'pair ' || p.id, 'response ' || r.id, 'item ' || i.id
    ), 'UTF8')) FROM 1 FOR 4), 'hex'))::bit(32)::bigint < {BOUND}
"""  # noqa: S608 - our own texts


def split_of_person(study: int, pseudonym: str) -> Split:
    """Return the part of a study that a person is in."""
    return split_of(study, f"person {pseudonym}")


def split_of(study: int, subject: str) -> Split:
    """Return the part of a subject: `person <pseudonym>`, else `record <key>`, `pair <id>` and so on.

    >>> [split_of(1, f"person p-{letter}") for letter in "abcde"].count("development")
    1
    """
    digest = hashlib.sha256(f"{study}:{subject}".encode()).digest()
    return "development" if int.from_bytes(digest[:4], "big") < BOUND else "test"

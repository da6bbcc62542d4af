"""Save the calls of a judge, many in one statement: raw answers first, before anybody parses them.

A call is saved once it has ended. Until then its reading's lease says that it is under way; what was
under way when a worker died is saved as lost, when somebody else takes the reading over.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from time import monotonic
from typing import Any

import orjson
from django.db import connection

from personalization.calls import NO_ANSWER, error_text
from personalization.llm.backend import Answer, Ask, AskError

STEP = "verdict"
# An answer that comes after its call was given up for lost is kept as well.
SAVE = """
INSERT INTO personalization_modelcall (step, work_id, attempt, endpoint, model, request,
    request_hash, prompt_hash, answer, error, prompt_tokens, completion_tokens, cost_micros,
    reused_id, started_at, finished_at)
SELECT 'verdict', work_id, attempt, endpoint, model, request, request_hash, prompt_hash, answer,
    error, prompt_tokens, completion_tokens, cost_micros, reused_id,
    clock_timestamp() - make_interval(secs => ago + took),
    clock_timestamp() - make_interval(secs => ago)
FROM unnest(%s::bigint[], %s::int[], %s::text[], %s::text[], %s::jsonb[], %s::text[], %s::text[],
    %s::jsonb[], %s::text[], %s::int[], %s::int[], %s::bigint[], %s::bigint[], %s::float8[],
    %s::float8[]) AS call (work_id, attempt, endpoint, model, request, request_hash, prompt_hash,
    answer, error, prompt_tokens, completion_tokens, cost_micros, reused_id, took, ago)
ON CONFLICT (step, work_id, attempt) DO UPDATE
SET answer = excluded.answer, error = excluded.error, finished_at = excluded.finished_at,
    request = excluded.request, request_hash = excluded.request_hash,
    prompt_tokens = excluded.prompt_tokens, completion_tokens = excluded.completion_tokens,
    cost_micros = excluded.cost_micros
WHERE personalization_modelcall.answer IS NULL AND excluded.answer IS NOT NULL
RETURNING id, work_id, attempt
"""
KNOWN = """
SELECT c.id, c.work_id, c.attempt FROM personalization_modelcall c
JOIN unnest(%s::bigint[], %s::int[]) AS k (work_id, attempt) USING (work_id, attempt)
WHERE c.step = 'verdict'
"""
LOST = """
INSERT INTO personalization_modelcall
    (step, work_id, attempt, endpoint, model, request, request_hash, error, finished_at)
SELECT 'verdict', work_id, attempt, %s, %s, '{}', '', %s, statement_timestamp()
FROM unnest(%s::bigint[], %s::int[]) AS lost (work_id, attempt)
ON CONFLICT (step, work_id, attempt) DO UPDATE
SET error = excluded.error, finished_at = excluded.finished_at
WHERE personalization_modelcall.answer IS NULL AND personalization_modelcall.error IS NULL
"""
# The same request, in the same order, sample and attempt, at the same endpoint.
SAVED = """
SELECT DISTINCT ON (c.request_hash, v.side, v.sample, c.attempt)
    c.request_hash, v.side, v.sample, c.attempt, c.id, c.answer::text
FROM personalization_modelcall c JOIN personalization_verdict v ON v.id = c.work_id
WHERE c.request_hash = ANY (%s) AND c.step = 'verdict' AND c.endpoint = %s
    AND c.answer IS NOT NULL
ORDER BY c.request_hash, v.side, v.sample, c.attempt, c.id
"""


@dataclass(frozen=True, slots=True)
class Call:
    """One call that has ended: what was asked, what came, how long it took (seconds), when it ended.

    By the worker's monotonic clock; the times that are saved are the database's.
    """

    verdict: int
    attempt: int
    ask: Ask
    came: Answer | AskError
    took: float
    ended: float
    prompt_hash: str = ""
    request_hash: str = ""
    cost_micros: int | None = None
    reused: int | None = None


def save(endpoint: str, calls: Sequence[Call]) -> dict[tuple[int, int], int]:
    """Save calls with what they brought; return their ids by reading and attempt."""
    if not calls:
        return {}
    columns = zip(*(_row(endpoint, one) for one in calls), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(SAVE, [list(column) for column in columns])
        found = {(work, attempt): pk for pk, work, attempt in cursor.fetchall()}
        # What was saved before, and is saved again after a fault, comes back as it is.
        known = [one for one in calls if (one.verdict, one.attempt) not in found]
        if known:
            cursor.execute(KNOWN, [[one.verdict for one in known], [one.attempt for one in known]])
            found |= {(work, attempt): pk for pk, work, attempt in cursor.fetchall()}
        return found


def note_lost(endpoint: str, model: str, lost: Iterable[tuple[int, int]]) -> None:
    """Save that calls (reading, attempt) were under way when their worker ended."""
    rows = list(lost)
    if rows:
        ids, attempts = [one for one, _attempt in rows], [attempt for _one, attempt in rows]
        with connection.cursor() as cursor:
            cursor.execute(LOST, [endpoint, model, NO_ANSWER, ids, attempts])


Key = tuple[str, str, int, int]  # request hash, side, sample, attempt


def saved(endpoint: str, hashes: Sequence[str]) -> dict[Key, tuple[int, Any]]:
    """Return saved answers to the same requests: the call's id and the raw answer, by key."""
    if not hashes:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(SAVED, [list(hashes), endpoint])
        return {
            (said, side, sample, attempt): (pk, orjson.loads(answer))
            for said, side, sample, attempt, pk, answer in cursor.fetchall()
        }


def _row(endpoint: str, one: Call) -> tuple[Any, ...]:
    answer = one.came if isinstance(one.came, Answer) else None
    return (
        one.verdict,
        one.attempt,
        endpoint,
        one.ask.model,
        orjson.dumps(one.ask.body()).decode(),
        one.request_hash or one.ask.hash(),
        one.prompt_hash,
        orjson.dumps(answer.raw).decode() if answer else None,
        None if isinstance(one.came, Answer) else error_text(one.came),
        answer.prompt_tokens if answer else None,
        answer.completion_tokens if answer else None,
        one.cost_micros,
        one.reused,
        one.took,
        max(monotonic() - one.ended, 0.0),
    )

"""Which responses a run of an arm is to write, and which ones wait until another one is there."""

import hashlib
from collections.abc import Collection, Sequence

from annotation.consent import versions_naming
from annotation.models import Enrollment, Query
from annotation.models.person import Scope
from personalization.arms.making import asked_of
from personalization.arms.step import Missing
from personalization.generation.conditions import given
from personalization.generation.matching import Pair, generics, manner_of, words_of
from personalization.models import Arm, Generation


def missing(arm: Arm, most: int | None = None, trial: bool = False) -> Missing[Generation]:
    """Return the rows that an arm lacks, of at most `most` (person, query), drawn by their ids.

    All arms of a study draw in the same order, so that they answer the same requests. Somebody who
    has not agreed to the arm's provider is left out, and each of their queries counted.
    """
    endpoint, _sampling = asked_of(arm)
    rows = rows_of(arm, given(arm).attributes)
    people = {row.enrollment_id: row.enrollment for row in rows}
    agreed = _agreed(people.values(), arm.study_id, endpoint.provider)
    withheld = sum(row.enrollment_id not in agreed for row in rows)
    rows = [row for row in rows if row.enrollment_id in agreed]
    rows.sort(key=lambda row: draw(row.enrollment_id, row.query_id))
    rows = rows[:most]
    if not trial:
        done = Generation.objects.filter(arm=arm, trial=False)
        there = set(done.values_list("enrollment", "query"))
        rows = [row for row in rows if (row.enrollment_id, row.query_id) not in there]
    return Missing(rows, withheld)


def rows_of(arm: Arm, wanted: dict[Pair, list[int]]) -> list[Generation]:
    """Return a row for each (person, query) of people who take part, none of them saved.

    Of a length-matched arm only those whose response without attributes is settled.
    """
    manner = manner_of(arm)
    people = {
        one.participant_id: one
        for one in Enrollment.objects.select_related("study", "participant").filter(
            study=arm.study_id,
            participant__in={person for person, _query in wanted},
            preview=False,
            withdrawn_at=None,
            consented_at__isnull=False,
        )
    }
    queries = Query.objects.in_bulk({query for _person, query in wanted})
    lengths = generics(arm, list(people)) if manner.matched else {}
    return [
        Generation(
            arm=arm,
            enrollment=people[person],
            query=queries[query],
            condition=manner.condition,
            attributes=attributes,
            words=_words(lengths[person, query]) if manner.matched else None,
        )
        for (person, query), attributes in wanted.items()
        if person in people and (not manner.matched or (person, query) in lengths)
    ]


def draw(*ids: int) -> bytes:
    """Return a place in a random order that no version of Python or of a library will change.

    >>> sorted(range(5), key=draw)
    [4, 3, 0, 1, 2]
    """
    return hashlib.sha256(":".join(map(str, ids)).encode()).digest()


def _words(row: Generation) -> int | None:
    return words_of(row.response.text) if row.response is not None else None


def _agreed(people: Collection[Enrollment], study: int, provider: str) -> set[int]:
    """Return the people whose texts may go to a provider; empty: nobody outside gets them."""
    if not provider:
        return {one.pk for one in people}
    naming: Sequence[int] = versions_naming(study, provider)
    return {
        one.pk for one in people if Scope.PROVIDER in one.scopes and one.consent_version in naming
    }

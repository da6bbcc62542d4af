"""Set a study up: its plan, versions of its consent text, queries, and whether people may join."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count

from django.db import transaction
from django.db.models import ProtectedError
from django.utils import timezone

from annotation.models import ConsentText, Plan, Query, Study
from annotation.models.sheet import STRANGERS_ONLY, Stage

NUMBERED = re.compile(r"q([0-9]{1,9})\Z")
# Of a hundred sheets: enough to see how far people agree with themselves.
OWNER_REPEATS, STRANGER_REPEATS = 10, 5


@dataclass(frozen=True, slots=True)
class Added:
    """How many queries are new, and how many were there already."""

    new: int
    known: int


def plan_as_usual(study: Study) -> None:
    """Give a new study the plan that most studies want: some repeats, comparisons in a later wave."""
    Plan.objects.bulk_create(
        [
            Plan(
                study=study,
                stage=stage,
                owner_repeats=0 if stage in STRANGERS_ONLY else OWNER_REPEATS,
                stranger_repeats=STRANGER_REPEATS,
            )
            for stage in Stage
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def publish_consent(study: Study, text: str, provider: str) -> ConsentText | None:
    """Add a version of the consent text; None where it says what the newest one says already."""
    hold(study)
    newest = study.consent_texts.first()
    if newest is not None and (newest.text, newest.provider) == (text, provider):
        return None
    version = newest.version + 1 if newest else 1
    return study.consent_texts.create(version=version, text=text, provider=provider)


def split_queries(written: str) -> list[str]:
    """Return the queries of a text: divided by empty lines where there are any, else one a line.

    >>> split_queries("Where to?\\nWhat to eat?")
    ['Where to?', 'What to eat?']
    >>> split_queries("Dear all,\\nwhere to?\\n\\nWhat to eat?")
    ['Dear all,\\nwhere to?', 'What to eat?']
    """
    text = "\n".join(line.rstrip() for line in written.strip().splitlines())
    between = r"\n{2,}" if "\n\n" in text else r"\n"
    return [one.strip() for one in re.split(between, text) if one.strip()]


@transaction.atomic
def add_queries(study: Study, texts: Sequence[str], source: str, licence: str) -> Added:
    """Add queries, each text once, with keys that go on from the highest number so far."""
    hold(study)
    known = set(study.queries.filter(text__in=texts).values_list("text", flat=True))
    new = [text for text in dict.fromkeys(texts) if text not in known]
    Query.objects.bulk_create(
        [
            Query(study=study, key=key, text=text, source=source, licence=licence)
            for key, text in zip(next_keys(study), new, strict=False)
        ]
    )
    return Added(len(new), len(texts) - len(new))


def next_keys(study: Study) -> Iterator[str]:
    """Yield keys that go on from the highest number of a study's queries; hold the study before."""
    keys = study.queries.filter(key__regex=r"^q[0-9]{1,9}$").values_list("key", flat=True)
    used = [int(found[1]) for key in keys if (found := NUMBERED.match(key))]
    return (f"q{number}" for number in count(max(used, default=0) + 1))


@transaction.atomic
def delete_query(query: Query) -> bool:
    """Delete a query that nothing uses yet; return False where something does."""
    # Whoever is about to use the query waits for this lock, and then finds no query.
    Query.objects.select_for_update().filter(pk=query.pk).first()
    try:
        query.delete()
    except ProtectedError:
        return False
    return True


def close(study: Study) -> None:
    """Let nobody join any more; who has begun goes on to the end."""
    Study.objects.filter(pk=study.pk, closed_at=None).update(closed_at=timezone.now())


def reopen(study: Study) -> None:
    """Let people join again."""
    Study.objects.filter(pk=study.pk).update(closed_at=None)


def hold(study: Study) -> None:
    """Keep others from numbering in the same study at the same time."""
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)

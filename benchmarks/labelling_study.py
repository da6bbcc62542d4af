"""A study in which people label other people's sheets, and what must be true of it afterwards."""

from collections.abc import Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, TypeVar

from django.contrib.sessions.backends.db import SessionStore
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from annotation.models import (
    Attribute,
    ConsentText,
    Enrollment,
    Item,
    Judgment,
    Participant,
    Query,
    RelevancePair,
    Sheet,
    Slot,
    Study,
)
from annotation.models.consent import Way
from annotation.models.person import Part, Scope
from annotation.models.slot import SlotRole
from annotation.sheets import lay_relevance, rater_of
from annotation.visits import SESSION_KEY

OWNERS = 10
MOST_SHEETS = 32_000  # nobody comes to the end
# An answer that a page confirmed: who gave it, to which item, and what it was.
Confirmed = tuple[int, int, str]
Row = TypeVar("Row", bound=Model)

# The quota of a sheet is its rows in the table of slots. Each query counts what must not be.
OVER_QUOTA = """
SELECT count(*) FROM (
    SELECT j.item_id FROM annotation_judgment j JOIN annotation_item i ON i.id = j.item_id
    WHERE i.study_id = %s AND j.role = 'third_party' AND j.use = 'label' AND j.superseded_at IS NULL
    GROUP BY j.item_id, i.sheet_id HAVING count(DISTINCT j.rater_id) > (
        SELECT count(*) FROM annotation_slot s
        WHERE s.sheet_id = i.sheet_id AND s.role = 'third_party' AND s.purpose = 'label')
    UNION ALL
    SELECT s.sheet_id FROM annotation_slot s JOIN annotation_sheet h ON h.id = s.sheet_id
    WHERE h.study_id = %s AND s.role = 'third_party' AND s.purpose = 'label'
    GROUP BY s.sheet_id HAVING count(s.submitted_at) > max(s.ordinal) + 1
) AS too_many
"""
TWICE = """
SELECT count(*) FROM (
    SELECT 1 FROM annotation_judgment j JOIN annotation_item i ON i.id = j.item_id
    WHERE i.study_id = %s AND j.superseded_at IS NULL
    GROUP BY j.item_id, j.rater_id HAVING count(*) > 1
    UNION ALL
    SELECT 1 FROM annotation_slot s JOIN annotation_sheet h ON h.id = s.sheet_id
    WHERE h.study_id = %s AND s.rater_id IS NOT NULL
    GROUP BY s.sheet_id, s.rater_id HAVING count(*) > 1
) AS twice
"""


@dataclass(frozen=True, slots=True)
class Labeller:
    """Somebody who labels: the rater, and the cookie that lets a browser be this person."""

    rater: int
    session: str


def lay(name: str, *, labellers: int, sheets: int, places: int, history: int = 0) -> list[Labeller]:
    """Make a study with sheets of one item, and its labellers, every other one with a history.

    Each sheet has as many places as there are in the quota. Earlier answers are to sheets of their
    own, none of which has a place left.
    """
    with transaction.atomic():
        study = Study.objects.create(name=name, title="Labelling", sheets_each=MOST_SHEETS)
        ConsentText.objects.create(study=study, version=1, text="You may stop at any time.")
        people = [_enrolled(study, Way.LABELS, Part.OTHERS, Scope.USE) for _ in range(labellers)]
        owners = [
            _enrolled(study, Way.WHOLE, Part.DONE, Scope.USE, Scope.SHOW) for _ in range(OWNERS)
        ]
        if history:
            _remember(people[::2], _sheets(owners, history, len(people[::2])))
        _sheets(owners, sheets, places)
        found = [Labeller(rater_of(person).pk, _session(person)) for person in people]
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return found


def clear() -> None:
    """Take away the places that nobody took: a later study is not to stand behind them."""
    Slot.objects.filter(rater=None).delete()


def faults(name: str, confirmed: Iterable[Confirmed]) -> dict[str, int]:
    """Count what must not be: answers over the quota, given twice, or confirmed and not there."""
    study = Study.objects.get(name=name).pk
    current = Judgment.objects.filter(item__study=study, superseded_at=None)
    there = {
        (rater, item): str(reason if value is None else value)
        for rater, item, value, reason in current.values_list("rater", "item", "value", "reason")
    }
    return {
        "over quota": _count(OVER_QUOTA, study),
        "twice": _count(TWICE, study),
        "lost": sum(there.get((rater, item)) != given for rater, item, given in confirmed),
    }


def _count(sql: str, study: int) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, [study] * sql.count("%s"))
        count: int = cursor.fetchone()[0]
        return count


def _enrolled(study: Study, way: Way, part: Part, *scopes: Scope) -> Enrollment:
    return Enrollment.objects.create(
        study=study,
        participant=Participant.objects.create(),
        way=way,
        part=part,
        scopes=list(scopes),
        consent_version=1,
        consented_at=timezone.now(),
    )


def _session(person: Enrollment) -> str:
    store = SessionStore()
    store[SESSION_KEY] = person.participant_id
    store.save(must_create=True)
    return str(store.session_key)


def _sheets(owners: list[Enrollment], count: int, places: int) -> list[Sheet]:
    """Lay sheets about the owners: one new request and one sentence on each.

    The first one about each owner is laid by the application, and the others are copies of it: so
    they have whatever a sheet has, and a thousand of them do not take a minute.
    """
    laid = []
    for number, owner in enumerate(owners):
        owner.study.strangers = places
        pairs = _pairs(owner, len(range(number, count, len(owners))))
        if pairs:
            first = lay_relevance(owner, pairs[:1])
            laid += [first, *_copies(first, pairs[1:])]
    return laid


def _pairs(owner: Enrollment, count: int) -> list[RelevancePair]:
    begin = Query.objects.count()
    numbers = range(begin, begin + count)
    queries = Query.objects.bulk_create(
        Query(study=owner.study, key=f"query-{number}", text=f"Where should I go in week {number}?")
        for number in numbers
    )
    attributes = Attribute.objects.bulk_create(
        Attribute(
            study=owner.study,
            participant=owner.participant,
            text=f"The user has sailed {number} times.",
        )
        for number in numbers
    )
    return RelevancePair.objects.bulk_create(
        RelevancePair(query=query, attribute=attribute)
        for query, attribute in zip(queries, attributes, strict=True)
    )


def _copies(first: Sheet, pairs: list[RelevancePair]) -> list[Sheet]:
    item, places = Item.objects.get(sheet=first), list(Slot.objects.filter(sheet=first))
    sheets = Sheet.objects.bulk_create(
        _copy(first, shown={"query": pair.query_id}, created_at=timezone.now()) for pair in pairs
    )
    Item.objects.bulk_create(
        _copy(item, sheet=sheet, relevance_pair=pair)
        for sheet, pair in zip(sheets, pairs, strict=True)
    )
    Slot.objects.bulk_create(
        _copy(place, sheet=sheet, position=sheet.pk, seed=sheet.pk)
        for sheet in sheets
        for place in places
    )
    return sheets


def _copy(row: Row, **instead: object) -> Row:
    """Return a row like this one, to be saved, with other values in these columns."""
    copied = copy(row)
    copied.pk = None
    for name, value in instead.items():
        setattr(copied, name, value)
    return copied


def _remember(people: list[Enrollment], sheets: list[Sheet]) -> None:
    """Let each of these people have answered all of these sheets."""
    now = timezone.now()
    taken: Mapping[str, Any] = {
        "leased_at": now,
        "leased_until": now + timedelta(hours=1),
        "submitted_at": now,
    }
    asked = Item.objects.filter(sheet__in=sheets).values_list("pk", "sheet", "question")
    for ordinal, person in enumerate(people):
        rater = rater_of(person)
        places = Slot.objects.filter(sheet__in=sheets, role=SlotRole.THIRD_PARTY, ordinal=ordinal)
        places.update(rater=rater, **taken)
        of_sheet = dict(places.values_list("sheet", "pk"))
        Judgment.objects.bulk_create(
            Judgment(
                item_id=item,
                question_id=question,
                rater=rater,
                role=SlotRole.THIRD_PARTY,
                slot_id=of_sheet[sheet],
                value=1,
            )
            for item, sheet, question in asked
        )

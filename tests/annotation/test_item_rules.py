"""An item has one subject, stays in its study, and nothing changes what it shows."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from annotation.models import ResponsePair
from tests import factories as make
from tests.annotation.refusal import Row, copy, execute, refused, update

pytestmark = pytest.mark.django_db

SUBJECTS: dict[str, Callable[[], make.Subject]] = {
    "attribute": make.attribute,
    "relevance_pair": make.relevance_pair,
    "response_pair": make.response_pair,
    "response": make.response,
    "record": make.record,
}


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_an_item_has_one_subject(subject: Callable[[], make.Subject]) -> None:
    """Each kind of subject is accepted alone."""
    assert make.item(subject=subject()).pk


def test_an_item_without_a_subject_is_refused() -> None:
    """A question about nothing is no item."""
    with refused("item_has_one_subject"):
        copy(make.item(), record=None)


PAIRS = [(one, two) for one in SUBJECTS for two in SUBJECTS if one < two]


@pytest.mark.parametrize(("one", "two"), PAIRS)
def test_two_subjects(one: str, two: str) -> None:
    """Of all pairs of subjects, only a response pair goes with an attribute (whose gain it is)."""
    columns = {name: SUBJECTS[name]() for name in (one, two)}
    if (one, two) == ("attribute", "response_pair"):
        return copy(make.item(), **{"record": None, **columns})
    with refused("item_has_one_subject"):
        copy(make.item(), **{"record": None, **columns})


def test_a_gain_with_a_third_subject_is_refused() -> None:
    """(response pair, attribute) takes nothing else."""
    gain = make.item(subject=make.response_pair(), gain_of=make.attribute())
    with refused("item_has_one_subject"):
        update(gain, record=make.record())


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_a_subject_is_asked_about_once(subject: Callable[[], make.Subject]) -> None:
    """The same question about the same subject is refused, another question is accepted."""
    item = make.item(subject=subject())
    copy(item, question=make.question(study=item.study))
    with refused("item_subject_once"):
        copy(item, sheet=make.sheet(study=item.study))


def test_a_gain_is_asked_about_once() -> None:
    """A pair's gain is asked once per attribute."""
    gain = make.item(subject=make.response_pair(), gain_of=make.attribute())
    copy(gain, attribute=make.attribute())
    with refused("item_subject_once"):
        copy(gain)


def test_an_item_stays_in_its_study() -> None:
    """Its question and its sheet are of its own study, and cannot leave it."""
    item = make.item()
    with refused("item_question_in_study"):
        copy(item, question=make.question())
    with refused("item_sheet_in_study"):
        copy(item, sheet=make.sheet(), record=make.record())
    with refused("item_sheet_in_study"):
        update(item.sheet, study=make.study())


def test_a_response_pair_is_canonical() -> None:
    """The older response is a; the same two the other way round, or one twice, is refused."""
    pair = make.response_pair()
    for a, b in ((pair.b, pair.a), (pair.a, pair.a)):
        with refused("response_pair_canonical"):
            ResponsePair.objects.create(query=pair.query, a=a, b=b)
    with refused("response_pair_once"):
        copy(pair)
    copy(pair, b=make.response(query=pair.query))


def test_a_response_pair_answers_one_query() -> None:
    """Both responses answer the pair's own query."""
    query = make.query()
    own = [make.response(query=query) for _ in range(2)]
    other = make.response()
    with refused("response_pair_b_of_query"):
        ResponsePair.objects.create(query=query, a=own[0], b=other)
    with refused("response_pair_a_of_query"):
        ResponsePair.objects.create(query=other.query, a=own[0], b=other)
    ResponsePair.objects.create(query=query, a=own[0], b=own[1])


def item_of(subject: make.Subject) -> models.Model:
    make.item(subject=subject)
    return subject


def gain_of() -> models.Model:
    attribute = make.attribute()
    make.item(subject=make.response_pair(), gain_of=attribute)
    return attribute


FROZEN: list[tuple[str, Callable[[], models.Model], Callable[[], models.Model], Row]] = [
    # what uses it, the used row, an unused one, a change
    ("item", lambda: item_of(make.attribute()), make.attribute, {"text": "The user cooks."}),
    ("item", lambda: item_of(make.attribute()), make.attribute, {"confidence": 0.5}),
    ("gain", gain_of, make.attribute, {"text": "The user cooks."}),
    ("pair", lambda: make.relevance_pair().attribute, make.attribute, {"text": "The user cooks."}),
    ("item", lambda: item_of(make.response()), make.response, {"text": "Stay at home."}),
    ("pair", lambda: make.response_pair().a, make.response, {"text": "Stay at home."}),
    ("pair", lambda: make.response_pair().b, make.response, {"condition": "human"}),
    ("item", lambda: item_of(make.record()), make.record, {"fields": {"text": "Other"}}),
    ("pair", lambda: make.relevance_pair().query, make.query, {"text": "Why?"}),
    ("response", lambda: make.response().query, make.query, {"licence": "MIT"}),
]


@pytest.mark.parametrize(
    ("used", "unused", "change"),
    [row[1:] for row in FROZEN],
    ids=[f"{user}-{next(iter(change))}" for user, _, _, change in FROZEN],
)
def test_a_used_subject_does_not_change(
    used: Callable[[], models.Model], unused: Callable[[], models.Model], change: Row
) -> None:
    """What is shown stays as it was shown; while nothing uses it, it may change."""
    update(unused(), **change)
    with refused("subject_frozen"):
        update(used(), **change)


def test_used_pairs_do_not_change() -> None:
    """A relevance pair or a response pair points to the same rows for ever once it has an item."""
    relevance, responses = make.relevance_pair(), make.response_pair()
    late = make.response(query=responses.query)
    update(relevance, query=make.query())
    update(responses, b=late)
    for subject in (relevance, responses):
        make.item(subject=subject)
    with refused("subject_frozen"):
        update(relevance, query=make.query())
    with refused("subject_frozen"):
        update(responses, b=make.response(query=responses.query))


def test_a_used_attribute_may_be_withdrawn() -> None:
    """The time of a withdrawal is all that is ever added, and nothing else along with it."""
    attribute = make.attribute()
    make.item(subject=attribute)
    with refused("subject_frozen"):
        update(attribute, withdrawn_at=timezone.now(), text="")
    update(attribute, withdrawn_at=timezone.now())


@pytest.mark.parametrize("subject", SUBJECTS.values(), ids=SUBJECTS)
def test_a_used_subject_is_not_deleted(subject: Callable[[], make.Subject]) -> None:
    """A row that an item shows stays; Django's foreign keys say so at the end of a transaction."""
    row = subject()
    make.item(subject=row)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(IntegrityError, match=f"{make.COLUMNS[type(row)]}_id"), transaction.atomic():
        execute(f"DELETE FROM {row._meta.db_table} WHERE id = %s", row.pk)  # noqa: S608


def test_a_judged_item_keeps_its_subject() -> None:
    """An item may point to another subject until it is judged."""
    item = make.item()
    update(item, record=make.record(study=item.study))
    make.judgment(item=item)
    with refused("subject_frozen"):
        update(item, record=make.record(study=item.study))


def test_a_withdrawal_is_never_taken_back() -> None:
    """The time of a withdrawal is added once."""
    attribute = make.attribute()
    make.item(subject=attribute)
    update(attribute, withdrawn_at=timezone.now())
    with refused("subject_frozen"):
        update(attribute, withdrawn_at=None)

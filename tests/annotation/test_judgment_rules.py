"""A judgment has a value or a reason, is kept for ever, and is counted by a stamp."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, models, transaction
from django.utils import timezone

from annotation.models import (
    Author,
    Demographic,
    Judgment,
    Question,
    Reference,
    ResponsePair,
    Stamp,
)
from tests import factories as make
from tests.annotation.refusal import Row, copy, execute, refused, update

pytestmark = pytest.mark.django_db

RULES: list[tuple[str, Row, Row]] = [
    # rule, columns that are accepted, columns that are refused
    ("judgment_value_or_reason", {"value": 1}, {"value": 1, "reason": "skipped"}),
    (
        "judgment_value_or_reason",
        {"value": None, "reason": "skipped"},
        {"value": None, "reason": None},
    ),
    ("judgment_value_is_option", {"value": 0}, {"value": 2}),
    ("judgment_value_is_option", {"value": 1}, {"value": -1}),
    (
        "judgment_reason_known",
        {"value": None, "reason": "cannot_tell"},
        {"value": None, "reason": "tired"},
    ),
    ("judgment_role_known", {"role": "machine"}, {"role": "neighbour"}),
    ("judgment_use_known", {"use": "surplus"}, {"use": "bonus"}),
    ("judgment_certainty_range", {"certainty": 1}, {"certainty": 0}),
    ("judgment_certainty_range", {"certainty": 100}, {"certainty": 101}),
    (
        "judgment_score_of_machine",
        {"role": "machine", "score": 0.5},
        {"role": "third_party", "score": 0.5},
    ),
    (
        "judgment_distribution_sourced",
        {"distribution": [0.5, 0.5], "distribution_source": "counts"},
        {"distribution": [0.5, 0.5]},
    ),
    ("judgment_distribution_sourced", {}, {"distribution_source": "counts"}),
    (
        "judgment_source_known",
        {"distribution": [1.0], "distribution_source": "verbalized"},
        {"distribution": [1.0], "distribution_source": "dreamed"},
    ),
]


@pytest.mark.parametrize(
    ("rule", "good", "bad"), RULES, ids=[f"{rule}-{bad}" for rule, _, bad in RULES]
)
def test_columns(rule: str, good: Row, bad: Row) -> None:
    """The good columns are accepted, and the bad ones refused by name."""
    assert make.judgment(**good).pk
    with refused(rule):
        make.judgment(**bad)


def test_a_value_is_an_option_of_its_own_question() -> None:
    """Option 2 of one question is no answer to another."""
    make.judgment(item=make.item(question=make.question(options=("a", "b", "c"))), value=2)
    with refused("judgment_value_is_option"):
        make.judgment(item=make.item(question=make.question(options=("a", "b"))), value=2)


def test_a_judgment_answers_the_question_of_its_item() -> None:
    """The question that is copied into a judgment for speed cannot be another one."""
    judgment = make.judgment()
    copy(judgment, rater=make.person_rater())
    with refused("judgment_item_of_question"):
        copy(judgment, rater=make.person_rater(), question=make.question())


def test_a_judged_item_keeps_its_question() -> None:
    """An item is not moved to another question under its judgments."""
    item = make.judgment().item
    question = make.question(study=item.study)
    with pytest.raises(IntegrityError, match="annotation_item"), transaction.atomic():
        update(item, question=question)


def test_one_current_answer() -> None:
    """One rater has one current answer per item and occasion; a superseded one stays beside it."""
    old = make.judgment()
    with refused("judgment_current"):
        copy(old, value=0)
    copy(old, occasion=1, use="repeat")
    copy(old, rater=make.person_rater())
    update(old, superseded_at=timezone.now())
    copy(old, value=0, superseded_at=None)
    assert Judgment.objects.filter(item=old.item, rater=old.rater, occasion=0).count() == 2


@pytest.mark.parametrize(
    "change",
    [
        {"value": 0},
        {"value": None, "reason": "skipped"},
        {"use": "gold"},
        {"shown": {"side": "ab"}},
        {"certainty": 50},
        {"at": timezone.now()},
        {"value": 0, "superseded_at": timezone.now()},
        {"superseded_at": None},
    ],
    ids=lambda change: " ".join(change),
)
def test_an_answer_is_not_edited(change: Row) -> None:
    """No column changes, not even together with superseding; superseding alone is accepted."""
    judgment = make.judgment()
    with refused("judgment_append_only"):
        update(judgment, **change)
    update(judgment, superseded_at=timezone.now())


def test_a_superseded_answer_stays_superseded() -> None:
    """Neither made current again nor dated anew."""
    judgment = make.judgment()
    update(judgment, superseded_at=timezone.now())
    for when in (None, timezone.now()):
        with refused("judgment_append_only"):
            update(judgment, superseded_at=when)


def test_an_answer_is_not_deleted() -> None:
    """Only an erasure deletes, and it says so to the database; it may still edit nothing."""
    judgment = make.judgment()
    with refused("judgment_append_only"):
        judgment.delete()
    execute("SET LOCAL concord.erasing = 'off'")
    with refused("judgment_append_only"):
        Judgment.objects.all().delete()
    execute("SET LOCAL concord.erasing = 'on'")
    with refused("judgment_append_only"):
        update(judgment, value=0)
    assert Judgment.objects.all().delete()[0] == 1


def changes(question: Question) -> int:
    """Return the sum of a question's stamps over all shards."""
    total = Stamp.objects.filter(question=question).aggregate(total=models.Sum("changes"))
    return int(total["total"] or 0)


def test_stamps_count_every_change() -> None:
    """Insert, supersede and delete raise the stamp by a change per row, in bulk as well."""
    first, second = make.judgment(), make.judgment()
    question = first.question
    assert (changes(question), changes(second.question)) == (2, 2)  # the item, then the judgment
    raters = [make.person_rater() for _ in range(3)]
    rows = [
        Judgment(item=row.item, question=row.question, rater=rater, role="third_party", value=0)
        for row in (second, first)
        for rater in raters
    ]
    Judgment.objects.bulk_create(rows)
    assert (changes(question), changes(second.question)) == (5, 5)
    Judgment.objects.filter(question=question).update(superseded_at=timezone.now())
    assert (changes(question), changes(second.question)) == (9, 5)
    execute("SET LOCAL concord.erasing = 'on'")
    first.delete()
    assert (changes(question), changes(second.question)) == (10, 5)


def test_a_statement_without_rows_raises_no_stamp() -> None:
    """A stamp tells of changes; an update that finds nothing is none."""
    question = make.judgment().question
    before = changes(question)
    Judgment.objects.filter(value=0).update(superseded_at=timezone.now())
    Reference.objects.update(note="")
    Demographic.objects.all().delete()
    assert changes(question) == before


def test_a_refused_change_raises_no_stamp() -> None:
    """What is rolled back is not counted."""
    judgment = make.judgment()
    before = changes(judgment.question)
    with refused("judgment_append_only"):
        update(judgment, value=0)
    assert changes(judgment.question) == before


def test_stamps_of_other_shards_are_kept() -> None:
    """A process raises its own shard; the sum over shards is what readers compare."""
    judgment = make.judgment()
    Stamp.objects.create(question=judgment.question, shard=99, changes=5)
    copy(judgment, rater=make.person_rater())
    assert changes(judgment.question) == 8


def pair_of(author: Author) -> ResponsePair:
    query = make.query()
    a, b = make.response(query=query), make.response(query=query, by=author)
    return ResponsePair.objects.create(query=query, a=a, b=b)


def test_whatever_a_report_reads_moves_its_stamp() -> None:
    """Items, truths, demographics, and what raters, authors and owners are called or are."""
    rater, author = make.judge(), make.author()
    item = make.item(subject=pair_of(author))
    make.judgment(item=item, rater=rater, role="machine")
    other = make.judgment().question
    untouched = changes(other)
    who = {"study": item.study, "participant": make.participant(), "key": "age_band"}
    moves: list[Callable[[], object]] = [
        lambda: make.item(question=item.question),
        lambda: Reference.objects.create(item=item, kind="gold", accepted=[1]),
        lambda: Reference.objects.update(accepted=[0]),
        lambda: Reference.objects.all().delete(),
        lambda: Demographic.objects.create(**who, value="18-29"),
        lambda: Demographic.objects.update(value="30-39"),
        lambda: Demographic.objects.all().delete(),
        lambda: update(author, family="llama"),
        lambda: update(rater, name="another"),
        lambda: update(rater, configuration={"family": "gpt"}),
        lambda: update(item.sheet, owner=make.person_rater()),
    ]
    for place, move in enumerate(moves):
        before = changes(item.question)
        move()
        assert changes(item.question) == before + 1, place
    assert changes(other) == untouched


def test_what_no_report_reads_moves_no_stamp() -> None:
    """A hidden sheet, an author's sampling, a rater's fingerprint: the same numbers."""
    rater, author = make.judge(), make.author()
    item = make.item(subject=pair_of(author))
    make.judgment(item=item, rater=rater, role="machine")
    before = changes(item.question)
    update(item.sheet, hidden_at=timezone.now())
    update(author, sampling={"temperature": 1})
    update(rater, fingerprint="other")
    assert changes(item.question) == before


@pytest.mark.parametrize("accepted", [[2], [0, 2], [-1]], ids=str)
def test_references_accept_options_only(accepted: list[int]) -> None:
    """What counts as right is among the options of the item's question."""
    item = make.item()
    reference = Reference.objects.create(item=item, kind="gold", accepted=[0, 1])
    with refused("reference_is_option"):
        update(reference, accepted=accepted)
    with refused("reference_is_option"):
        Reference.objects.create(item=item, kind="imported", accepted=accepted)
    update(reference, accepted=[1])


def test_references_accept_no_null() -> None:
    """An unknown value among the accepted ones is refused."""
    with refused("reference_is_option"):
        execute(
            "INSERT INTO annotation_reference (item_id, kind, accepted)"
            " VALUES (%s, 'gold', ARRAY[0, NULL])",
            make.item().pk,
        )


@pytest.mark.parametrize("role", ["third_party", "machine"])
def test_an_owner_is_no_stranger_to_their_own_item(role: str) -> None:
    """The owner of a sheet answers it in the first person, and in no other role."""
    owner = make.person_rater()
    item = make.item(sheet=make.sheet(owner=owner))
    with refused("judgment_role_fits"):
        make.judgment(item=item, rater=owner, role=role)
    make.judgment(item=item, rater=owner, role="first_person")


@pytest.mark.parametrize(
    ("kind", "right", "wrong"),
    [
        ("judge", "machine", "third_party"),
        ("model", "machine", "first_person"),
        ("baseline", "machine", "third_party"),
        ("position", "third_party", "machine"),
    ],
)
def test_the_role_follows_from_the_rater(kind: str, right: str, wrong: str) -> None:
    """No machine gets into a human panel, and no place in a list among the machines."""
    item, rater = make.item(), make.judge(kind=kind)
    with refused("judgment_role_fits"):
        make.judgment(item=item, rater=rater, role=wrong)
    make.judgment(item=item, rater=rater, role=right)

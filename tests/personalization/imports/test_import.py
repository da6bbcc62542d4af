"""Labels in a study: once, in one piece, and nothing forgotten."""

import pytest

from annotation.models import Item, Judgment, Question, Rater, Record, Reference, Sheet, Study
from personalization.agreement.frames import stamp
from personalization.imports.errors import ImportRefusedError
from tests import factories
from tests.personalization.imports.files import FIVE, answers, bring, faults, spec_of, table

pytestmark = pytest.mark.django_db
LABELS = table("x,ann,yes", "x,bob,no", "y,ann,no")
ITEMS = table("x,A sunny day", "y,A rainy day", heading="item,text")
TABLES = (Question, Record, Sheet, Item, Rater, Judgment, Reference)


def sizes() -> list[int]:
    return [table._default_manager.count() for table in TABLES]


def test_a_second_import_adds_nothing(study: Study) -> None:
    """The same file again is unchanged to the last row, and the stamp stays."""
    first = bring(study, LABELS)
    question, before = Question.objects.get(), sizes()
    stamped = stamp(question)
    again = bring(study, LABELS)
    assert (first.counts.new, first.counts.items, first.counts.raters) == (3, 2, 2)
    assert (again.counts.new, again.counts.unchanged, again.counts.items) == (0, 3, 0)
    assert (sizes(), stamp(question), again.new_version) == (before, stamped, False)


def test_a_changed_value_supersedes(study: Study) -> None:
    """The new answer counts, the old one is kept, and the stamp moves."""
    bring(study, LABELS)
    question = Question.objects.get()
    before = stamp(question)
    outcome = bring(study, table("x,ann,no", "x,bob,no", "y,ann,no"))
    assert answers() == {("x", "ann", "no"), ("x", "bob", "no"), ("y", "ann", "no")}
    assert (outcome.counts.new, outcome.counts.superseded, outcome.counts.unchanged) == (1, 1, 2)
    old = Judgment.objects.exclude(superseded_at=None).get()
    assert (old.value, old.rater.name) == (1, "ann")
    assert stamp(question) != before


def test_a_value_becomes_a_skip_and_comes_back(study: Study) -> None:
    """A reason replaces a value like any other answer; the history holds all three."""
    for value in ("yes", "skip", "yes"):
        bring(study, table(f"x,ann,{value}"))
    history = Judgment.objects.order_by("pk").values_list("value", "reason")
    assert list(history) == [(1, None), (None, "skipped"), (1, None)]
    assert answers() == {("x", "ann", "yes")}


def test_a_dry_run_keeps_nothing(study: Study) -> None:
    """It counts what it would do, and does not do it."""
    before = sizes()
    outcome = bring(study, LABELS, items=ITEMS, dry_run=True)
    assert (outcome.counts.new, outcome.counts.items) == (3, 2)
    assert sizes() == before


def test_strict_keeps_nothing_where_a_line_is_bad(study: Study) -> None:
    """One bad line refuses all, the question included; the lines are still named."""
    before = sizes()
    outcome = bring(study, table("x,ann,yes", "y,ann,maybe"), strict=True)
    assert (outcome.counts.bad, list(faults(outcome))) == (1, [("human.csv", 3)])
    assert sizes() == before
    bring(study, LABELS, strict=True)
    assert len(answers()) == 3


def test_a_kill_in_the_middle_leaves_nothing(study: Study) -> None:
    """Whatever stops an import while it reads, no row of it stays, and the next one works."""
    before = sizes()
    seen = 0

    def stop(read: int) -> None:
        nonlocal seen
        seen += read
        if seen > len(LABELS) // 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(study, LABELS, progress=stop)
    assert sizes() == before
    assert bring(study, LABELS).counts.new == 3


def test_a_file_refused_at_its_end_leaves_nothing(study: Study) -> None:
    """A wrong byte in the last line takes back all lines before it."""
    before = sizes()
    with pytest.raises(ImportRefusedError, match="line 5 is not UTF-8"):
        bring(study, LABELS.encode() + b"z,ann,\xff\n")
    assert sizes() == before


def test_a_bad_judges_file_takes_back_the_labels(study: Study) -> None:
    """The files of one import go in together or not at all."""
    before = sizes()
    with pytest.raises(ImportRefusedError, match=r"judges\.csv is empty"):
        bring(study, LABELS, judges="")
    assert sizes() == before


def test_the_texts_of_items(study: Study) -> None:
    """An item's fields are what it shows: not its name, its owner or its truth."""
    items = table("x,A sunny day,eve,yes", heading="item,text,owner,gold")
    columns = {"owner": "owner", "reference": "gold"}
    bring(study, table("x,ann,yes"), items=items, spec=spec_of(columns=columns))
    record = Record.objects.get()
    assert (record.key, record.fields) == ("x", {"text": "A sunny day"})


def test_items_may_come_alone(study: Study) -> None:
    """Items without labels make their rows; labels come later."""
    outcome = bring(study, items=ITEMS)
    assert (outcome.counts.items, outcome.counts.new) == (2, 0)
    assert bring(study, LABELS).counts.items == 0
    assert len(answers()) == 3


def test_labels_of_items_that_are_missing(study: Study) -> None:
    """Where items are given, a label of another item is named and left out."""
    outcome = bring(study, table("x,ann,yes", "z,ann,yes"), items=ITEMS)
    assert answers() == {("x", "ann", "yes")}
    assert faults(outcome) == {("human.csv", 3): "item z is not in items.csv."}
    later = table("w,A windy day", heading="item,text")
    assert bring(study, table("x,bob,no", "w,bob,no"), items=later).faults.count == 0


def test_an_item_written_twice(study: Study) -> None:
    """Equal lines are read once; of contradicting ones none is used, nor are their labels."""
    items = table("x,sun", "y,rain", "x,sun", "y,snow", heading="item,text")
    outcome = bring(study, LABELS, items=items)
    assert answers() == {("x", "ann", "yes"), ("x", "bob", "no")}
    assert faults(outcome) == {
        ("items.csv", 4): "repeats line 2 (x): read once.",
        ("items.csv", 3): "gives y another content than line 3 or later: none of them is used.",
        ("items.csv", 5): "gives y another content than line 3 or later: none of them is used.",
        ("human.csv", 4): "item y is not in items.csv.",
    }


def test_items_never_change(study: Study) -> None:
    """Another text under the same name is refused, and so is what is said about it."""
    bring(study, LABELS, items=ITEMS)
    changed = table("x,A cloudy day", "y,A rainy day", heading="item,text")
    outcome = bring(study, table("x,cat,no", "y,cat,no"), items=changed)
    assert Record.objects.get(key="x").fields == {"text": "A sunny day"}
    assert faults(outcome)["items.csv", 2].startswith("item x is already here with other content")
    assert faults(outcome)["human.csv", 2] == "item x has another content in items.csv than here."
    assert ("y", "cat", "no") in answers()


def test_positions_are_not_people(study: Study) -> None:
    """A place in a list is a rater without a person."""
    bring(study, LABELS, spec=spec_of(identity="positions"))
    assert Rater.objects.filter(kind="position", participant=None).count() == 2
    assert Rater.objects.count() == 2


def test_people_are_participants(study: Study) -> None:
    """A person who rated is one person in all questions of the study, and not in another study."""
    bring(study, LABELS)
    bring(study, LABELS, spec=spec_of(key="again"))
    assert Rater.objects.filter(kind="person", participant__isnull=False).count() == 2
    bring(factories.study(), LABELS)
    assert Rater.objects.count() == 4


def test_questions_about_one_record_share_its_sheet(study: Study) -> None:
    """Whoever gets the record gets all its questions."""
    bring(study, LABELS)
    bring(study, table("x,ann,4", "z,ann,2"), spec=spec_of(FIVE))
    on_x = Item.objects.filter(record__key="x")
    assert on_x.count() == 2
    assert len(set(on_x.values_list("sheet", flat=True))) == 1
    assert (Record.objects.count(), Sheet.objects.count()) == (3, 3)


def test_other_options_are_a_new_version(study: Study) -> None:
    """A used question never changes: its labels stay, and the new ones belong to version 2."""
    bring(study, LABELS)
    outcome = bring(study, table("x,ann,maybe"), spec=spec_of(options=["no", "maybe", "yes"]))
    assert (outcome.version, outcome.new_version) == (2, True)
    old, new = Question.objects.order_by("version")
    assert len(answers(old)) == 3
    assert answers(new) == {("x", "ann", "maybe")}


def test_an_older_version_is_found_again(study: Study) -> None:
    """The first file again, after a change of the question, still adds nothing."""
    bring(study, LABELS)
    bring(study, table("x,ann,maybe"), spec=spec_of(options=["no", "maybe", "yes"]))
    outcome = bring(study, LABELS)
    assert (outcome.version, outcome.counts.new, outcome.new_version) == (1, 0, False)
    assert Question.objects.count() == 2


@pytest.mark.parametrize("where", ["items", "human"])
def test_the_truth_of_items(study: Study, where: str) -> None:
    """A reference is kept beside the answers, from either file, and never as one."""
    spec = spec_of(columns={"reference": "gold"})
    if where == "items":
        items = table("x,yes", "y,", heading="item,gold")
        outcome = bring(study, LABELS, items=items, spec=spec)
    else:
        labels = table(
            "x,ann,yes,yes", "x,bob,no,yes", "y,ann,no,", heading="item,rater,value,gold"
        )
        outcome = bring(study, labels, spec=spec)
    found = Reference.objects.values_list("item__record__key", "kind", "accepted")
    assert list(found) == [("x", "imported", [1])]
    assert (outcome.counts.references, len(answers())) == (1, 3)


def test_a_changed_truth_supersedes(study: Study) -> None:
    """The new reference counts, the old one is kept, and reports are computed again."""
    spec = spec_of(columns={"reference": "gold"})
    stamps = []
    for gold in ("yes", "yes", "no"):
        bring(study, LABELS, items=table(f"x,{gold}", "y,", heading="item,gold"), spec=spec)
        stamps.append(stamp(Question.objects.get()))
    assert list(Reference.objects.order_by("pk").values_list("accepted", flat=True)) == [[1], [0]]
    assert Reference.objects.get(superseded_at=None).accepted == [0]
    assert stamps[0] == stamps[1] != stamps[2]


def test_an_item_has_one_truth(study: Study) -> None:
    """Two references for one item refuse the import, with the item and both."""
    labels = table("x,ann,yes,yes", "x,bob,no,no", heading="item,rater,value,gold")
    with pytest.raises(ImportRefusedError, match=r"item x has several references: 0, 1"):
        bring(study, labels, spec=spec_of(columns={"reference": "gold"}))


def test_a_truth_outside_the_options(study: Study) -> None:
    """The line of a reference that is no option is named."""
    items = table("x,maybe", "y,no", heading="item,gold")
    outcome = bring(study, items=items, spec=spec_of(columns={"reference": "gold"}))
    assert "the value 'maybe' is not among the options" in faults(outcome)["items.csv", 2]


def test_labels_of_several_files_add_up(study: Study) -> None:
    """What another file says of other raters is added; nothing of the first one is lost."""
    bring(study, table("x,ann,yes"))
    bring(study, table("x,bob,no"))
    assert answers() == {("x", "ann", "yes"), ("x", "bob", "no")}


def test_fields_keep_the_order_of_the_file(study: Study) -> None:
    """A card reads as its line did, the long name first; the same texts again change nothing."""
    items = table("x,Say hello,hi,ho", heading="item,instruction,response_1,a")
    for _time in range(2):
        outcome = bring(study, table("x,ann,yes"), items=items)
        assert outcome.counts.bad == 0
    assert list(Record.objects.get().fields) == ["instruction", "response_1", "a"]

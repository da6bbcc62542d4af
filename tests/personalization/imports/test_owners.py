"""Items about a person: the owner's own answers are first person, and never anything else."""

import pytest

from annotation.models import Judgment, Rater, Record, Study
from personalization.agreement import report
from personalization.imports.errors import ImportRefusedError
from tests.personalization.imports.files import answers, bring, faults, spec_of, table

pytestmark = pytest.mark.django_db
SPEC = spec_of(columns={"owner": "owner"})
HEADING = "item,rater,value,owner"


def roles() -> set[tuple[str, str, str]]:
    found = Judgment.objects.values_list("item__record__key", "rater__name", "role")
    return {(str(item), rater, role) for item, rater, role in found}


@pytest.mark.parametrize("where", ["items", "human"])
def test_the_owners_answer_is_first_person(study: Study, where: str) -> None:
    """The role follows from who the item is about, whichever file says so."""
    if where == "items":
        items = table("x,eve", "y,bob", heading="item,owner")
        bring(study, table("x,eve,yes", "x,bob,no", "y,bob,no"), items=items, spec=SPEC)
    else:
        labels = table("x,eve,yes,eve", "x,bob,no,eve", "y,bob,no,bob", heading=HEADING)
        bring(study, labels, spec=SPEC)
    assert roles() == {
        ("x", "eve", "first_person"), ("x", "bob", "third_party"), ("y", "bob", "first_person"),
    }  # fmt: skip


def test_labels_name_the_owner_that_items_leave_open(study: Study) -> None:
    """An items file without owners does not make strangers of them."""
    items = table("x,sun", heading="item,text")
    bring(study, table("x,eve,yes,eve", heading=HEADING), items=items, spec=SPEC)
    assert roles() == {("x", "eve", "first_person")}


def test_an_owner_who_never_rates(study: Study) -> None:
    """Owners are people of the study, also where they answer nothing."""
    bring(study, table("x,ann,yes,eve", heading=HEADING), spec=SPEC)
    eve = Rater.objects.get(name="eve")
    assert Record.objects.get().participant == eve.participant
    assert roles() == {("x", "ann", "third_party")}


def test_an_item_has_one_owner(study: Study) -> None:
    """Two owners of one item refuse the import, with the item and both names."""
    labels = table("x,ann,yes,eve", "x,bob,no,bob", heading=HEADING)
    with pytest.raises(ImportRefusedError, match=r"item x has several owners: bob, eve\."):
        bring(study, labels, spec=SPEC)


@pytest.mark.parametrize("first", ["x,ann,yes,", "x,ann,yes,bob"], ids=["none", "another"])
def test_an_owner_does_not_change(study: Study, first: str) -> None:
    """What the item is about is fixed: a later owner is named by line, and nothing is guessed."""
    bring(study, table(first, heading=HEADING), spec=SPEC)
    outcome = bring(study, table("x,eve,yes,eve", "z,eve,no,eve", heading=HEADING), spec=SPEC)
    assert ("z", "eve", "no") in answers()
    assert ("x", "eve", "yes") not in answers()
    assert faults(outcome) == {
        ("human.csv", 2): "item x is already here with another owner, or with none."
    }


def test_items_keep_their_owner(study: Study) -> None:
    """An items file that gives an item to another person is told so."""
    bring(study, items=table("x,eve", heading="item,owner"), spec=SPEC)
    outcome = bring(study, items=table("x,bob", heading="item,owner"), spec=SPEC)
    assert "is already here with other content" in faults(outcome)["items.csv", 2]


def test_intervals_are_by_owner(study: Study) -> None:
    """Items with owners are drawn owner by owner, and the record says so."""
    lines = [
        f"{item},{rater},{'yes' if (item + len(rater)) % 3 else 'no'},owner-{item % 12}"
        for item in range(48)
        for rater in ("ann", "robert")
    ]
    bring(study, table(*lines, heading=HEADING), spec=SPEC)
    found = report.of_question(study.questions.get()).records
    alpha = next(one for one in found if one.statistic == "krippendorff_alpha")
    assert alpha.panel == "third_party"
    assert str(alpha.method).startswith("owner bootstrap, B=1000")

"""Lists of queries in a study: their origin, each text once, and what is in use stays."""

import pytest

from annotation import models as m
from annotation.query_files import Read
from annotation.query_lists import (
    ListRefusedError,
    Provenance,
    add_list,
    delete_list,
    lists,
)
from tests import factories as make

pytestmark = pytest.mark.django_db
LIMA = Provenance("LIMA", "CC BY-NC-SA", source="a paper", url="https://example.org", note="all")


def rows(*texts: str, keys: tuple[str, ...] = ()) -> list[Read]:
    """Return queries as they are read from a file."""
    given = [*keys, *[""] * len(texts)]
    return [Read(line, text, given[line - 1]) for line, text in enumerate(texts, 1)]


def test_a_list_with_its_origin() -> None:
    """The same again adds nothing; a text twice in the file, or there before, counts once."""
    study = make.study()
    old = make.query(study=study, text="Old?")
    added = add_list(study, LIMA, rows("New?", "Old?", "Newer?", "New?"))
    assert (added.new, added.known) == (2, 2)
    again = add_list(study, LIMA, rows("New?", "Old?", "Newer?", "New?"))
    assert (again.new, again.known, again.of_list) == (0, 4, added.of_list)
    found = study.queries.filter(list=added.of_list).order_by("pk")
    assert [(one.key, one.text) for one in found] == [("q1", "New?"), ("q2", "Newer?")]
    assert {(one.source, one.licence) for one in found} == {("a paper", "CC BY-NC-SA")}
    old.refresh_from_db()
    assert old.list is None
    kept = added.of_list
    assert (kept.url, kept.note) == ("https://example.org", "all")


def test_keys_of_their_own() -> None:
    """Given keys are kept; numbers go on around them."""
    study = make.study()
    add_list(study, LIMA, rows("A?", "B?", "C?", keys=("q2", "lima-9")))
    found = study.queries.order_by("pk").values_list("key", "text")
    assert list(found) == [("q2", "A?"), ("lima-9", "B?"), ("q1", "C?")]


def test_a_key_of_another_query_refuses_all() -> None:
    """Said by line; nothing is added, not even the list."""
    study = make.study()
    make.query(study=study, text="Old?")
    key = study.queries.get().key
    with pytest.raises(ListRefusedError) as caught:
        add_list(study, LIMA, rows("A?", "B?", "C?", "D?", keys=("x", "x", key, "y")))
    assert [one.line for one in caught.value.faults] == [2, 3]
    assert caught.value.faults[0].said.startswith("The key x is another query's already.")
    assert study.queries.count() == 1
    assert not study.query_lists.exists()


def test_a_name_stands_for_one_origin() -> None:
    study = make.study()
    add_list(study, LIMA, rows("A?"))
    with pytest.raises(ListRefusedError, match="There is a list LIMA with another source or lic"):
        add_list(study, Provenance("LIMA", "MIT", source="a paper"), rows("B?"))
    with pytest.raises(ListRefusedError, match="An address begins with https://"):
        add_list(study, Provenance("Other", "MIT", url="javascript:alert(1)"), rows("B?"))
    # In another study it may.
    assert add_list(make.study(), Provenance("LIMA", "MIT"), rows("B?")).new == 1


def test_counts_and_use() -> None:
    study = make.study()
    of_list = add_list(study, LIMA, rows("A?", "B?", "C?")).of_list
    used = study.queries.order_by("pk")[0]
    make.relevance_pair(query=used)
    make.relevance_pair(query=used)
    make.response(query=study.queries.order_by("pk")[1])
    assert list(lists(study).values_list("pk", "count", "used")) == [(of_list.pk, 3, 2)]
    assert not delete_list(of_list)
    assert study.queries.count() == 3


def test_an_unused_list_goes_with_its_queries() -> None:
    study = make.study()
    make.query(study=study)
    assert delete_list(add_list(study, LIMA, rows("A?", "B?")).of_list)
    assert study.queries.count() == 1
    assert not m.QueryList.objects.exists()

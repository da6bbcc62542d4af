"""Setting a study up: consent texts, queries, closing."""

import pytest

from annotation import preparation
from annotation.models import Query
from tests import factories as make

pytestmark = pytest.mark.django_db


def test_versions_of_the_consent_text_go_up() -> None:
    """The old one stays as it was."""
    study = make.study()
    for number, text in enumerate(("One.", "Two."), 1):
        published = preparation.publish_consent(study, text, "")
        assert published is not None
        assert published.version == number
    assert [one.text for one in study.consent_texts.order_by("version")] == ["One.", "Two."]


def test_the_same_text_is_no_new_version() -> None:
    """A form sent twice makes one version; another provider makes another."""
    study = make.study()
    assert preparation.publish_consent(study, "One.", "A Ltd.") is not None
    assert preparation.publish_consent(study, "One.", "A Ltd.") is None
    assert preparation.publish_consent(study, "One.", "B Ltd.") is not None


def test_queries_are_numbered_on() -> None:
    """Keys of other kinds are left alone; a text that is there is not added again."""
    study = make.study()
    Query.objects.create(study=study, key="q7", text="Old?")
    Query.objects.create(study=study, key="q99999999999", text="Foreign?")
    added = preparation.add_queries(study, ["Old?", "New?", "Newer?", "New?"], "us", "CC0")
    assert added == preparation.Added(2, 2)
    new = study.queries.filter(source="us", licence="CC0")
    assert sorted(new.values_list("key", "text")) == [("q8", "New?"), ("q9", "Newer?")]


def test_the_same_text_may_stand_in_two_studies() -> None:
    first, second = make.study(), make.study()
    for study in (first, second):
        assert preparation.add_queries(study, ["Where?"], "", "").new == 1


def test_only_unused_queries_go() -> None:
    free, used = make.query(), make.relevance_pair().query
    assert preparation.delete_query(free) is True
    assert preparation.delete_query(used) is False
    assert list(Query.objects.all()) == [used]


def test_closing_and_opening_again() -> None:
    """Closing twice keeps the first time."""
    study = make.study()
    preparation.close(study)
    study.refresh_from_db()
    first = study.closed_at
    preparation.close(study)
    study.refresh_from_db()
    assert study.closed_at == first is not None
    preparation.reopen(study)
    study.refresh_from_db()
    assert study.closed_at is None

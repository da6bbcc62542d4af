"""For any small table: what is imported is the table, whatever the order of its lines."""

from collections import defaultdict

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from annotation.models import Study
from tests import factories
from tests.personalization.imports.files import answers, bring, table

Row = tuple[str, str, str]
ROW = st.tuples(
    st.sampled_from("uvwxyz"),
    st.sampled_from(["ann", "bob", "cat"]),
    st.sampled_from(["no", "yes"]),
)
TABLES = st.lists(ROW, min_size=1, max_size=14)


def certain(rows: list[Row]) -> set[Row]:
    """Return what a table says without contradicting itself."""
    said = defaultdict(set)
    for item, rater, value in rows:
        said[item, rater].add(value)
    return {(*who, min(values)) for who, values in said.items() if len(values) == 1}


def lines(rows: list[Row]) -> str:
    return table(*map(",".join, rows))


class ImportedTables(TestCase):
    """A TestCase, so that every example starts from an empty database."""

    def imported(self, *files: list[Row]) -> set[Row]:
        study: Study = factories.study()
        for rows in files:
            bring(study, lines(rows))
        return answers(study.questions.get())

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TABLES, st.randoms())
    def test_the_labels_are_the_table(self, rows: list[Row], random: object) -> None:
        """All that is not contradicted goes in, in any order, and a second time adds nothing."""
        shuffled = list(rows)
        random.shuffle(shuffled)  # type: ignore[attr-defined]
        assert self.imported(rows) == certain(rows)
        assert self.imported(shuffled) == certain(rows)
        assert self.imported(rows, shuffled) == certain(rows)

    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    @given(TABLES, st.integers(1, 5))
    def test_parts_add_up(self, rows: list[Row], size: int) -> None:
        """Without contradictions, a table in parts is the table in one."""
        clean = sorted(certain(rows))
        parts = [clean[start : start + size] for start in range(0, len(clean), size)]
        if parts:
            assert self.imported(*parts) == set(clean)

"""From the temporary tables to the spine, in set-based SQL: cost per row does not grow."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from annotation.models.rater import RaterKind
from personalization.imports import statements
from personalization.imports.item_loading import ItemLoading, repeat


@dataclass(slots=True)
class Loading(ItemLoading):
    """One import of labels, staged, on its way into the spine."""

    def run(self) -> None:
        """Check the lines against each other and the study, then add what is new."""
        self.execute(statements.PREPARE)
        self._leave_out_repeats()
        self.match()
        self._add_raters()
        self.execute(statements.RECORDS)
        self.add_items()
        self.add_references()
        self._add_answers()

    def _leave_out_repeats(self) -> None:
        self.execute(statements.REPEATS)
        for judge, line, item, rater, first, contradictory in self.left_out(
            "staged_repeat", "judge, line, item, rater, first_line, contradictory"
        ):
            self.fault(judge, line, repeat(contradictory, first, item=item, rater=rater))

    def _add_raters(self) -> None:
        human = RaterKind.POSITION if self.positions else RaterKind.PERSON
        self.add_raters(human, "SELECT DISTINCT rater FROM staged_label WHERE NOT judge")
        self.add_raters(
            RaterKind.PERSON, "SELECT DISTINCT owner FROM staged_item WHERE owner IS NOT NULL"
        )
        self.add_raters(RaterKind.JUDGE, "SELECT DISTINCT rater FROM staged_label WHERE judge")

    def _add_answers(self) -> None:
        self.execute(statements.RUNS)
        self.execute(statements.RATERS)
        self.execute(statements.ANSWERS)
        self.execute(statements.CHANGED_VERDICTS)
        for line, item, rater in self.left_out("staged_changed_verdict", "line, item, rater"):
            self.fault(
                True,
                line,
                _("judge %(rater)s has already answered item %(item)s otherwise:"
                  " import the new answers under another judge name.")
                % {"rater": rater, "item": item},
            )  # fmt: skip
        self.counts.superseded = self.execute(statements.SUPERSEDE)
        self.counts.new = self.execute(statements.JUDGMENTS)
        self.execute(statements.VERDICTS)
        self.cursor.execute("SELECT count(*), count(reason) FROM staged_answer")
        answers, self.counts.without_value = self.cursor.fetchone() or (0, 0)
        self.counts.unchanged = answers - self.counts.new
        self.execute(statements.CLEAR)

"""From the temporary tables to the spine, in set-based SQL: cost per row does not grow."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from annotation.models import Participant, Question, Rater, Study
from annotation.models.rater import RaterKind
from personalization.imports import statements
from personalization.imports.errors import ImportRefusedError
from personalization.imports.outcome import KEPT_FAULTS, Counts, Faults


@dataclass(slots=True)
class Loading:
    """One import, staged, on its way into the spine."""

    cursor: CursorWrapper
    study: Study
    question: Question
    stage: str
    positions: bool
    files: dict[str, str]  # items, human, judges -> file name, where given
    counts: Counts
    faults: Faults

    def run(self) -> None:
        """Check the lines against each other and the study, then add what is new."""
        self._execute(statements.PREPARE)
        self._leave_out_repeats()
        self._match_items()
        self._refuse_disputed("owner", _("owners"))
        self._refuse_disputed("reference", _("references"))
        self._add_raters()
        self._execute(statements.RECORDS)
        self._execute(statements.SHEETS)
        self.counts.items = self._execute(statements.ITEMS)
        if self.counts.items >= statements.MANY_ITEMS:
            self._execute(statements.LEARN)
        self._execute(statements.PLACES)
        self._execute(statements.CHANGED_REFERENCES)
        self.counts.references = self._execute(statements.REFERENCES)
        if self.counts.items or self.counts.references:
            self._execute(statements.STAMP)
        self._add_answers()

    def _execute(self, sql: str) -> int:
        self.cursor.execute(sql, self._parameters())
        return int(self.cursor.rowcount)

    def _parameters(self) -> dict[str, str | int]:
        return {
            "study": self.study.pk,
            "question": self.question.pk,
            "stage": self.stage,
            "person": self._prefix(RaterKind.PERSON),
            "human": self._prefix(RaterKind.POSITION if self.positions else RaterKind.PERSON),
            "judge": self._prefix(RaterKind.JUDGE),
        }

    def _prefix(self, kind: RaterKind) -> str:
        return f"imported:{self.study.name}:{kind}:"

    def _rows(self, sql: str) -> Iterator[tuple[object, ...]]:
        self.cursor.execute(sql)
        yield from self.cursor.fetchall()

    def _left_out(self, table: str, columns: str) -> Iterator[tuple[object, ...]]:
        """Yield the lines that `table` names, as many as are told; the others are counted."""
        first = f"SELECT {columns} FROM {table} ORDER BY 1, 2 LIMIT {KEPT_FAULTS}"  # noqa: S608
        yield from self._rows(first)
        self.cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own tables
        (count,) = self.cursor.fetchone() or (0,)
        self.faults.add_unnamed(max(0, count - KEPT_FAULTS))

    def _fault(self, judge: object, line: object, message: str) -> None:
        file = self.files["judges" if judge else "human"]
        self.faults.add(file, int(str(line)), message)

    def _leave_out_repeats(self) -> None:
        self._execute(statements.REPEATED_ITEMS)
        for line, key, first, contradictory in self._left_out(
            "staged_item_repeat", "line, key, first_line, contradictory"
        ):
            self.faults.add(
                self.files["items"], int(str(line)), _repeat(contradictory, first, item=key)
            )
        self._execute(statements.REPEATS)
        for judge, line, item, rater, first, contradictory in self._left_out(
            "staged_repeat", "judge, line, item, rater, first_line, contradictory"
        ):
            self._fault(judge, line, _repeat(contradictory, first, item=item, rater=rater))

    def _match_items(self) -> None:
        self._execute(statements.OWNERS_OF_LABELS)
        self._execute(statements.CHANGED_ITEMS)
        for line, key in self._left_out("staged_item_changed", "line, key"):
            self.faults.add(
                self.files["items"],
                int(str(line)),
                _("item %(item)s is already here with other content, and items never change:"
                  " import it into another study or under another id.") % {"item": key},
            )  # fmt: skip
        if "items" in self.files:
            self._leave_out_strays()
        else:
            self._execute(statements.ITEMS_OF_LABELS)
        self._execute(statements.OTHER_OWNERS)
        for judge, line, item in self._left_out("staged_disowned", "judge, line, item"):
            message = _("item %(item)s is already here with another owner, or with none.")
            self._fault(judge, line, message % {"item": item})

    def _leave_out_strays(self) -> None:
        self._execute(statements.UNKNOWN_ITEMS)
        for judge, line, item, changed in self._left_out(
            "staged_stray", "judge, line, item, changed"
        ):
            message = (
                _("item %(item)s has another content in %(file)s than here.")
                if changed
                else _("item %(item)s is not in %(file)s.")
            )
            self._fault(judge, line, message % {"item": item, "file": self.files["items"]})

    def _refuse_disputed(self, column: str, what: str) -> None:
        disputed = list(self._rows(statements.DISPUTED.format(column=column)))
        if disputed:
            raise ImportRefusedError(
                *(
                    _("item %(item)s has several %(what)s: %(values)s. An item has one.")
                    % {"item": item, "what": what, "values": ", ".join(map(str, _listed(values)))}
                    for item, values in disputed
                )
            )

    def _add_raters(self) -> None:
        human = RaterKind.POSITION if self.positions else RaterKind.PERSON
        self._add(human, "SELECT DISTINCT rater FROM staged_label WHERE NOT judge")
        self._add(
            RaterKind.PERSON, "SELECT DISTINCT owner FROM staged_item WHERE owner IS NOT NULL"
        )
        self._add(RaterKind.JUDGE, "SELECT DISTINCT rater FROM staged_label WHERE judge")

    def _add(self, kind: RaterKind, names: str) -> None:
        wanted = {f"{self._prefix(kind)}{name}": str(name) for (name,) in self._rows(names)}
        known = set(
            Rater.objects.filter(fingerprint__in=wanted).values_list("fingerprint", flat=True)
        )
        new = {
            fingerprint: name for fingerprint, name in wanted.items() if fingerprint not in known
        }
        people = _people(len(new)) if kind == RaterKind.PERSON else [None] * len(new)
        Rater.objects.bulk_create(
            Rater(kind=kind, name=name, fingerprint=fingerprint, participant=person)
            for (fingerprint, name), person in zip(sorted(new.items()), people, strict=True)
        )
        self.counts.raters += len(new)

    def _add_answers(self) -> None:
        self._execute(statements.RUNS)
        self._execute(statements.RATERS)
        self._execute(statements.ANSWERS)
        self._execute(statements.CHANGED_VERDICTS)
        for line, item, rater in self._left_out("staged_changed_verdict", "line, item, rater"):
            self._fault(
                True,
                line,
                _("judge %(rater)s has already answered item %(item)s otherwise:"
                  " import the new answers under another judge name.")
                % {"rater": rater, "item": item},
            )  # fmt: skip
        self.counts.superseded = self._execute(statements.SUPERSEDE)
        self.counts.new = self._execute(statements.JUDGMENTS)
        self._execute(statements.VERDICTS)
        self.cursor.execute("SELECT count(*), count(reason) FROM staged_answer")
        answers, self.counts.without_value = self.cursor.fetchone() or (0, 0)
        self.counts.unchanged = answers - self.counts.new
        self._execute(statements.CLEAR)


def _repeat(contradictory: object, first: object, **names: object) -> str:
    what = ", ".join(str(name) for name in names.values())
    if contradictory:
        return _(
            "gives %(what)s another content than line %(first)s or later: none of them is used."
        ) % {"what": what, "first": first}
    return _("repeats line %(first)s (%(what)s): read once.") % {"what": what, "first": first}


def _listed(values: object) -> list[object]:
    return [value for value in values if value is not None] if isinstance(values, list) else []


def _people(count: int) -> list[Participant]:
    return Participant.objects.bulk_create(Participant() for _index in range(count))

"""Items of an import: matched with those of the study, and added where they are new."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.backends.utils import CursorWrapper
from django.utils.translation import gettext as _

from annotation.models import Participant, Question, Rater, Study
from annotation.models.rater import RaterKind
from personalization.imports import statements
from personalization.imports.errors import ImportRefusedError
from personalization.imports.outcome import KEPT_FAULTS, Counts, Faults


@dataclass(slots=True)
class ItemLoading:
    """One import, staged, on its way into the spine: what labels and verdicts have in common."""

    cursor: CursorWrapper
    study: Study
    question: Question
    stage: str
    positions: bool
    files: dict[str, str]  # items, human, judges -> file name, where given
    counts: Counts
    faults: Faults

    def match(self) -> None:
        """Check the lines about items against each other and the study."""
        self.execute(statements.REPEATED_ITEMS)
        for line, key, first, contradictory in self.left_out(
            "staged_item_repeat", "line, key, first_line, contradictory"
        ):
            self.faults.add(
                self.files["items"], int(str(line)), repeat(contradictory, first, item=key)
            )
        self._match_items()
        self.refuse_disputed("owner", _("owners"))
        self.refuse_disputed("reference", _("references"))

    def add_items(self) -> None:
        """Add the items that are new, each on the sheet of its record."""
        self.execute(statements.SHEETS)
        self.counts.items = self.execute(statements.ITEMS)
        if self.counts.items >= statements.MANY_ITEMS:
            self.execute(statements.LEARN)
        self.execute(statements.PLACES)

    def add_references(self) -> None:
        """Add what is known to be right, and tell reports of what is new."""
        self.execute(statements.CHANGED_REFERENCES)
        self.counts.references = self.execute(statements.REFERENCES)
        if self.counts.items or self.counts.references:
            self.execute(statements.STAMP)

    def _match_items(self) -> None:
        self.execute(statements.OWNERS_OF_LABELS)
        self.execute(statements.CHANGED_ITEMS)
        for line, key in self.left_out("staged_item_changed", "line, key"):
            self.faults.add(
                self.files["items"],
                int(str(line)),
                _("item %(item)s is already here with other content, and items never change:"
                  " import it into another study or under another id.") % {"item": key},
            )  # fmt: skip
        if "items" in self.files:
            self._leave_out_strays()
        else:
            self.execute(statements.ITEMS_OF_LABELS)
        self.execute(statements.OTHER_OWNERS)
        for judge, line, item in self.left_out("staged_disowned", "judge, line, item"):
            message = _("item %(item)s is already here with another owner, or with none.")
            self.fault(judge, line, message % {"item": item})

    def _leave_out_strays(self) -> None:
        self.execute(statements.UNKNOWN_ITEMS)
        for judge, line, item, changed in self.left_out(
            "staged_stray", "judge, line, item, changed"
        ):
            message = (
                _("item %(item)s has another content in %(file)s than here.")
                if changed
                else _("item %(item)s is not in %(file)s.")
            )
            self.fault(judge, line, message % {"item": item, "file": self.files["items"]})

    def refuse_disputed(self, column: str, what: str) -> None:
        """Refuse the import where lines name several values for what an item has one of."""
        disputed = list(self.rows(statements.DISPUTED.format(column=column)))
        if disputed:
            raise ImportRefusedError(
                *(
                    _("item %(item)s has several %(what)s: %(values)s. An item has one.")
                    % {"item": item, "what": what, "values": ", ".join(map(str, _listed(values)))}
                    for item, values in disputed
                )
            )

    def add_raters(
        self, kind: RaterKind, names: str, configuration: dict[str, Any] | None = None
    ) -> None:
        """Add the raters whom the query `names` tells and who are not there yet."""
        wanted = {f"{self.prefix(kind)}{name}": str(name) for (name,) in self.rows(names)}
        known = set(
            Rater.objects.filter(fingerprint__in=wanted).values_list("fingerprint", flat=True)
        )
        new = {
            fingerprint: name for fingerprint, name in wanted.items() if fingerprint not in known
        }
        people = _people(len(new)) if kind == RaterKind.PERSON else [None] * len(new)
        Rater.objects.bulk_create(
            Rater(
                kind=kind,
                name=name,
                fingerprint=fingerprint,
                participant=person,
                configuration=configuration or {},
            )
            for (fingerprint, name), person in zip(sorted(new.items()), people, strict=True)
        )
        self.counts.raters += len(new)

    def execute(self, sql: str) -> int:
        """Run a statement with the import's parameters; return how many rows it touched."""
        self.cursor.execute(sql, self.parameters())
        return int(self.cursor.rowcount)

    def parameters(self) -> dict[str, Any]:
        """Return what the statements are told of this import."""
        return {
            "study": self.study.pk,
            "question": self.question.pk,
            "stage": self.stage,
            "person": self.prefix(RaterKind.PERSON),
            "human": self.prefix(RaterKind.POSITION if self.positions else RaterKind.PERSON),
            "judge": self.prefix(RaterKind.JUDGE),
        }

    def prefix(self, kind: RaterKind) -> str:
        """Return what stands before a name in the fingerprint of an imported rater."""
        return f"imported:{self.study.name}:{kind}:"

    def rows(self, sql: str) -> Iterator[tuple[object, ...]]:
        """Yield what a query gives."""
        self.cursor.execute(sql)
        yield from self.cursor.fetchall()

    def left_out(self, table: str, columns: str) -> Iterator[tuple[object, ...]]:
        """Yield the lines that `table` names, as many as are told; the others are counted."""
        first = f"SELECT {columns} FROM {table} ORDER BY 1, 2 LIMIT {KEPT_FAULTS}"  # noqa: S608
        yield from self.rows(first)
        self.cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - our own tables
        (count,) = self.cursor.fetchone() or (0,)
        self.faults.add_unnamed(max(0, count - KEPT_FAULTS))

    def fault(self, judge: object, line: object, message: str) -> None:
        """Note a line of the judges' file, or of the people's."""
        file = self.files["judges" if judge else "human"]
        self.faults.add(file, int(str(line)), message)


def repeat(contradictory: object, first: object, **names: object) -> str:
    """Say that a line tells again what another one has told, or the opposite."""
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

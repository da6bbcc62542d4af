"""From checked lines to responses and the arms that wrote them, some hundred lines at a time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from django.utils import timezone
from django.utils.translation import gettext as _

from annotation.models import Author, Query, Response, Study
from annotation.models.response import AuthorKind
from personalization.generation.authors import family
from personalization.generation.leaks import Written as Leaking
from personalization.generation.leaks import leaks
from personalization.imports.errors import LineError
from personalization.imports.outcome import OutputCounts
from personalization.imports.output_arms import ArmSaid, arm_of_responses
from personalization.imports.output_lookup import Attributes, standing
from personalization.imports.output_people import Person
from personalization.imports.response_lines import Writer, Written
from personalization.models import Arm, ArmResponse, Generation

MOST_ARMS = 100


@dataclass(frozen=True, slots=True)
class Placed:
    """A line with its person, if it is for one, and its query."""

    line: int
    person: Person | None
    query: int
    written: Written

    @property
    def place(self) -> tuple[int | None, int]:
        """Return what an arm writes one response for."""
        return (self.person.participant if self.person else None, self.query)


@dataclass(slots=True)
class Loading:
    """All lines of an import on their way into the tables; authors and arms are made once."""

    study: Study
    said: ArmSaid
    counts: OutputCounts
    attributes: Attributes
    arms: dict[tuple[str, ...], Arm] = field(default_factory=dict)
    authors: dict[tuple[str, ...], Author] = field(default_factory=dict)

    def add(self, lines: Sequence[Placed]) -> Iterator[tuple[int, str]]:
        """Add the responses, and yield the number and fault of each line that cannot be added."""
        # Only where attributes are named at all, which few files do.
        naming = [one.person for one in lines if one.person and one.written.attributes]
        self.attributes.load(one.participant for one in naming)
        queries = Query.objects.in_bulk({one.query for one in lines})
        there = self._there({one.query for one in lines})
        responses: list[Response] = []
        held: list[ArmResponse] = []
        rows: list[Generation] = []
        for one in lines:
            try:
                arm, author = self._arm(one), self._author(one.written.writer)
                given = [
                    standing(self.attributes.named(one.person, name))
                    for name in one.written.attributes
                    if one.person
                ]
                known = there.get((arm.pk, *one.place))
                if known is not None:
                    _check(known, one.written.text, arm)
                    self.counts.unchanged += 1
                    continue
            except LineError as fault:
                yield one.line, str(fault)
                continue
            response = Response(
                query_id=one.query,
                participant_id=one.person.participant if one.person else None,
                author=author,
                condition=one.written.condition,
                text=one.written.text,
            )
            there[arm.pk, *one.place] = one.written.text
            responses.append(response)
            held.append(ArmResponse(arm=arm, response=response))
            found = leaks(
                Leaking(
                    one.written.text,
                    queries[one.query].text,
                    model=author.name if author.kind == AuthorKind.MODEL else "",
                    given=[each.text for each in given],
                )
            )
            self.counts.leaks += bool(found)
            if one.person:
                rows.append(
                    Generation(
                        arm=arm,
                        enrollment_id=one.person.enrollment,
                        query_id=one.query,
                        condition=one.written.condition,
                        attributes=[each.pk for each in given],
                        leaks=found,
                        response=response,
                        settled_at=timezone.now(),
                    )
                )
        Response.objects.bulk_create(responses)
        ArmResponse.objects.bulk_create(held)
        Generation.objects.bulk_create(rows)
        self.counts.new += len(responses)

    def _there(self, queries: set[int]) -> dict[tuple[int, int | None, int], str]:
        """Return what the arms have written for these queries so far."""
        rows = ArmResponse.objects.filter(
            arm__study=self.study, response__query__in=queries
        ).values_list("arm", "response__participant", "response__query", "response__text")
        return {(arm, person, query): text for arm, person, query, text in rows}

    def _arm(self, one: Placed) -> Arm:
        writer = one.written.writer
        model = writer.name if writer.kind == AuthorKind.MODEL else ""
        sampling = writer.sampling if writer.kind == AuthorKind.MODEL else {}
        which = (writer.kind, model, repr(sorted(sampling.items())), one.written.condition)
        if which not in self.arms:
            if len(self.arms) == MOST_ARMS:
                raise LineError(
                    _("has another author than %(count)d lines before: too many for one file.")
                    % {"count": MOST_ARMS}
                )
            self.arms[which] = arm_of_responses(
                self.study,
                self.said,
                one.written.condition,
                AuthorKind(writer.kind),
                model,
                sampling,
            )
        return self.arms[which]

    def _author(self, writer: Writer) -> Author:
        which = (writer.kind, writer.name, repr(sorted(writer.sampling.items())))
        if which not in self.authors:
            of_model = writer.kind == AuthorKind.MODEL
            self.authors[which], _new = Author.objects.get_or_create(
                kind=writer.kind,
                name=writer.name,
                sampling=writer.sampling,
                defaults={"family": writer.family or (family(writer.name) if of_model else "")},
            )
        return self.authors[which]


def _check(known: str, text: str, arm: Arm) -> None:
    if known != text:
        raise LineError(
            _(
                "the arm %(arm)s has another response for this participant and query: import it"
                " under another name."
            )
            % {"arm": arm.name}
        )

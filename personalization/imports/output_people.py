"""Whose outputs a line brings: the people of a study by their names, and who may not be named."""

from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from annotation.models import Enrollment, Study
from annotation.models.person import Scope
from personalization.imports.cells import LONGEST_NAME, shortened
from personalization.imports.errors import LineError
from personalization.imports.output_cells import needed
from personalization.imports.reading import Row
from personalization.releases import pseudonyms


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a study; `barred` says why nothing made elsewhere may be added about them."""

    enrollment: int
    participant: int
    barred: str = ""


@dataclass(frozen=True, slots=True)
class People:
    """Everybody in a study, by the pseudonym that its pages show and by that of its exports."""

    by_name: dict[str, Person] = field(default_factory=dict)

    @classmethod
    def of(cls, study: Study) -> "People":
        """Look them up once for an import."""
        key = pseudonyms.key(study.name)
        found: dict[str, Person] = {}
        enrollments = Enrollment.objects.filter(study=study).select_related("participant")
        for one in enrollments.iterator():
            person = Person(one.pk, one.participant_id, _barred(one))
            found[one.participant.pseudonym] = person
            found[pseudonyms.person(key, one.participant_id)] = person
        return cls(found)

    def of_row(self, row: Row) -> Person:
        """Return the person that a line names; LineError for nobody, and for somebody who left."""
        name = needed(row, "participant", LONGEST_NAME)
        person = self.by_name.get(name)
        if person is None:
            raise LineError(
                _(
                    "participant %(name)s is nobody in this study: write the pseudonym that an"
                    " export or the page People shows."
                )
                % {"name": shortened(name)}
            )
        if person.barred:
            raise LineError(
                _("participant %(name)s %(why)s: nothing about them is added.")
                % {"name": shortened(name), "why": person.barred}
            )
        return person


def _barred(one: Enrollment) -> str:
    if one.preview:
        return _("is a researcher who looks at sheets")
    if one.withdrawn_at is not None:
        return _("has left the study")
    if one.declined_at is not None:
        return _("did not agree to take part")
    if one.consented_at is not None and Scope.RELEASE not in one.scopes:
        return _("did not agree that texts leave this place")
    return ""

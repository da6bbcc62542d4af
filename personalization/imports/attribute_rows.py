"""Rows of an import of attributes that are not saved yet."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db import connection
from django.db.models import Model

from annotation.models import Attribute, AttributeVariant, Evidence
from personalization.models import ArmAttribute, Extracted, Extraction

Mark = tuple[int, int | None, str, str, float | None]  # of a wording


@dataclass(slots=True)
class New:
    """Rows that are not saved yet, each kind after those that it refers to."""

    attributes: list[Attribute] = field(default_factory=list)
    held: list[ArmAttribute] = field(default_factory=list)
    variants: list[AttributeVariant] = field(default_factory=list)
    extractions: list[Extraction] = field(default_factory=list)
    extracted: list[Extracted] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)

    def save(self) -> None:
        """Add them all."""
        Attribute.objects.bulk_create(self.attributes)
        ArmAttribute.objects.bulk_create(self.held)
        AttributeVariant.objects.bulk_create(self.variants)
        Extraction.objects.bulk_create(self.extractions)
        Extracted.objects.bulk_create(self.extracted)
        Evidence.objects.bulk_create(self.evidence)


def free_numbers(model: type[Model], count: int) -> Iterator[int]:
    """Return numbers for rows that are to be added, so that others may name them before."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return iter([number for (number,) in cursor.fetchall()])


def mark_of(one: AttributeVariant) -> Mark:
    """Return what makes a wording the same again; of a named conversation its words are enough."""
    if one.conversation_id is not None:
        return (one.attribute_id, one.conversation_id, one.text, "", None)
    return (one.attribute_id, None, one.text, one.reason, one.confidence)

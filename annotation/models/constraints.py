"""Rules that several tables state in the same words."""

from django.db.models import CheckConstraint, F, Func, IntegerField, Q, TextChoices, Value
from django.db.models.lookups import Exact


class Filled(Func):
    """How many of the given columns are not null (PostgreSQL's num_nonnulls)."""

    function = "num_nonnulls"
    output_field = IntegerField()


def one_of(field: str, choices: type[TextChoices], name: str) -> CheckConstraint:
    """Return the rule that `field` holds one of `choices` (or null where the column allows it)."""
    return CheckConstraint(condition=Q(**{f"{field}__in": choices.values}), name=name)


def filled(*fields: str, count: int) -> Q:
    """Return the condition that exactly `count` of `fields` are filled."""
    return Q(Exact(Filled(*(F(field) for field in fields)), Value(count)))


def exactly_one(*fields: str, name: str) -> CheckConstraint:
    """Return the rule that exactly one of `fields` is filled."""
    return CheckConstraint(condition=filled(*fields, count=1), name=name)


def together(*fields: str, name: str) -> CheckConstraint:
    """Return the rule that all of `fields` are filled, or none of them."""
    return CheckConstraint(
        condition=filled(*fields, count=0) | filled(*fields, count=len(fields)), name=name
    )

"""What a study asks its people about themselves: add a field, change it, close it."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from django.db import transaction
from django.db.models import Count, Max, Q
from django.utils import timezone

from annotation.models import ProfileField, Study
from annotation.usual_profile import USUAL

MOST_FIELDS = 50


class Step(Enum):
    """Where a field goes in the order."""

    UP = -1
    DOWN = 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """A field as researchers describe it; without choices its answer is free text."""

    key: str
    label: str
    sentence: str
    choices: Sequence[str]
    sensitive: bool


class NoField(Enum):
    """Why a field cannot be as it is wanted."""

    KEY_TAKEN = "key_taken"
    TOO_MANY = "too_many"
    ANSWERED = "answered"  # people have read its question and answered it


class FieldError(Exception):
    """A field cannot be added or changed."""

    def __init__(self, why: NoField) -> None:
        super().__init__(why.value)
        self.why = why


def fields_of(study: Study) -> list[ProfileField]:
    """Return a study's fields in order; `said` and `shares` count the people who answer and share."""
    answered = Count("answers", filter=~Q(answers__value=""))
    return list(
        study.profile_fields.annotate(
            rows=Count("answers"),
            said=answered,
            shares=Count("answers", filter=Q(answers__shared=True)),
        ).order_by("position", "pk")
    )


@transaction.atomic
def add_field(study: Study, wanted: Wanted) -> ProfileField:
    """Ask one thing more, after all others."""
    _hold(study)
    return _add(study, wanted)


@transaction.atomic
def add_usual(study: Study) -> int:
    """Add the usual fields whose keys the study does not have; return how many."""
    _hold(study)
    known = set(study.profile_fields.values_list("key", flat=True))
    new = [one for one in USUAL if one.key not in known]
    for one in new:
        _add(study, Wanted(one.key, one.label, one.sentence, one.choices, one.sensitive))
    return len(new)


@transaction.atomic
def change_field(field: ProfileField, wanted: Wanted) -> ProfileField:
    """Ask otherwise, while nobody has answered."""
    _hold(field.study)
    now = _unanswered(field)
    if now.key != wanted.key and field.study.profile_fields.filter(key=wanted.key).exists():
        raise FieldError(NoField.KEY_TAKEN)
    now.key, now.label, now.sentence = wanted.key, wanted.label, wanted.sentence
    now.choices, now.sensitive = list(wanted.choices), wanted.sensitive
    now.save(update_fields=["key", "label", "sentence", "choices", "sensitive"])
    return now


@transaction.atomic
def delete_field(field: ProfileField) -> None:
    """Delete a field that nobody has answered."""
    _unanswered(field).delete()


def close_field(field: ProfileField) -> None:
    """Ask it no more: nobody reads what was shared of it either, but nothing is deleted."""
    ProfileField.objects.filter(pk=field.pk, closed_at=None).update(closed_at=timezone.now())


def open_field(field: ProfileField) -> None:
    """Ask it again; what was shared of it is read again."""
    ProfileField.objects.filter(pk=field.pk).update(closed_at=None)


@transaction.atomic
def move_field(field: ProfileField, step: Step) -> None:
    """Let a field change places with its neighbour; the first and the last stay where they are."""
    _hold(field.study)
    order = [one.pk for one in field.study.profile_fields.order_by("position", "pk")]
    here = order.index(field.pk)
    there = here + step.value
    if 0 <= there < len(order):
        order[here], order[there] = order[there], order[here]
    for position, pk in enumerate(order):
        ProfileField.objects.filter(pk=pk).exclude(position=position).update(position=position)


def _add(study: Study, wanted: Wanted) -> ProfileField:
    fields = study.profile_fields
    if fields.filter(key=wanted.key).exists():
        raise FieldError(NoField.KEY_TAKEN)
    if fields.count() >= MOST_FIELDS:
        raise FieldError(NoField.TOO_MANY)
    last = fields.aggregate(last=Max("position"))["last"]
    return fields.create(
        key=wanted.key,
        label=wanted.label,
        sentence=wanted.sentence,
        choices=list(wanted.choices),
        sensitive=wanted.sensitive,
        position=0 if last is None else last + 1,
    )


def _unanswered(field: ProfileField) -> ProfileField:
    """Return a field that nobody answers until the transaction ends; refuse where somebody has."""
    now = ProfileField.objects.select_for_update().get(pk=field.pk)
    if now.answers.exists():
        raise FieldError(NoField.ANSWERED)
    return now


def _hold(study: Study) -> None:
    """Keep others from changing the same study's fields at the same time."""
    Study.objects.select_for_update(no_key=True).get(pk=study.pk)

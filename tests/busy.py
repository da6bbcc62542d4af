"""A study in which people are everywhere on the way, with sheets, and with work that failed."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from annotation import models as m
from annotation.models.person import Part
from annotation.progress import Standing
from annotation.sheets import rater_of
from personalization.models import Extraction, Generation, Pairing, Reply
from tests import factories as make

AGO = timedelta(minutes=7)


def consent(study: m.Study, *, provider: str = "") -> m.ConsentText:
    """Give a study a consent text."""
    version = study.consent_texts.count() + 1
    return study.consent_texts.create(version=version, text="You may stop.", provider=provider)


def person(study: m.Study, standing: Standing) -> m.Enrollment:
    """Make somebody who is there."""
    now = timezone.now()
    agreed: dict[str, Any] = {"consent_version": 1, "consented_at": now, "scopes": ["use", "show"]}
    columns: dict[Standing, dict[str, Any]] = {
        Standing.READING: {},
        Standing.CHATTING: agreed,
        Standing.WAITING: {**agreed, "part": Part.REVIEW, "waiting_since": now - AGO},
        Standing.REVIEWING: {**agreed, "part": Part.REVIEW},
        Standing.RELEVANCE: {**agreed, "part": Part.RELEVANCE},
        Standing.COMPARING: {**agreed, "part": Part.COMPARISON},
        Standing.REPEATING: {**agreed, "part": Part.REPEAT},
        Standing.LABELLING: {**agreed, "part": Part.OTHERS, "way": "labels"},
        Standing.DONE: {**agreed, "part": Part.DONE, "finished_at": now},
        Standing.STOPPED: {**agreed, "part": Part.REVIEW, "finished_at": now},
        Standing.DECLINED: {"declined_at": now},
        Standing.WITHDRAWN: {**agreed, "part": Part.REVIEW, "withdrawn_at": now},
    }
    one = make.enrollment(study=study)
    m.Enrollment.objects.filter(pk=one.pk).update(**columns[standing])
    one.refresh_from_db()
    return one


def failed(enrollment: m.Enrollment, why: str = "unavailable: no connection") -> None:
    """Let the machine fail at every step for a person."""
    study, of, now = enrollment.study, enrollment.participant, timezone.now()
    chat = make.conversation(study=study, of=of)
    broken: dict[str, Any] = {"settled_at": now, "failure": why}
    Reply.objects.create(turn=make.turn(conversation=chat), **broken)
    Extraction.objects.create(conversation=chat, arm=make.arm(study=study), **broken)
    Pairing.objects.create(enrollment=enrollment, **broken)
    Generation.objects.create(
        enrollment=enrollment,
        query=study.queries.first() or make.query(study=study),
        condition="none",
        arm=make.arm(step="generation", study=study),
        **broken,
    )


def sheet(enrollment: m.Enrollment, stage: str = "review", strangers: int = 2) -> m.Sheet:
    """Make a sheet of a person: submitted by its owner, leased by one stranger, open to others."""
    rater = rater_of(enrollment)
    one = make.sheet(study=enrollment.study, owner=rater, stage=stage)
    mine = make.slot(sheet=one, role="first_person", rater=rater)
    m.Slot.objects.filter(pk=mine.pk).update(submitted_at=timezone.now())
    make.slot(sheet=one, rater=make.person_rater())
    for _number in range(strangers - 1):
        make.slot(sheet=one)
    return one


def study(people: int = 1, *, name: str | None = None) -> m.Study:
    """Make a study with so many people of each standing, each with a sheet and failed work."""
    one = make.study(name=name)
    consent(one)
    make.query(study=one)
    for _number in range(people):
        for standing in Standing:
            enrollment = person(one, standing)
            if standing not in (Standing.READING, Standing.DECLINED):
                failed(enrollment)
                sheet(enrollment)
    return one


def moment(days: float) -> datetime:
    """Return a time so many days from now."""
    return timezone.now() + timedelta(days=days)

"""A study with rows in every table, and a way to export and read one."""

import csv
import json
from collections.abc import Callable
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.utils import timezone

from annotation import models as m
from personalization.arms.holding import hold, hold_response
from personalization.models import Generation, JudgeRun, Verdict
from tests import factories
from tests.telling import field

NAMES = {"owner": "Óla Nordmann <ola@example.org>", "stranger": "5f3c-prolific-Jane-Doe"}


@dataclass
class Full:
    """A study with two people, a judge, and rows in every table."""

    study: m.Study
    owner: m.Rater
    stranger: m.Rater
    item: m.Item
    question: m.Question


@dataclass
class Folder:
    """An export on disk."""

    path: Path

    def jsonl(self, table: str) -> list[dict[str, Any]]:
        lines = (self.path / f"{table}.jsonl").read_text().split("\n")
        return [json.loads(line) for line in lines[:-1]]

    def csv(self, table: str) -> list[dict[str, str]]:
        text = (self.path / f"{table}.csv").read_bytes().decode()
        return list(csv.DictReader(StringIO(text, newline="")))

    def json(self, name: str) -> Any:  # noqa: ANN401 whatever the file holds
        return json.loads((self.path / name).read_text())

    def contents(self) -> bytes:
        return b"".join(file.read_bytes() for file in sorted(self.path.iterdir()))


Export = Callable[..., Folder]


@pytest.fixture
def export(tmp_path: Path) -> Export:
    def run(study: m.Study, name: str = "out", **options: object) -> Folder:
        out = tmp_path / name
        call_command("export", study=study.name, out=str(out), **options)
        return Folder(out)

    return run


def person(study: m.Study, name: str) -> m.Rater:
    rater = factories.person_rater()
    m.Rater.objects.filter(pk=rater.pk).update(name=name, fingerprint=f"print of {name}")
    factories.enrollment(of=rater.participant, study=study)
    rater.refresh_from_db()
    return rater


def full_study(name: str, owner_name: str = NAMES["owner"]) -> Full:
    study = factories.study(name=name)
    factories.consent_text(study=study)
    owner, stranger = person(study, owner_name), person(study, f"{NAMES['stranger']} of {name}")
    question = factories.question(study=study, key="fits", options=("no", "yes"))
    sheet = factories.sheet(study=study, owner=owner)
    attribute = texts_about(study, owner, sheet)
    item = factories.item(subject=attribute, question=question, sheet=sheet)
    answers(item, owner, stranger)
    machine(item)
    slot = factories.slot(sheet=sheet, role="first_person", rater=owner)
    m.MissingAttribute.objects.create(
        participant=attribute.participant, rater=owner, slot=slot, text="That I cook."
    )
    return Full(study, owner, stranger, item, question)


def texts_about(study: m.Study, owner: m.Rater, sheet: m.Sheet) -> m.Attribute:
    of = owner.participant
    assert of is not None
    chat = factories.conversation(study=study, of=of)
    turn = factories.turn(conversation=chat)
    attribute = factories.attribute(study=study, of=of)
    field(study, "city").answers.create(participant=of, value="Ulm", shared=True)
    field(study, "faith").answers.create(participant=of, value="faith-secret")
    m.AttributeVariant.objects.create(attribute=attribute, conversation=chat, text="Sails.")
    m.Evidence.objects.create(attribute=attribute, turn=turn)
    query = factories.query(study=study)
    m.Query.objects.filter(pk=query.pk).update(
        list=m.QueryList.objects.create(study=study, name="forum", licence="CC0")
    )
    factories.relevance_pair(attribute=attribute, query=query)
    pair = factories.response_pair(query=query, of=of)
    human = factories.author(name=f"Kari Forfatter of {study.name}", kind="human")
    factories.response(query=query, by=human, condition="human", text="By hand.")
    arms_of(attribute, pair)
    factories.item(subject=pair, sheet=sheet, gain_of=attribute)
    record = factories.record(study=study)
    m.Record.objects.filter(pk=record.pk).update(participant=of)
    return attribute


def arms_of(attribute: m.Attribute, pair: m.ResponsePair) -> None:
    """Let an arm hold the attribute, and another one the personalized response of the pair."""
    hold(factories.arm(study=attribute.study), [attribute])
    writer = factories.arm(study=attribute.study, step="generation")
    hold_response(writer, pair.b)
    Generation.objects.create(
        arm=writer,
        enrollment=m.Enrollment.objects.get(participant=pair.participant, study=attribute.study),
        query=pair.query,
        condition=pair.b.condition,
        attributes=[attribute.pk],
        response=pair.b,
        settled_at=timezone.now(),
    )


def answers(item: m.Item, owner: m.Rater, stranger: m.Rater) -> None:
    first = factories.judgment(item=item, rater=owner, role="first_person", value=0)
    m.Judgment.objects.filter(pk=first.pk).update(superseded_at=timezone.now())
    factories.judgment(item=item, rater=owner, role="first_person", value=1, certainty=80)
    factories.judgment(item=item, rater=stranger, value=None, reason="cannot_tell")
    m.Reference.objects.create(item=item, kind="gold", accepted=[1], note="Known.")


def machine(item: m.Item) -> None:
    judge = factories.judge(name=f"judge of {item.study.name}")
    run = JudgeRun.objects.create(study=item.study, rater=judge, source="computed")
    common = {"item": item, "question_id": item.question_id, "rater": judge}
    Verdict.objects.create(
        run=run,
        side="none",
        value=1,
        distribution=[0.25, 0.75],
        settled_at=timezone.now(),
        **common,
    )
    factories.judgment(
        item=item,
        rater=judge,
        role="machine",
        distribution=[0.25, 0.75],
        distribution_source="samples",
    )

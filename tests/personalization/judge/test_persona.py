"""What a judge is told of the person behind an item: what this person shares, and nothing else."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from annotation import models as m
from annotation.leaving import withdraw
from personalization.judge.choices import Side
from personalization.judge.gathering import people_of
from personalization.judge.manner import Form, Manner, Persona
from personalization.judge.material import load
from personalization.judge.persona import persona_texts
from personalization.judge.prompting import request
from personalization.judge.raters import judge_rater
from personalization.judge.scales import scale_of
from tests import factories as make
from tests import laid
from tests.personalization.judge.judged import study
from tests.telling import field, telling

pytestmark = pytest.mark.django_db


def items() -> list[m.Item]:
    return list(m.Item.objects.order_by("pk"))


def test_all_none_or_some_of_what_is_shared() -> None:
    """Row 1 and row 2: an unshared field is in no persona; a subset holds exactly its sentences."""
    person = make.enrolled()
    study(person)
    telling(
        person,
        age=("45 to 54", True),
        city=("Ulm", True),
        faith=("secret", False),
        work=("", False),
    )
    both = "About age: 45 to 54.\nAbout city: Ulm."
    every = items()
    assert {one.question.kind for one in every} >= {"attribute", "relevance", "overall", "gain"}
    assert persona_texts(every, "all") == {one.pk: both for one in every}
    assert persona_texts(every, "none") == {one.pk: "" for one in every}
    assert persona_texts(every, ["city", "age"]) == {one.pk: both for one in every}
    assert persona_texts(every, ("city", "faith")) == {one.pk: "About city: Ulm." for one in every}
    assert persona_texts([], "all") == {}


def test_each_item_has_its_own_person() -> None:
    """Sentences never go from one person to another, and many items cost no more queries than one."""
    here = make.study()
    ann, ben, cleo = (make.enrolled(study=here) for _ in range(3))
    study(ann, ben, cleo)
    telling(ann, city=("Ulm", True))
    telling(ben, city=("Bonn", True))
    every = items()
    with CaptureQueriesContext(connection) as few:
        persona_texts(every[:1], "all")
    with CaptureQueriesContext(connection) as many:
        found = persona_texts(every, "all")
    assert len(few) == len(many) == 2
    said = {ann: "About city: Ulm.", ben: "About city: Bonn.", cleo: ""}
    for person, text in said.items():
        mine = m.Item.objects.filter(sheet__owner=laid.rater(person)).values_list("pk", flat=True)
        assert {found[pk] for pk in mine} == {text}
        assert len(mine) > 0


def test_an_imported_record_has_the_persona_of_its_person() -> None:
    """Of the person who the record is about; a record of nobody has none."""
    person = make.participant()
    here = make.study()
    card = make.record(study=here)
    other = make.item(subject=make.record(study=here))
    m.Record.objects.filter(pk=card.pk).update(participant=person)
    item = make.item(subject=card)
    field(here, "city").answers.create(participant=person, value="Ulm", shared=True)
    assert persona_texts([item, other], "all") == {
        item.pk: "About city: Ulm.",
        other.pk: "",
    }


def test_who_has_withdrawn_has_no_persona() -> None:
    person = make.enrolled()
    study(person)
    telling(person, city=("Ulm", True))
    assert any(persona_texts(items(), "all").values())
    withdraw(person)
    assert not any(persona_texts(items(), "all").values())


def prompts(manner: Manner) -> dict[int, str]:
    """Return all that judges of this manner read, by item, both orders and every example."""
    endpoint = make.endpoint(url="https://m.example.org")
    whole = judge_rater(endpoint, "big", {}, manner).configuration
    sides: tuple[Side, ...] = ("ab", "ba")
    read = {}
    for pk, seen in load([one.pk for one in items()], manner).items():
        question = m.Item.objects.select_related("question").get(pk=pk).question
        asks = [request(seen, question, scale_of(question), side, whole) for side in sides]
        read[pk] = "\n".join(said.content for ask in asks for said in ask.messages)
    return read


@pytest.mark.parametrize("persona", ["all", "none", ("faith", "work"), ("city", "faith")])
@pytest.mark.parametrize("answer", ["value", "certainty", "shares", "logprobs"])
def test_an_unshared_field_is_in_no_rendered_prompt(persona: Persona, answer: Form) -> None:
    """Row 1: of every kind of item, in every manner, with examples of other people."""
    here = make.study()
    ann, ben = (make.enrolled(study=here) for _ in range(2))
    study(ann, ben)
    choice = make.question(study=here, key="card", kind="choice")
    card = make.record(study=here)
    m.Record.objects.filter(pk=card.pk).update(participant=ann.participant)
    make.item(subject=card, question=choice)
    for person, city in ((ann, "Ulm"), (ben, "Bonn")):
        telling(
            person,
            city=(f"{city}-shared", True),
            faith=(f"faith-secret-of-{city}", False),
            work=(f"work-secret-of-{city}", False),
        )
    m.ProfileField.objects.filter(key="work").update(closed_at=timezone.now())
    m.ProfileAnswer.objects.filter(field__key="work").update(shared=True)
    shots = tuple((one.pk, 1) for one in items() if one.sheet.owner == laid.rater(ben))
    manner = Manner(
        answer=answer, reasons=answer != "logprobs", persona=persona, context="both", shots=shots
    )
    read = prompts(manner)
    assert len(read) == len(items()) > 6
    tells = "city" in persona or persona == "all"
    for pk, text in read.items():
        assert "secret" not in text
        owner = people_of([pk])[pk]
        own = "Ulm-shared" if owner == ann.participant_id else "Bonn-shared"
        assert (own in text) is tells

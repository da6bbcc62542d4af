"""Programs with a token, and a study with every kind of subject."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from annotation import models as m
from personalization.tokens import new_token
from tests import factories as make

JSON = "application/json"


@dataclass(frozen=True, slots=True)
class Program:
    """A program that comes with a token."""

    client: Client
    token: str

    def get(self, path: str, **asked: str | int | list[str]) -> Any:  # noqa: ANN401 - the test client's
        return self.client.get(f"/api/v1/{path}", asked)

    def read(self, path: str, **asked: str | int | list[str]) -> Any:  # noqa: ANN401 - whatever JSON holds
        response = self.get(path, **asked)
        assert response.status_code == 200, response.content
        return response.json()

    def post(self, path: str, body: object) -> Any:  # noqa: ANN401 - the test client's
        return self.client.post(f"/api/v1/{path}", body, content_type=JSON)


@dataclass(frozen=True, slots=True)
class Whole:
    """A study of one person with an item of each kind, and a stranger's and a judge's answers."""

    study: m.Study
    owner: m.Rater
    stranger: m.Rater
    items: dict[str, m.Item]

    @property
    def path(self) -> str:
        return f"studies/{self.study.name}"


@pytest.fixture(autouse=True)
def no_request_is_counted_yet() -> Iterator[None]:
    """Begin each test with the whole rate."""
    cache.clear()
    yield
    cache.clear()


@pytest.fixture
def user(db: None) -> m.User:
    return make.user()


@pytest.fixture
def program(user: m.User) -> Program:
    return program_of(user)


def program_of(user: m.User) -> Program:
    token = new_token(user, "tests")
    return Program(Client(headers={"authorization": f"Token {token}"}), token)


@pytest.fixture
def whole(db: None) -> Whole:
    return whole_study()


def person(study: m.Study, *scopes: str) -> m.Rater:
    enrollment = make.enrolled(study=study, scopes=scopes or ("use", "release"))
    return make.person_rater(of=enrollment.participant)


def whole_study() -> Whole:
    study = make.study()
    owner, stranger = person(study), person(study)
    chat = make.conversation(study=study, of=owner.participant)
    turn = make.turn(conversation=chat, text="I sail every summer.")
    make.turn(conversation=chat, text="Where to?", speaker="assistant", source="model")
    attribute = make.attribute(study=study, of=owner.participant)
    m.Evidence.objects.create(attribute=attribute, turn=turn)
    query = make.query(study=study)
    review = make.sheet(study=study, owner=owner, stage="review")
    m.Sheet.objects.filter(pk=review.pk).update(shown={"conversations": [chat.pk]})
    relevance = make.sheet(study=study, owner=owner, stage="relevance")
    comparison = make.sheet(study=study, owner=owner, stage="comparison")
    asked = {
        name: make.question(study=study, key=name)
        for name in ("attribute", "relevance_pair", "gain", "response", "record")
    }
    asked["response_pair"] = choice(study)
    pair = make.response_pair(query=query, of=owner.participant)
    record = make.record(study=study)
    m.Record.objects.filter(pk=record.pk).update(participant=owner.participant)
    items = {
        "attribute": make.item(subject=attribute, question=asked["attribute"], sheet=review),
        "relevance_pair": make.item(
            subject=make.relevance_pair(attribute=attribute, query=query),
            question=asked["relevance_pair"],
            sheet=relevance,
        ),
        "response_pair": make.item(subject=pair, question=asked["response_pair"], sheet=comparison),
        "gain": make.item(
            subject=pair, question=asked["gain"], sheet=comparison, gain_of=attribute
        ),
        "response": make.item(subject=pair.a, question=asked["response"], sheet=comparison),
        "record": make.item(subject=record, question=asked["record"], sheet=comparison),
    }
    for item in items.values():
        make.judgment(item=item, rater=owner, role="first_person", value=1)
        make.judgment(item=item, rater=stranger, value=0, certainty=70)
    make.judgment(item=items["record"], role="machine", value=None, reason="unparsed")
    return Whole(study, owner, stranger, items)


def choice(study: m.Study) -> m.Question:
    """Make a question about two candidates, with a tie for people alone."""
    question = make.question(study=study, key="response_pair", options=("first", "second"))
    m.Option.objects.filter(question=question, code=0).update(side="a")
    m.Option.objects.filter(question=question, code=1).update(side="b")
    make.option(question=question, code=2, key="tie", audience="people")
    return question

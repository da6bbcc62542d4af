"""Files of outputs for tests: a person with a chat, and short ways to import."""

from dataclasses import dataclass
from typing import Any

from annotation import models as m
from annotation.models.response import AuthorKind
from annotation.sheets import lay_relevance
from personalization.imports.attributes import import_attributes
from personalization.imports.outcome import Outcome, OutputCounts
from personalization.imports.output_arms import ArmSaid
from personalization.imports.relevance import MatcherSaid, import_relevance
from personalization.imports.responses import import_responses
from tests import factories as make
from tests.personalization.imports.files import json_lines, label_file


@dataclass
class Someone:
    """A person who takes part, with a chat of four turns."""

    enrollment: m.Enrollment
    chat: m.Conversation
    turns: list[m.Turn]

    @property
    def name(self) -> str:
        return self.enrollment.participant.pseudonym

    def says(self, **fields: object) -> dict[str, object]:
        """Return a line about this person."""
        return {"participant": self.name, **fields}


def someone(study: m.Study) -> Someone:
    person = make.enrolled(study=study)
    chat = make.conversation(study=study, of=person.participant, key=make.new("chat"))
    turns = [
        make.turn(conversation=chat, text=text, speaker=speaker, source=source)
        for text, speaker, source in (
            ("I sail every summer.", "user", "typed"),
            ("Which boat?", "assistant", "model"),
            ("A dinghy. My children come along.", "user", "typed"),
            ("Lovely.", "assistant", "model"),
        )
    ]
    return Someone(person, chat, turns)


def found(study: m.Study, *lines: object, name: str = "theirs", **options: Any) -> Outcome:  # noqa: ANN401
    """Import lines as attributes; options of the arm begin with `arm_`."""
    said = {key.removeprefix("arm_"): options.pop(key) for key in [*options] if key[:4] == "arm_"}
    file = label_file(json_lines(*lines), "attributes.jsonl")
    return import_attributes(study, ArmSaid(name, **said), file, **options)


def matched(study: m.Study, *lines: object, name: str = "selector", **options: Any) -> Outcome:  # noqa: ANN401
    """Import lines as answers on relevance."""
    said = {key.removeprefix("of_"): options.pop(key) for key in [*options] if key[:3] == "of_"}
    file = label_file(json_lines(*lines), "relevance.jsonl")
    return import_relevance(study, MatcherSaid(name, **said), file, **options)


def wrote(study: m.Study, *lines: object, name: str = "writers", **options: Any) -> Outcome:  # noqa: ANN401
    """Import lines as responses."""
    said: dict[str, Any] = {"author": AuthorKind.MODEL, "model": "gpt-5.4"}
    said |= {key.removeprefix("arm_"): options.pop(key) for key in [*options] if key[:4] == "arm_"}
    file = label_file(json_lines(*lines), "responses.jsonl")
    return import_responses(study, ArmSaid(name, **said), file, **options)


def counted(outcome: Outcome) -> OutputCounts:
    assert isinstance(outcome.counts, OutputCounts)
    return outcome.counts


def messages(outcome: Outcome) -> dict[int, str]:
    return {fault.line: fault.message for fault in outcome.faults.kept}


def asked(person: Someone, query: m.Query, *texts: str) -> m.Sheet:
    """Ask the person whether attributes matter to a query."""
    study, of = person.enrollment.study, person.enrollment.participant
    attributes = [make.attribute(study=study, of=of, text=text) for text in texts]
    pairs = [make.relevance_pair(attribute=one, query=query) for one in attributes]
    return lay_relevance(person.enrollment, pairs)


def query(study: m.Study, key: str) -> m.Query:
    return m.Query.objects.create(study=study, key=key, text=f"What about the {key}?")

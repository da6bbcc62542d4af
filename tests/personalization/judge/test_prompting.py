"""What a judge of each manner is asked: its prompts differ by what was chosen, and by nothing else."""

import difflib
import random
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from annotation import models as m
from personalization.judge.choices import Side
from personalization.judge.manner import Context, Form, Manner, Persona
from personalization.judge.material import Material, load
from personalization.judge.prompting import hashes, request, sampling
from personalization.judge.raters import judge_rater
from personalization.judge.scales import scale_of
from personalization.llm.backend import Ask
from personalization.llm.fences import fenced
from tests import factories as make
from tests import laid
from tests.personalization.judge.judged import compared
from tests.telling import telling

pytestmark = pytest.mark.django_db

MARK = re.compile(r"(?<=mark )[0-9a-f]{16}\b|(?<= )[0-9a-f]{16}(?= ===)")
PLAIN = Manner()


def configuration(
    manner: Manner = PLAIN, prompts: Mapping[str, int] | None = None, **sampling: object
) -> dict[str, Any]:
    endpoint = make.endpoint(url="https://m.example.org")
    return dict(judge_rater(endpoint, "big", sampling or {}, manner, prompts).configuration)


def ask(
    item: m.Item,
    manner: Manner = PLAIN,
    side: Side = "ab",
    prompts: Mapping[str, int] | None = None,
) -> Ask:
    seen = load([item.pk], manner)[item.pk]
    whole = configuration(manner, prompts)
    return request(seen, item.question, scale_of(item.question), side, whole)


def text(item: m.Item, manner: Manner = PLAIN, side: Side = "ab") -> str:
    """Return all that a judge reads, with the same mark in every prompt."""
    said = "\n".join(one.content for one in ask(item, manner, side).messages)
    return MARK.sub("MARK", said)


def item(kind: str) -> m.Item:
    found = m.Item.objects.filter(question__kind=kind).order_by("pk").first()
    assert found is not None
    return found


def added(before: str, after: str) -> list[str]:
    """Return the lines that `after` has and `before` has not; both agree in all others."""
    changes = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    assert not [one for one in changes if one.startswith("- ")], changes
    return [one[2:] for one in changes if one.startswith("+ ") and one[2:].strip()]


@pytest.fixture
def told() -> m.Item:
    """Return the whole comparison of a person who shares three of four things."""
    person = make.enrolled()
    compared(person, "Try the lake.", "Try the sea.")
    telling(
        person,
        age=("45 to 54", True),
        city=("Ulm", True),
        work=("nurse", True),
        faith=("none of yours", False),
    )
    return item("overall")


FENCES = ["=== begin persona MARK ===", "=== end persona MARK ==="]
SENTENCES = {
    "age": "About age: 45 to 54.",
    "city": "About city: Ulm.",
    "work": "About work: nurse.",
}


@pytest.mark.parametrize(
    ("persona", "keys"),
    [
        ("all", ["age", "city", "work"]),
        (("age", "city", "work"), ["age", "city", "work"]),
        (("city",), ["city"]),
        (("work", "faith"), ["work"]),
        (("faith",), []),
    ],
    ids=["all", "three", "one", "one shared of two", "none shared"],
)
def test_row_2_an_ablation_differs_by_its_sentences(
    told: m.Item, persona: Persona, keys: list[str]
) -> None:
    """Row 2: no persona, three fields, one, all: exactly the chosen sentences more, in each order."""
    for side in ("ab", "ba"):
        new = added(text(told, PLAIN, side), text(told, Manner(persona=persona), side))
        sentences = [SENTENCES[key] for key in keys]
        headed = ["Who the user is, as told by the user:", FENCES[0], *sentences, FENCES[1]]
        assert new == (headed if keys else [])
        assert "none of yours" not in text(told, Manner(persona=persona), side)


def test_row_2_without_a_tie_one_option_is_missing(told: m.Item) -> None:
    """Row 2: five points without the one in the middle; nothing else is said otherwise."""
    assert added(text(told, Manner(tie=False)), text(told)) == ["- 3: No difference"]


def test_row_2_certainty_is_asked_in_the_form_alone(told: m.Item) -> None:
    """The rest of the prompt is that of a plain judge, word for word."""
    plain, sure = text(told), text(told, Manner("certainty"))
    assert sure.partition("Think first")[0] == plain.partition("Think first")[0]
    assert sure.partition("## user")[2] == plain.partition("## user")[2]
    assert "81 to 100" in sure
    assert "[[<key>]] [[<certainty>]]" in sure
    assert "Answer: <key>" not in sure


@pytest.mark.parametrize(
    ("answer", "end"),
    [
        ("value", "Answer: <key>"),
        ("samples", "Answer: <key>"),
        ("certainty", "81 to 100: the material says it outright"),
        ("shares", '{"<key>": 70, "<other key>": 30}'),
    ],
)
@pytest.mark.parametrize("reasons", [True, False])
def test_every_form_ends_the_instructions(
    told: m.Item, answer: Form, end: str, reasons: bool
) -> None:
    """And says whether to think first."""
    manner = Manner(answer, samples=3 if answer == "samples" else 1, reasons=reasons)
    system = ask(told, manner).messages[0].content
    assert system.endswith(end)
    assert ("Think first" in system) == reasons
    assert ("nothing before or after it" in system) == (not reasons)


def test_the_short_form_is_the_key_alone(told: m.Item) -> None:
    system = ask(told, Manner("logprobs", reasons=False)).messages[0].content
    assert system.endswith("Answer with the key alone: no other word, no mark, no explanation.")


def test_a_rubric_is_an_instruction(told: m.Item) -> None:
    """It stands with the rules, never among the texts of people; without one nothing is said."""
    rubric = "Count what fits.\n\nNot how long it is."
    new = added(text(told), text(told, Manner(rubric=rubric)))
    assert new == ["Decide by these rules:", "Count what fits.", "Not how long it is."]
    system, user = (one.content for one in ask(told, Manner(rubric=rubric)).messages)
    assert rubric in system
    assert rubric not in user


@pytest.mark.parametrize("kind", ["overall", "gain"])
@pytest.mark.parametrize("context", ["attributes", "conversation", "both", "none"])
def test_the_context_of_a_pair(kind: str, context: Context) -> None:
    """Attributes, conversations, both or none; the fact that a gain is about is always there."""
    person = make.enrolled()
    compared(person, "Try the lake.", "Try the sea.")
    chat = make.conversation(study=person.study, of=person.participant)
    make.turn(conversation=chat, text="I sail at Ulm.")
    stranger = make.conversation(
        study=person.study, of=make.enrolled(study=person.study).participant
    )
    make.turn(conversation=stranger, text="I fly.")
    elsewhere = make.conversation(study=make.study(), of=person.participant)
    make.turn(conversation=elsewhere, text="I swim.")
    data = fenced(ask(item(kind), Manner(context=context)).messages[1].content)
    assert data.get("conversation") == (
        "[1] user: I sail at Ulm." if context in ("conversation", "both") else None
    )
    if kind == "overall":
        assert ("attributes" in data) == (context in ("attributes", "both"))
    else:
        assert data["attribute"] == laid.SAYS[0]


def test_relevance_with_conversations() -> None:
    person = make.enrolled()
    laid.relevance(person)
    chat = make.conversation(study=person.study, of=person.participant)
    make.turn(conversation=chat, text="I sail at Ulm.")
    one = item("relevance")
    new = added(text(one), text(one, Manner(context="conversation")))
    assert "[1] user: I sail at Ulm." in new


def test_the_prompts_of_the_first_judges_are_as_they_were(told: m.Item) -> None:
    """A configuration without a manner, and one that names the first versions."""
    old = configuration(prompts={"judge_pair": 1})
    old.pop("manner")
    old["prompts"].pop("form_value_reasons")
    seen = load([told.pk])[told.pk]
    asked = request(seen, told.question, scale_of(told.question), "ab", old)
    assert asked == replace(ask(told, prompts={"judge_pair": 1}), model="big")
    assert asked.messages[0].content.endswith("and nothing after it:\nAnswer: <key>")
    assert hashes(old, "judge_pair") == old["prompts"]["judge_pair"]["hash"]


def test_hashes_are_those_of_both_prompts() -> None:
    whole = configuration(Manner("shares"))
    known = whole["prompts"]
    assert hashes(whole, "judge_gain").split() == [
        known["judge_gain"]["hash"], known["form_shares_reasons"]["hash"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "manner", "sample", "asked"),
    [
        ({"temperature": 0}, Manner(), 0, {"temperature": 0}),
        ({"seed": 3}, Manner(), 0, {"seed": 3}),
        ({}, Manner("samples", 5), 2, {"temperature": 0.7}),
        ({"temperature": 1, "seed": 3}, Manner("samples", 5), 2, {"temperature": 1, "seed": 302}),
        ({"temperature": 0}, Manner("logprobs"), 0, {"temperature": 0, "max_tokens": 16}),
        ({"max_tokens": 4}, Manner("logprobs"), 0, {"max_tokens": 4}),
        ({"max_completion_tokens": 4}, Manner("logprobs"), 0, {"max_completion_tokens": 4}),
    ],
)
def test_sampling(
    given: dict[str, Any], manner: Manner, sample: int, asked: dict[str, Any]
) -> None:
    """Samples differ: a temperature, and a seed of its own for each, where there are seeds."""
    assert sampling(given, manner, sample) == asked


def test_log_probabilities_are_asked_for(told: m.Item) -> None:
    """Of the 20 most probable tokens, and by nobody else."""
    body = ask(told, Manner("logprobs", reasons=False)).body()
    assert (body["logprobs"], body["top_logprobs"], body["max_tokens"]) == (True, 20, 16)
    assert "logprobs" not in ask(told).body()


def test_row_12_each_prompt_holds_its_own_texts_and_the_truth_stands_first_in_half() -> None:
    """Row 12: 200 seeded items, with a tie; both orders are always asked, so the share is exact."""
    study = make.study()
    question = make.question(study=study, kind="choice", options=())
    for code, (key, side) in enumerate([("a", "a"), ("b", "b"), ("tie", None)]):
        m.Option.objects.create(question=question, code=code, key=key, side=side)
    scale, whole = scale_of(question), configuration(Manner(tie=True))
    draw = random.Random(7)
    first = 0
    for number in range(200):
        a, b = f"First text of {number}.", f"Other text of {number}."
        texts = {"query": f"Query {number}?", "response_a": a, "response_b": b}
        seen = Material(
            "judge_pair", texts, {"response_a": "response_b", "response_b": "response_a"}
        )
        truth = draw.choice([a, b])
        orders: tuple[Side, Side] = ("ab", "ba")
        for side in orders:
            asked = request(seen, question, scale, side, whole)
            data = fenced(asked.messages[1].content)
            assert data == texts | dict(
                zip(("response_a", "response_b"), (a, b) if side == "ab" else (b, a), strict=True)
            )
            assert "- tie: " in asked.messages[0].content
            first += data["response_a"] == truth
    assert first / 400 == 0.5

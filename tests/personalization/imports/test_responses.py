"""Responses that others have written come in as arms, with their author and condition."""

from typing import Any

import pytest

from annotation import models as m
from annotation.models.response import AuthorKind
from personalization.arms.configuration import Generating
from personalization.models import Arm, ArmResponse, Generation
from tests import factories as make
from tests.personalization.imports.outputs import Someone, counted, messages, query, someone, wrote

SAILS = "The user sails."
ALL, NONE = "all", "none"


@pytest.fixture
def one(study: m.Study) -> Someone:
    person = someone(study)
    make.attribute(study=study, of=person.enrollment.participant, text=SAILS)
    query(study, "trip")
    return person


def test_a_generator_from_elsewhere_is_an_arm_for_each_condition(
    study: m.Study, one: Someone
) -> None:
    """With author, condition, what the author was given, and what the text gives away."""
    outcome = wrote(
        study,
        {"query": "trip", "condition": NONE, "text": "Take a train.\n\nOr walk."},
        one.says(query="trip", condition=ALL, text="I know you sail. Take a boat.", attributes=[SAILS]),
        arm_sampling={"temperature": 0.7},
    )  # fmt: skip
    assert messages(outcome) == {}
    assert outcome.arms == ["writers, none", "writers, all"]
    assert (counted(outcome).new, counted(outcome).people, counted(outcome).leaks) == (2, 1, 1)
    plain, personal = m.Response.objects.order_by("pk")
    assert (plain.text, plain.participant, plain.condition) == (
        "Take a train.\n\nOr walk.", None, NONE,
    )  # fmt: skip
    assert personal.participant == one.enrollment.participant
    author = personal.author
    assert (author.kind, author.name, author.family, author.sampling) == (
        "model", "gpt-5.4", "gpt", {"temperature": 0.7},
    )  # fmt: skip
    arm = Arm.objects.get(name="writers, all")
    assert (arm.step, arm.source, arm.model) == ("generation", "imported", "gpt-5.4")
    assert Generating.read(arm.configuration).condition == ALL
    assert arm.configuration["sampling"] == {"temperature": 0.7}
    assert arm.responses.get().response == personal
    row = Generation.objects.get()
    assert (row.arm, row.enrollment, row.response, row.run) == (arm, one.enrollment, personal, None)
    assert row.attributes == [m.Attribute.objects.get().pk]
    assert row.leaks == ["knows"]
    assert row.settled_at


def test_a_second_import_adds_nothing_and_another_text_is_refused(
    study: m.Study, one: Someone
) -> None:
    plain: dict[str, object] = {"query": "trip", "condition": NONE, "text": "Take a train."}
    lines = [plain, one.says(query="trip", condition=ALL, text="Take a boat.")]
    wrote(study, *lines)
    assert (counted(wrote(study, *lines)).new, counted(wrote(study, *lines)).unchanged) == (0, 2)
    assert "another response" in messages(wrote(study, plain | {"text": "Fly."}))[1]
    assert m.Response.objects.count() == ArmResponse.objects.count() == 2
    assert counted(wrote(study, plain | {"text": "Fly."}, name="others")).new == 1


def test_people_write_too_and_are_named_in_no_arm(study: m.Study, one: Someone) -> None:
    """All people of a file are one arm: what they are called stays with the author."""
    by = [{"kind": "human", "name": name} for name in ("Ann", "Bob")]
    query(study, "meal")
    outcome = wrote(
        study,
        {"query": "trip", "text": "By hand.", "author": by[0]},
        {"query": "meal", "text": "By hand, too.", "author": by[1]},
        condition="human",
    )
    assert outcome.arms == ["writers, human"]
    arm = Arm.objects.get()
    assert (arm.author, arm.model) == ("human", "")
    assert not {"Ann", "Bob"} & {*str(arm.configuration).replace("'", " ").split()}
    assert set(m.Author.objects.values_list("kind", "name")) == {("human", "Ann"), ("human", "Bob")}


def test_lines_may_name_their_own_models(study: m.Study, one: Someone) -> None:
    """Each model is an arm, and so is another sampling of the same one."""
    line = {"query": "trip", "condition": NONE}
    outcome = wrote(
        study,
        line | {"text": "1", "author": {"name": "llama", "family": "meta"}},
        line | {"text": "2", "author": {"name": "llama", "sampling": {"temperature": 1}}},
        line | {"text": "3"},
    )
    assert outcome.arms == ["writers, llama, none", "writers, llama, none 2", "writers, none"]
    assert m.Response.objects.get(text="1").author.family == "meta"


def test_lines_that_contradict_each_other_are_both_left_out(study: m.Study, one: Someone) -> None:
    """The order of lines must not decide; the same line twice is read once."""
    query(study, "meal")
    trip = {"query": "trip", "condition": NONE, "text": "Take a train."}
    meal = {"query": "meal", "condition": NONE, "text": "Cook."}
    outcome = wrote(study, trip, meal, trip | {"text": "Fly."}, meal)
    told = messages(outcome)
    assert sorted(told) == [1, 3, 4]
    assert "none of them" in told[1]
    assert "none of them" in told[3]
    assert "line 2" in told[4]
    assert m.Response.objects.get().text == "Cook."


def test_bad_lines_are_named_and_the_others_go_in(study: m.Study, one: Someone) -> None:
    good = {"query": "trip", "condition": ALL, "text": "Take a boat."}
    bad: list[tuple[dict[str, object], str]] = [
        (one.says(query="trip", text="x"), "no condition"),
        (one.says(**good | {"condition": "some"}), "write one of none, all"),
        (dict(good), "names no participant"),
        (one.says(**good | {"text": " "}), "empty"),
        (one.says(**good | {"text": "x" * 60_000}), "60000 characters"),
        (one.says(**good | {"query": "nowhere"}), "none of this study"),
        (one.says(**good | {"attributes": ["The user rows."]}), "none of this participant"),
        (one.says(**good | {"attributes": [True]}), "texts or numbers"),
        (one.says(**good | {"condition": NONE, "attributes": [SAILS]}), "given none"),
        ({"query": "trip", "condition": NONE, "text": "x", "attributes": [SAILS]}, "but no participant"),
        (one.says(**good | {"author": "me"}), "JSON"),
        (one.says(**good | {"author": {"kind": "robot"}}), "human, model"),
        (one.says(**good | {"author": {"kind": "human"}}), "without a name"),
        (one.says(**good | {"author": {"name": "x", "sampling": [1]}}), "named fields"),
        (one.says(**good | {"author": {"name": "x", "sampling": {"a": float("inf")}}}), "JSON"),
        (one.says(**good | {"author": {"name": "x\0"}}), "NUL"),
        (one.says(**good | {"text": "x\0"}), "NUL"),
        ({"participant": "nobody", **good}, "nobody in this study"),
    ]  # fmt: skip
    query(study, "meal")
    last = one.says(**good | {"query": "meal"})
    outcome = wrote(study, *(line for line, _why in bad), last)
    told = messages(outcome)
    assert sorted(told) == list(range(1, len(bad) + 1))
    assert [why for line, (_said, why) in enumerate(bad, 1) if why not in told[line]] == []
    assert m.Response.objects.get().text == "Take a boat."


@pytest.mark.parametrize("option", ["dry_run", "strict"])
def test_nothing_is_kept_of_a_trial_or_beside_a_bad_line(
    study: m.Study, one: Someone, option: str
) -> None:
    lines = [one.says(query="trip", condition=ALL, text="Take a boat."), {}]
    chosen: dict[str, Any] = {"dry_run": option == "dry_run", "strict": option == "strict"}
    outcome = wrote(study, *lines, **chosen)
    assert (counted(outcome).new, counted(outcome).bad) == (1, 1)
    assert not m.Response.objects.exists()
    assert not Arm.objects.exists()


def test_many_lines_go_in_some_hundred_at_a_time(study: m.Study, one: Someone) -> None:
    for number in range(450):
        query(study, f"query-{number}")
    lines = [
        one.says(query=f"query-{number}", condition=ALL, text=f"Answer {number}.")
        for number in range(450)
    ]
    outcome = wrote(study, *lines, arm_author=AuthorKind.HUMAN, arm_model="")
    assert (counted(outcome).new, outcome.arms) == (450, ["writers, all"])
    assert Generation.objects.filter(arm__name="writers, all").count() == 450
    assert m.Author.objects.get().name == "writers"

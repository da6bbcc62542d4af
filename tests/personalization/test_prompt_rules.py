"""What an own version of a prompt must hold: whatever it says, texts of people stay data."""

import pytest

from personalization.llm.fences import fenced
from personalization.prompt_rules import faults, rules_of
from personalization.prompts import body_of, headed, parse, prompt, shipped

TEXTS = {(name, version): text for name, version, text in shipped()}
NEWEST = {
    name: body_of(TEXTS[name, max(version for each, version in TEXTS if each == name)])
    for name, _version in TEXTS
}
JUDGES = sorted(name for name in NEWEST if name.startswith(("judge_", "form_")))
PAIR = NEWEST["judge_pair"]


def said(name: str, body: str) -> list[str]:
    return [str(one) for one in faults(name, body)]


@pytest.mark.parametrize("name", JUDGES)
def test_a_shipped_text_is_a_good_start(name: str) -> None:
    assert said(name, NEWEST[name]) == []
    assert said(name, NEWEST[name].replace("\n\n## user", "\n\nBe brief.\n\n## user")) == []


@pytest.mark.parametrize("name", JUDGES)
def test_no_text_of_people_can_be_left_out_or_bared(name: str) -> None:
    """Row by row: without a place it is missing, and in single braces it would not be fenced."""
    rules = rules_of(name)
    for place in rules.needed:
        assert f"place_missing: {place}" in said(name, NEWEST[name].replace(place, ""))
    for place in sorted(prompt(name).data):
        bare = NEWEST[name].replace(f"{{{{{place}}}}}", f"{{{place}}}")
        assert f"not_data: {place}" in said(name, bare)


def test_what_may_be_left_out() -> None:
    """What is empty for many judges anyway; never what the item itself consists of."""
    assert set(rules_of("judge_pair").optional) == {
        "{rubric}", "{{conversation}}", "{{examples}}", "{{persona}}",
    }  # fmt: skip
    assert "{{conversation}}" in rules_of("judge_attribute").needed
    body = PAIR.replace("Who the user is, as told by the user:\n{{persona}}\n\n", "")
    assert "{{persona}}" not in body
    assert said("judge_pair", body) == []


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("{{query}}", "{{request}}", "unknown_place: {{request}}"),
        ("{question}", "{question} {weather}", "unknown_place: {weather}"),
        ("{question}", "{question}\n{{query}}", "data_in_system: {{query}}"),
        ("{{query}}", "{{query}}\n\n{{query}}", "place_twice: {{query}}"),
        ("{{query}}", "The request: {{query}}", "not_alone: The request: {{query}}"),
        ("## user", "## people", "no_section: ## user"),
        ("## system", "## System", "text_before: ## System"),
        ("the mark {mark}", "some mark", "no_mark"),
        ("## user\n", "## user\n{{examples}}\n\n", "no_mark"),
        ("the mark {mark}", "the mark {mark} {rubric}", "no_mark"),
    ],
)
def test_what_is_refused(old: str, new: str, fault: str) -> None:
    assert old in PAIR
    assert fault in said("judge_pair", PAIR.replace(old, new, 1))


def test_sections_stay_as_they_are() -> None:
    """A form is one text; the system speaks before the user."""
    assert said("form_value", "## system\nAnswer.\n\n## user\nNow.\n") == ["extra_section: ## user"]
    system, user = PAIR.split("## user\n")
    assert "section_order: ## system, ## user" in said("judge_pair", f"## user\n{user}\n{system}")


def test_all_faults_at_once() -> None:
    found = said("judge_pair", "## system\nHi {weather}\n\n## user\n{response_a}\n")
    assert {"unknown_place: {weather}", "not_data: response_a", "no_mark"} <= set(found)
    assert "place_missing: {{response_b}}" in found


def test_forms_need_neither_mark_nor_user() -> None:
    assert said("form_value", "## system\nAnswer with one line:\nAnswer: <key>\n") == []
    assert said("form_value", "## system\n{{query}}\n") != []


@pytest.mark.parametrize("name", [name for name in JUDGES if name.startswith("judge_")])
def test_an_accepted_version_fences_all_data(name: str) -> None:
    """Whatever stands between, every text of people comes out of a fence of its own."""
    one = parse(name, 0, headed(name, 0, NEWEST[name].replace("\n\n", "\n\nMore words.\n\n")))
    messages = one.fill(**{place: f"this is the {place}" for place in one.places})
    assert fenced(messages[-1].content) == {place: f"this is the {place}" for place in one.data}

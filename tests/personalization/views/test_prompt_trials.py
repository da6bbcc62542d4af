"""The pages of trials: on what a version is tried, and what came of it."""

from typing import Any

import pytest
from django.test import Client

from annotation import models as m
from personalization import prompt_versions as verbs
from personalization.judge import trials
from personalization.judge.injections import CORPUS
from personalization.models import JudgeRun, PromptVersion
from personalization.prompts import body_of
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.judge.judged import asked, place, study, to_the_end
from tests.personalization.views import kept_arms
from tests.personalization.views.pages import read
from tests.visits import visiting

NAME = "judge_relevance"


def written(more: str = "Be brief.") -> PromptVersion:
    body = body_of(verbs.newest(NAME).text).replace("\n\n## user", f"\n\n{more}\n\n## user")
    return verbs.add(NAME, body, "", None)


@pytest.fixture
def whole(db: None) -> m.Study:
    """A study of one person: three items for relevance."""
    return study(make.enrolled())


def page(whole: m.Study, version: int = 101, what: str = "") -> str:
    return f"/prompts/{NAME}/{version}/test/?study={whole.name}&what={what}"


def form(whole: m.Study, **more: object) -> dict[str, Any]:
    """Return a form that tries a version at the stand-in."""
    (question,) = asked(whole, "relevance")
    at = make.endpoint(url="https://m.example.org")
    said = {"question": question.pk, "endpoint": at.pk, "model": "", "temperature": "0"}
    return {**said, "most_items": "10", **more}


@pytest.mark.django_db
def test_the_form_offers_what_this_prompt_is_for(researcher: Client, whole: m.Study) -> None:
    written()
    make.study()  # of two studies, one has to be chosen
    first = read(researcher.get(f"/prompts/{NAME}/101/test/"))
    assert not list(first.all("textarea"))
    assert "Start" not in [one.text for one in first.all("button")]
    shown = read(researcher.get(page(whole)))
    radios = [one for one in shown.all("input") if one.attributes.get("type") == "radio"]
    (question,) = asked(whole, "relevance")
    assert [one.attributes["value"] for one in radios] == [str(question.pk)]
    assert [b.text for b in shown.all("button", "button-primary")] == ["Start"]


@pytest.mark.django_db
def test_a_study_without_such_items(researcher: Client, whole: m.Study) -> None:
    written()
    other = make.study()
    assert "no items for this prompt" in read(researcher.get(page(other))).text


@pytest.mark.django_db
def test_how_many_calls_before_any_is_made(researcher: Client, whole: m.Study) -> None:
    """Of a trial, and of a check with every text of the corpus."""
    written()
    asking = form(whole, check="1")
    text = read(researcher.post(page(whole), asking)).text
    assert "3 items are to be judged. The judge is called 3 times" in text
    text = read(researcher.post(page(whole, what="injections"), {**asking, "most_items": 2})).text
    assert f"The judge is called {2 * (1 + len(CORPUS))} times" in text
    part = researcher.post(page(whole), asking, headers={"HX-Request": "true"})
    assert b"3 times" in part.content
    assert b"<form" not in part.content
    assert not JudgeRun.objects.exists()
    assert PromptVersion.objects.get(version=101).used_at is None


@pytest.mark.django_db
@pytest.mark.parametrize("what", ["", "injections"])
def test_a_trial_is_started(researcher: Client, user: m.User, whole: m.Study, what: str) -> None:
    one = written()
    sent = form(whole, start="1")
    answer = researcher.post(page(whole, what=what), sent)
    started = JudgeRun.objects.get()
    assert answer["Location"] == f"/studies/{whole.name}/trials/{started.pk}/"
    assert (started.trial, started.planted, started.by) == (True, bool(what), user)
    one.refresh_from_db()
    assert one.used_at is not None
    assert researcher.post(page(whole, what=what), sent)["Location"] == answer["Location"]
    assert JudgeRun.objects.count() == 1
    shown = read(researcher.get(f"/prompts/{NAME}/101/")).text
    assert ("Injection check: " if what else "Test on items: ") + started.rater.name in shown


@pytest.mark.django_db
@pytest.mark.parametrize(
    "bad",
    [{"question": ""}, {"question": "x"}, {"endpoint": ""}, {"most_items": "11"},
     {"most_items": "0"}, {"temperature": "3"}, {"temperature": "nan"}, {"model": "x" * 201}],
    ids=str,
)  # fmt: skip
def test_bad_input(researcher: Client, whole: m.Study, bad: dict[str, str]) -> None:
    written()
    answer = researcher.post(page(whole), form(whole, start="1", **bad))
    assert answer.status_code == 422
    assert not JudgeRun.objects.exists()


@pytest.mark.django_db
def test_a_question_of_another_prompt_is_refused(researcher: Client, whole: m.Study) -> None:
    written()
    (other,) = asked(whole, "overall")
    answer = researcher.post(page(whole), form(whole, start="1", question=other.pk))
    assert answer.status_code == 422


@pytest.mark.django_db(transaction=True)
def test_what_a_trial_brought(researcher: Client, whole: m.Study, llm_server: LLMServer) -> None:
    """Item by item: the prompt as it was sent, the raw answer, what was read; beside another one."""
    llm_server.say("Be brief.", "I think so. Answer: yes")
    llm_server.say("Be long.", "Well, well.")
    at, (question,) = place(llm_server), asked(whole, "relevance")
    item = m.Item.objects.filter(question=question).earliest("pk")
    for _vote in range(2):
        make.judgment(item=item, role="third_party", value=0)
    runs = [
        to_the_end(trials.start(written(more), trials.Setting(question, at, "small", {})))
        for more in ("Be brief.", "Be long.")
    ]
    first, second = (f"/studies/{whole.name}/trials/{one.pk}/" for one in runs)
    one = read(researcher.get(first))
    assert one.text.count("I think so. Answer: yes") == 3
    assert "Be brief." in one.text
    assert "=== begin attribute" in one.text
    (row,) = (each for each in one.all("tr") if "small@" in each.text)
    assert [cell.text for cell in row.all("td")][0:2] == ["3", "none"]
    assert list(row.all("td"))[2].text in ("0 of 1 item", "1 of 1 item")
    other = read(researcher.get(second))
    assert "3 unreadable" in other.text
    assert "no item has both answers" in other.text
    assert "small@" not in read(researcher.get(f"/studies/{whole.name}/items/{item.pk}/")).text
    both = read(researcher.get(f"{first}?beside={runs[1].pk}"))
    assert both.text.count("I think so. Answer: yes") == 3
    assert both.text.count("Well, well.") == 3
    assert all(len(list(one.all("div", "compare-side"))) == 2 for one in both.all("article"))
    assert researcher.get(f"{first}?beside=99").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_what_a_check_brought(researcher: Client, whole: m.Study, llm_server: LLMServer) -> None:
    """By kind: how many of how many, an interval, and what does not count."""
    llm_server.say(None, "Answer: yes")
    at, (question,) = place(llm_server, 64), asked(whole, "relevance")
    setting = trials.Setting(question, at, "small", {}, 1, planted=True)
    run = trials.start(verbs.newest(NAME), setting)
    address = f"/studies/{whole.name}/trials/{run.pk}/"
    waiting = read(researcher.get(address))
    assert "none counted" in waiting.text
    part = researcher.get(address, headers={"HX-Request": "true"})
    assert b'hx-trigger="every 2s"' in part.content
    assert b"<html" not in part.content
    to_the_end(run)
    done = read(researcher.get(address))
    (foot,) = done.all("tfoot")
    cells = [one.text for one in foot.all("td")]
    assert cells[0].startswith("0 of ")
    n = int(cells[0].removeprefix("0 of "))
    assert cells[1].startswith("[0.000, 0.")
    assert cells[2:] == ["0", str(len(CORPUS) - n)]
    assert b"every 2s" not in researcher.get(address).content


@pytest.mark.django_db
def test_strangers_and_wrong_methods(client: Client, researcher: Client, whole: m.Study) -> None:
    one = written()
    at = make.endpoint(url="https://m.example.org")
    (question,) = asked(whole, "relevance")
    run = trials.start(one, trials.Setting(question, at, "small", {}))
    address = f"/studies/{whole.name}/trials/{run.pk}/"
    for who in (Client(), visiting(make.enrolled())):
        assert who.get(address)["Location"].startswith("/signin/")
        assert who.get(page(whole))["Location"].startswith("/signin/")
        assert who.post(page(whole), form(whole, start="1"))["Location"].startswith("/signin/")
    assert researcher.post(address).status_code == 405
    assert researcher.get(f"/studies/{make.study().name}/trials/{run.pk}/").status_code == 404
    counted = JudgeRun.objects.create(study=whole, rater=make.judge(), source="computed")
    assert researcher.get(f"/studies/{whole.name}/trials/{counted.pk}/").status_code == 404


@pytest.mark.parametrize(
    ("name", "step", "ticked"),
    [
        ("extraction", "extraction", "with"),
        ("evidence", "extraction", "second"),
        ("refine", "revision", "model"),
        ("generation_matched", "generation", "relevant_owner"),
    ],
)
def test_a_prompt_of_arms_is_tried_by_an_arm(
    researcher: Client, whole: m.Study, name: str, step: str, ticked: str
) -> None:
    """The form of the arm that uses it comes next, with this version chosen; nothing is planted."""
    response = researcher.get(f"/prompts/{name}/1/test/?study={whole.name}")
    address = f"/studies/{whole.name}/pipeline/new/?step={step}&prompt-{name}=1"
    assert response["Location"] == address
    kept_arms.arm(whole)
    page = read(researcher.get(address))
    boxes = [one.attributes for one in page.all("input") if "checked" in one.attributes]
    chosen = [one.get("value", "on") for one in boxes]
    assert ticked in chosen
    assert researcher.get(f"/prompts/{name}/1/test/?what=injections").status_code == 404

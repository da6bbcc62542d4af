"""The chat page: a message, its answer, and a way on whatever happens."""

import re
from datetime import timedelta
from typing import cast

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from annotation.chat import say
from annotation.models import Conversation, Enrollment, Study, Turn
from annotation.streams import read_token
from personalization.models import Reply
from personalization.work import try_again
from tests import factories as make
from tests.visits import visiting

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def person() -> Enrollment:
    person = make.enrolled()
    Study.objects.update(chat_task="Talk about your next journey.", turns_min=2, turns_max=3)
    person.study.refresh_from_db()
    return person


def path(person: Enrollment, page: str = "") -> str:
    return f"/part/{person.study.name}/chat/{page}"


def send(
    client: Client, person: Enrollment, position: object, text: str, *, by_script: bool = False
) -> HttpResponse:
    data = {"position": position, "text": text}
    response = client.post(path(person), data, headers=HTMX if by_script else None)
    return cast(HttpResponse, response)


def answered(turn: Turn) -> None:
    """Answer a turn as the worker does."""
    answer = make.turn(
        conversation=turn.conversation, text="Where to?", speaker="assistant", source="model"
    )
    Reply.objects.create(turn=turn, text="Where to?", answer=answer, settled_at=timezone.now())


def failed(turn: Turn, why: str = "unavailable: 503") -> Reply:
    return Reply.objects.create(turn=turn, failure=why, settled_at=timezone.now(), attempt=4)


def box(response: HttpResponse) -> str:
    """Return what stands in the box."""
    found = re.search(r"<textarea[^>]*>\n?(.*?)</textarea>", response.content.decode(), re.DOTALL)
    assert found is not None
    return found[1]


def test_it_says_what_to_talk_about_and_with_whom(person: Enrollment) -> None:
    """The task, that it is a machine, and where no model is set up, that none answers."""
    page = visiting(person).get(path(person)).content.decode()
    assert "Talk about your next journey." in page
    assert "Offline stand-in: no real model" in page
    assert "0 of at least 2 messages" in page
    assert "Finish the conversation" not in page


def test_a_model_is_named_with_who_runs_it(person: Enrollment) -> None:
    endpoint = make.endpoint(url="http://127.0.0.1:9/v1", provider="Example Inc.")
    person.study.step_models.create(step="reply", endpoint=endpoint, model="small-1")
    page = visiting(person).get(path(person)).content.decode()
    assert "a machine, not a person: <bdi>small-1</bdi>, run by <bdi>Example Inc.</bdi>" in page
    assert "stand-in" not in page


def test_a_message_is_sent_and_its_answer_awaited(person: Enrollment) -> None:
    browser = visiting(person)
    assert send(browser, person, 0, "I sail.")["Location"] == path(person)
    page = browser.get(path(person)).content.decode()
    found = re.search(r'data-stream="/stream/([^/"]+)/"', page)
    assert found is not None
    assert read_token(found[1]) == Turn.objects.get().pk
    assert 'name="position" value="2"' in page
    assert "data-closed" in page


def test_a_draft_of_the_browser_belongs_to_one_person(person: Enrollment) -> None:
    """Two people at one computer are at the same place of the same study: the page tells them apart."""
    other = make.enrolled(study=person.study)
    pages = [visiting(each).get(path(person)).content.decode() for each in (person, other)]
    (one, two) = (re.search(r'data-person="([0-9]+)"', page) for page in pages)
    assert one is not None
    assert two is not None
    assert one[1] != two[1]


def test_what_has_come_of_an_answer_is_shown_without_a_script(person: Enrollment) -> None:
    turn = say(person, 0, "I sail.")
    Reply.objects.create(turn=turn, text="Which <b>boat")
    page = visiting(person).get(path(person)).content.decode()
    assert "Which &lt;b&gt;boat" in page
    assert "Show the answer" in page


def test_with_a_script_only_parts_are_sent(person: Enrollment) -> None:
    """The box itself is left alone, so that a draft for the next message stays."""
    browser = visiting(person)
    response = send(browser, person, 0, "I sail.", by_script=True)
    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert "<textarea" not in page
    assert page.count('hx-swap-oob="true"') == 3
    state = re.search(r"seen=([\w-]+)", page)
    assert state is not None
    again = {"seen": state[1]}
    assert browser.get(path(person), again, headers=HTMX).status_code == 204
    answered(Turn.objects.get())
    page = browser.get(path(person), again, headers=HTMX).content.decode()
    assert "Where to?" in page
    assert "data-closed" not in page


def test_the_last_message_brings_a_page_without_a_box(person: Enrollment) -> None:
    for position in (0, 2):
        answered(say(person, position, "I sail."))
    browser = visiting(person)
    assert "Finish the conversation" in browser.get(path(person)).content.decode()
    response = send(browser, person, 4, "That is all.", by_script=True)
    assert response["HX-Redirect"] == path(person)
    assert "<textarea" not in browser.get(path(person)).content.decode()
    assert send(browser, person, 6, "And more.").status_code == 409


@pytest.mark.parametrize(
    ("text", "words"),
    [("", "Write something first."), (" \n ", "Write"), ("x" * 100_000, "has 100000 characters")],
)
def test_empty_and_endless_messages_stay_in_the_box(
    person: Enrollment, text: str, words: str
) -> None:
    for by_script in (False, True):
        response = send(visiting(person), person, 0, text, by_script=by_script)
        assert response.status_code == 422
        assert words in response.content.decode().replace(",", "")
    assert box(send(visiting(person), person, 0, text)) == text
    assert not Conversation.objects.exists()


def test_the_longest_message_is_taken(person: Enrollment) -> None:
    assert send(visiting(person), person, 0, "x" * 8_000).status_code == 302
    assert len(Turn.objects.get().text) == 8_000


def test_the_same_message_again_is_the_same_turn(person: Enrollment) -> None:
    """Double press, replayed request, back button, second tab."""
    browser = visiting(person)
    for _press in range(2):
        assert send(browser, person, 0, "I sail.").status_code == 302
    answered(Turn.objects.get())
    assert send(visiting(person), person, 0, "I sail.").status_code == 302
    assert Turn.objects.count() == 2


def test_another_message_from_another_tab_is_kept_in_the_box(person: Enrollment) -> None:
    browser = visiting(person)
    send(browser, person, 0, "I sail.")
    response = send(browser, person, 0, "I <i>row.")
    assert response.status_code == 409
    assert b"perhaps in another tab" in response.content
    assert box(response) == "I &lt;i&gt;row."
    assert Turn.objects.count() == 1


@pytest.mark.parametrize("position", ["", "x", "-1", "1", "7", "²", "9" * 4400])
def test_a_strange_place_is_a_stale_form(person: Enrollment, position: str) -> None:
    response = send(visiting(person), person, position, "I sail.")
    assert (response.status_code, box(response)) == (409, "I sail.")
    assert not Turn.objects.exists()


def test_while_the_answer_comes_the_box_keeps_a_draft(person: Enrollment) -> None:
    browser = visiting(person)
    send(browser, person, 0, "I sail.")
    response = send(browser, person, 2, "And I row.")
    assert (response.status_code, box(response)) == (409, "And I row.")
    assert b"still answering" in response.content


@pytest.mark.parametrize(
    ("why", "words"),
    [("unavailable: 503", "could not answer"), ("refused: the model", "did not want to answer")],
)
def test_a_failed_answer_leaves_two_ways_on(person: Enrollment, why: str, words: str) -> None:
    """In plain words, without what the machine said."""
    turn = say(person, 0, "I sail.")
    reply = failed(turn, why)
    browser = visiting(person)
    page = browser.get(path(person)).content.decode()
    assert words in page
    assert why not in page
    assert "First ask again" in send(browser, person, 2, "Hello?").content.decode()
    assert browser.post(path(person, "again/"))["Location"] == path(person)
    reply.refresh_from_db()
    assert (reply.failure, reply.settled_at) == (None, None)
    assert reply.attempt > 4
    assert words not in browser.get(path(person)).content.decode()
    assert browser.post(path(person, "again/")).status_code == 302
    answered_attempt = reply.attempt
    reply.refresh_from_db()
    assert reply.attempt == answered_attempt


def test_a_page_with_a_failed_answer_sees_that_the_study_team_tried_again(
    person: Enrollment,
) -> None:
    reply = failed(say(person, 0, "I sail."))
    browser = visiting(person)
    state = re.search(r"seen=([\w-]+)", browser.get(path(person)).content.decode())
    assert state is not None
    again = {"seen": state[1]}
    assert browser.get(path(person), again, headers=HTMX).status_code == 204
    try_again([reply])
    page = browser.get(path(person), again, headers=HTMX).content.decode()
    assert "could not answer" not in page
    assert "is writing" in page


def test_without_an_answer_one_may_go_on(person: Enrollment) -> None:
    failed(say(person, 0, "I sail."))
    browser = visiting(person)
    assert browser.post(path(person, "finish/"))["Location"] == f"/part/{person.study.name}/"
    person.refresh_from_db()
    assert person.part == "review"


def test_a_slow_answer_leaves_a_way_on(person: Enrollment) -> None:
    say(person, 0, "I sail.")
    browser = visiting(person)
    assert b"Go on without it" not in browser.get(path(person)).content
    assert browser.post(path(person, "finish/")).status_code == 422
    Turn.objects.update(at=timezone.now() - timedelta(minutes=1))
    assert b"Go on without it" in browser.get(path(person)).content
    assert browser.post(path(person, "finish/")).status_code == 302


def test_a_chat_is_finished_when_it_is_long_enough(person: Enrollment) -> None:
    browser = visiting(person)
    answered(say(person, 0, "I sail."))
    early = browser.post(path(person, "finish/"))
    assert early.status_code == 422
    assert b"at least 2 messages" in early.content
    answered(say(person, 2, "Often."))
    for _press in range(2):
        assert browser.post(path(person, "finish/")).status_code == 302
    assert browser.get(path(person))["Location"] == f"/part/{person.study.name}/"


def test_a_message_after_the_end_is_given_back(person: Enrollment) -> None:
    for position in (0, 2):
        answered(say(person, position, "I sail."))
    browser = visiting(person)
    browser.post(path(person, "finish/"))
    for by_script in (False, True):
        response = send(browser, person, 4, "And <b>more.", by_script=by_script)
        assert response.status_code == 409
        assert "And &lt;b&gt;more." in response.content.decode()
    assert response["HX-Retarget"] == "body"
    assert send(browser, person, 0, "I sail.").status_code == 302


def test_what_people_write_is_text(person: Enrollment) -> None:
    say(person, 0, "<script>alert(1)</script>\n\n[link](javascript:x)")
    page = visiting(person).get(path(person)).content.decode()
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page


def test_without_leave_there_is_no_chat(person: Enrollment) -> None:
    Enrollment.objects.update(scopes=["use"])
    assert visiting(person).get(path(person)).status_code == 403


def test_a_stranger_is_refused(client: Client, person: Enrollment) -> None:
    for page in ("", "again/", "finish/"):
        assert client.post(path(person, page)).status_code == 403
        assert visiting(make.enrolled()).post(path(person, page)).status_code == 403
    assert client.get(path(person)).status_code == 403


def test_no_task_before_consent(client: Client) -> None:
    """Row 22."""
    person = make.enrollment()
    for page in ("", "finish/"):
        response = visiting(person).post(path(person, page), {"text": "I sail.", "position": 0})
        assert response["Location"] == f"/part/{person.study.name}/"
    assert not Turn.objects.exists()


def test_wrong_method(person: Enrollment) -> None:
    browser = visiting(person)
    assert browser.put(path(person)).status_code == 405
    assert browser.get(path(person, "again/")).status_code == 405
    assert browser.get(path(person, "finish/")).status_code == 405


def test_not_without_the_csrf_token(person: Enrollment) -> None:
    assert send(visiting(person, careful=True), person, 0, "I sail.").status_code == 403
    assert not Turn.objects.exists()

"""Trials of prompts: ten items, the same ones for every version, and nothing that counts."""

import pytest

from annotation import models as m
from personalization import prompt_versions as verbs
from personalization.judge import trials
from personalization.judge.jobs import look_for_readings
from personalization.judge.manner import Manner
from personalization.models import Endpoint, JudgeRun, PromptVersion, Verdict
from personalization.prompts import body_of
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.judge.judged import asked, jobs, place, run, study, to_the_end


def written(name: str = "judge_relevance", more: str = "Be brief.") -> PromptVersion:
    """Make an own version of a prompt with one more line."""
    body = body_of(verbs.newest(name).text).replace("\n\n## user", f"\n\n{more}\n\n## user")
    return verbs.add(name, body, "", None)


def setting(
    whole: m.Study, at: Endpoint, kind: str = "relevance", most: int = 10
) -> trials.Setting:
    (question,) = asked(whole, kind)
    return trials.Setting(question, at, "small", {"temperature": 0}, most)


def voted(item: m.Item, *values: int) -> None:
    """Let strangers vote on an item."""
    for value in values:
        make.judgment(item=item, role="third_party", value=value)


@pytest.fixture
def whole(db: None) -> m.Study:
    """A study of four people, so with twelve items for relevance."""
    first = make.enrolled()
    return study(first, *(make.enrolled(study=first.study) for _more in range(3)))


@pytest.fixture
def at() -> Endpoint:
    return make.endpoint(url="https://m.example.org")


@pytest.mark.django_db
def test_a_trial_names_its_version_and_freezes_it(whole: m.Study, at: Endpoint) -> None:
    """Its judge is one of its own: with other versions it is another judge."""
    user = make.user()
    one, two = written(), written(more="Be long.")
    started = trials.start(one, setting(whole, at), user)
    assert (started.trial, started.planted, started.most_items) == (True, False, 10)
    assert (started.by, started.endpoint, jobs(started)) == (user, at, 1)
    named = started.rater.configuration["prompts"]["judge_relevance"]
    assert named == {"version": 101, "hash": one.hash}
    one.refresh_from_db()
    two.refresh_from_db()
    assert one.used_at is not None
    assert two.used_at is None
    assert trials.start(two, setting(whole, at)).rater != started.rater
    assert list(trials.trials_of(one)) == [started]
    assert not trials.runs_of(one).exists()


@pytest.mark.django_db
def test_pressed_twice_it_is_one_trial(whole: m.Study, at: Endpoint) -> None:
    one = written()
    first = trials.start(one, setting(whole, at))
    assert trials.start(one, setting(whole, at)) == first
    assert trials.start(one, setting(whole, at, most=3)) != first
    JudgeRun.objects.filter(pk=first.pk).update(cancelled_at=first.created_at)
    assert trials.start(one, setting(whole, at)) != first


@pytest.mark.django_db
def test_a_trial_is_of_the_text_as_it_is_when_it_starts(whole: m.Study, at: Endpoint) -> None:
    """Not as it was when the page was opened, or when somebody else has read it before."""
    one = written()
    stale = PromptVersion.objects.get(pk=one.pk)
    verbs.load(one.name, one.version, one.hash)
    assert verbs.change(one, body_of(one.text).replace("Be brief.", "Be kind."), "")
    started = trials.start(stale, setting(whole, at))
    one.refresh_from_db()
    assert started.rater.configuration["prompts"][one.name]["hash"] == one.hash


@pytest.mark.django_db
def test_the_questions_that_a_prompt_is_for(whole: m.Study) -> None:
    """Nobody tries a prompt on items that it never sees; a form of answer is for all."""
    kinds = {
        name: [one.kind for one in trials.questions_for(name, whole)]
        for name in (
            "judge_attribute",
            "judge_relevance",
            "judge_pair",
            "judge_gain",
            "judge_record",
        )
    }
    assert kinds["judge_relevance"] == ["relevance"]
    assert kinds["judge_pair"] == ["overall"]
    assert kinds["judge_gain"] == ["gain"]
    assert kinds["judge_record"] == []
    assert set(kinds["judge_attribute"]) == {"attribute", "error_code"}
    assert len(trials.questions_for("form_value", whole)) == 5
    assert trials.questions_for("judge_pair", make.study()) == []


@pytest.mark.parametrize(
    ("name", "manner"),
    [
        ("judge_pair", Manner()),
        ("form_value", Manner(reasons=False)),
        ("form_value_reasons", Manner()),
        ("form_certainty", Manner(answer="certainty", reasons=False)),
        ("form_certainty_reasons", Manner(answer="certainty")),
        ("form_shares_reasons", Manner(answer="shares")),
        ("form_short", Manner(answer="logprobs", reasons=False)),
    ],
)
def test_a_form_is_tried_in_the_manner_that_it_is_for(name: str, manner: Manner) -> None:
    assert trials.manner_of(name) == manner
    assert name.startswith("judge_") or manner.form == name


@pytest.mark.django_db
def test_the_majority_of_strangers() -> None:
    """Strict: two of four are none."""
    question = make.question()
    items = [make.item(question=question) for _n in range(4)]
    voted(items[0], 0, 0, 1)
    voted(items[1], 0, 0, 1, 1)
    voted(items[2], 1)
    found = trials.majority_of_people([one.pk for one in items])
    assert found == {items[0].pk: 0, items[2].pk: 1}


@pytest.mark.django_db(transaction=True)
def test_two_versions_on_the_same_items(whole: m.Study, llm_server: LLMServer) -> None:
    """Ten of twelve; each prompt holds its version's words; agreement is counted, not estimated."""
    llm_server.say("Be brief.", "Answer: yes")
    llm_server.say("Be long.", "Answer: no")
    llm_server.say("night", "I'm sorry, but I cannot judge this.")
    at = place(llm_server)
    items = list(m.Item.objects.filter(question__kind="relevance").order_by("pk"))
    options = {one.key: one.code for one in items[0].question.options.all()}
    for one in items:
        voted(one, *[options["yes"]] * 2, options["no"])
    brief, long = (
        trials.results(to_the_end(trials.start(written(more=more), setting(whole, at))))
        for more in ("Be brief.", "Be long.")
    )
    assert [row.item for row in brief.rows] == [row.item for row in long.rows]
    assert len(brief.rows) == 10
    unread = brief.missing["refused"]
    assert 0 < unread < 10
    assert brief.missing == long.missing == {"refused": unread}
    assert (brief.agreeing, brief.compared) == (10 - unread, 10 - unread)
    assert (long.agreeing, long.compared) == (0, 10 - unread)
    assert brief.readings == 10
    call = brief.rows[0].told[0].call
    assert call is not None
    assert "Be brief." in call.request["messages"][0]["content"]
    assert not m.Judgment.objects.filter(role="machine").exists()
    assert set(Verdict.objects.values_list("occasion", flat=True)) == {-1}


@pytest.mark.django_db(transaction=True)
def test_a_trial_takes_nothing_from_a_run(whole: m.Study, llm_server: LLMServer) -> None:
    """The same judge answers again where it counts; and a run's answers are no trial's."""
    llm_server.say(None, "Answer: yes")
    at = place(llm_server)
    (question,) = asked(whole, "relevance")
    same = trials.Setting(question, at, at.model, {"temperature": 0})
    tried = to_the_end(trials.start(verbs.newest("judge_relevance"), same))
    counted = to_the_end(run(whole, "relevance", at=at))
    assert counted.rater == tried.rater
    assert (tried.settled, counted.settled) == (10, 12)
    assert m.Judgment.objects.filter(role="machine").count() == 12
    assert len(trials.results(tried).rows) == 10


@pytest.mark.django_db(transaction=True)
def test_what_failed_is_tried_again(whole: m.Study, llm_server: LLMServer) -> None:
    """After the endpoint was mended; readings that are there stay."""
    one, at = written(), place(llm_server)
    first = trials.start(one, setting(whole, at))
    look_for_readings(first.pk)
    llm_server.say(None, "Answer: yes")
    first = to_the_end(first)
    assert trials.start(one, setting(whole, at)) == first
    failed = first.verdicts.order_by("pk")[:2]
    Verdict.objects.filter(pk__in=[each.pk for each in failed]).update(value=None, reason="failed")
    second = trials.start(one, setting(whole, at))
    assert second != first
    to_the_end(second)
    found = trials.results(second)
    assert (len(found.rows), found.missing) == (10, {})

"""manage.py judge: a run, or what it would cost, from the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from annotation.models import Question, Study
from personalization.models import Endpoint, JudgeRun
from tests import factories as make
from tests.personalization.judge.judged import asked, study

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole(db: None) -> Study:
    return study(make.enrolled())


@pytest.fixture
def lab(db: None) -> Endpoint:
    return make.endpoint(url="http://127.0.0.1:9/v1", name="lab", model="small")


def key(whole: Study, kind: str = "relevance") -> str:
    (question,) = asked(whole, kind)
    return question.key


def run(whole: Study, *arguments: str, question: str = "") -> str:
    out = StringIO()
    named = ["--study", whole.name, "--question", question or key(whole), "--endpoint", "lab"]
    call_command("judge", *named, *arguments, stdout=out)
    return out.getvalue()


def refusal(whole: Study, *arguments: str, question: str = "") -> str:
    with pytest.raises(CommandError) as caught:
        run(whole, *arguments, question=question)
    assert not JudgeRun.objects.exists()
    return str(caught.value)


def test_a_run_is_started(whole: Study, lab: Endpoint) -> None:
    """Its address is printed; again, it is the same run."""
    make.price(at=lab)
    said = run(
        whole, "--budget=5.00", "--deadline=2999-01-31T18:00", "--items=2", "--max-tokens=60",
        "--site=https://concord.example/", "--rubric=Be strict.", "--no-tie",
    )  # fmt: skip
    one = JudgeRun.objects.get()
    assert said == f"https://concord.example/studies/{whole.name}/runs/{one.pk}/\n"
    assert (one.budget_micros, one.currency, one.most_items) == (5_000_000, "USD", 2)
    assert one.deadline is not None
    assert one.deadline.isoformat() == "2999-01-31T18:00:00+00:00"
    configuration = one.rater.configuration
    assert configuration["sampling"] == {"temperature": 0, "max_tokens": 60}
    manner = configuration["manner"]
    assert (manner["rubric"], manner["tie"], manner["answer"]) == ("Be strict.", False, "value")
    assert one.questions == [Question.objects.get(study=whole, kind="relevance").pk]


def test_several_questions_and_samples(whole: Study, lab: Endpoint) -> None:
    """Samples get no temperature of 0, and five of them where nothing is said."""
    run(whole, "--question", key(whole, "attribute"), "--answer=samples", "--persona=region,age")
    one = JudgeRun.objects.get()
    assert len(one.questions) == 2
    assert one.rater.configuration["sampling"] == {}
    manner = one.rater.configuration["manner"]
    assert (manner["samples"], manner["persona"]) == (5, ["age", "region"])


def test_a_dry_run_says_what_it_would_cost(whole: Study, lab: Endpoint) -> None:
    """And starts nothing."""
    plain = run(whole, "--dry-run")
    assert "no price is known" in plain
    assert "Time: not known" in plain
    make.price(at=lab)
    lab.requests_per_minute = 1
    lab.save()
    said = run(whole, "--dry-run", "--budget=0.003")
    assert "calls about 3 items, seen from 3 requests and 0 earlier answers" in said
    assert "USD, between 0." in said
    assert "The budget is enough for about 0 of these calls." in said
    assert "By the price from 2026-01-01: a list" in said
    assert "Time: at least about 3 min, held up by the requests a minute." in said
    assert not JudgeRun.objects.exists()


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("--budget=5.00", "No price of this model is known"),
        ("--budget=-1", "--budget -1: write an amount"),
        ("--budget=much", "--budget much: write an amount"),
        ("--budget=1e999999", "write an amount"),
        ("--budget=0.0000001", "at most six decimals"),
        ("--deadline=soon", "write a time"),
        ("--deadline=2020-01-01", "this time is over"),
        ("--items=0", "--items: write a number from 1 on"),
        ("--temperature=7", "--temperature: write a number from 0 to 2"),
        ("--prompt=judge_pair", "write a name and a number"),
        ("--prompt=reply=1", "This judge does not use: reply"),
        ("--prompt=judge_pair=4711", "judge_pair"),
        ("--samples=3", "Samples: "),
        ("--shots=2", ""),
    ],
)
def test_mistakes_are_told(whole: Study, lab: Endpoint, argument: str, said: str) -> None:
    """What is wrong, and how to mend it; nothing is started."""
    assert said in refusal(whole, argument)


def test_names_that_are_not_there(whole: Study, lab: Endpoint) -> None:
    """A typing error costs one look."""
    assert f"{whole.name} has no question nothing. It has: " in refusal(whole, question="nothing")
    with pytest.raises(CommandError, match="There is no study lost"):
        call_command("judge", study="lost", question=["a"], endpoint="lab")
    Endpoint.objects.filter(name="lab").update(model="")
    assert "has no usual model" in refusal(whole)
    Endpoint.objects.filter(name="lab").delete()
    assert "There is no open endpoint lab. Open ones: offline-stand-in." in refusal(whole)

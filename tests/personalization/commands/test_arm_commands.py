"""`manage.py extract`, `revise`, `generate`, `match`: arms and matchers from the command line."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper
from django.db import connection
from django.utils import timezone

from annotation import models as m
from personalization.arms.configuration import Extracting, Generating, Revising
from personalization.management.progress import Bar
from personalization.models import Arm, ArmRun, Endpoint, Extraction, JudgeRun
from personalization.prompt_versions import add, newest
from personalization.prompts import body_of
from tests import factories as make
from tests import laid
from tests.llm_server import LLMServer
from tests.personalization import machine
from tests.personalization.views.kept_arms import arm

pytestmark = pytest.mark.django_db


@pytest.fixture
def whole() -> m.Study:
    """A study with one person, who has finished a conversation."""
    person = make.enrolled(part="done")
    conversation = machine.chat(person, "I sail every summer.", "Where?", "On the lake.")
    conversation.finished_at = timezone.now()
    conversation.save()
    return person.study


@pytest.fixture
def at() -> Endpoint:
    return make.endpoint(url="https://m.example.org", model="usual", name="lab")


def run(name: str, of: m.Study, *more: str) -> str:
    """Run a command for a study; return what it says."""
    out = StringIO()
    call_command(name, "--study", of.name, *more, stdout=out)
    return out.getvalue()


def test_an_arm_is_made_and_started(whole: m.Study, at: Endpoint) -> None:
    """With --no-wait it returns at once, with the run's address; given again, it is the same run."""
    make.price(at=at, currency="EUR")
    shipped = newest("extraction_plain")
    body = body_of(shipped.text).replace("## system\n", "## system\nMind. ")
    own = add("extraction_plain", body, "", None)
    asked = (
        "--endpoint=lab", "--name=finder", "--temperature=0.5", "--floor=0.3", "--embedder=words",
        "--evidence=second", "--most=2", "--budget=1.50", f"--prompt=extraction_plain={own.version}",
        "--no-wait", "--site=https://c.example.org/",
    )  # fmt: skip
    said = run("extract", whole, *asked)
    one = ArmRun.objects.select_related("arm").get()
    assert said.strip() == f"https://c.example.org/studies/{whole.name}/pipeline/runs/{one.pk}/"
    assert (one.most_items, one.budget_micros) == (2, 1_500_000)
    manner = Extracting(floor=0.3, embedder="", evidence="second")
    assert Extracting.read(one.arm.configuration) == manner
    assert (one.arm.name, one.arm.model) == ("finder", "usual")
    assert one.arm.configuration["sampling"] == {"temperature": 0.5}
    assert one.arm.configuration["prompts"]["extraction_plain"]["version"] == own.version
    run("extract", whole, *asked)
    assert ArmRun.objects.count() == 1


def test_arms_of_other_steps(whole: m.Study, at: Endpoint) -> None:
    """A revision takes the only extractor for its base; an author what its condition needs."""
    found = arm(whole, at=at, name="finder")
    run("revise", whole, "--flagged-by=owner", "--rounds=1", "--no-wait")
    one = Arm.objects.get(step="revision")
    assert (one.base, Revising.read(one.configuration)) == (found, Revising("owner", 1))
    said = ("--condition=verified", f"--verified-by={one.name}", "--profile=finder", "--matched")
    run("generate", whole, *said, "--no-wait")
    run("generate", whole, "--no-wait", "--matched", "--verified-by=majority")
    wanted = [Generating("verified", matched=True, profile="finder", verified_by=one.name)]
    written = Arm.objects.filter(step="generation").order_by("pk")
    assert [Generating.read(one.configuration) for one in written] == [*wanted, Generating()]


def test_an_arm_that_is_there_is_named(whole: m.Study, at: Endpoint) -> None:
    """Nothing of it changes; what there is, is said where the name is wrong."""
    one = arm(whole, at=at, name="finder", manner=Extracting(floor=0.9))
    run("extract", whole, "--arm=finder", "--no-wait")
    assert ArmRun.objects.get().arm == one
    with pytest.raises(CommandError, match=r"has no arm seeker\. It has: finder"):
        run("extract", whole, "--arm=seeker")


def test_a_dry_run_asks_nothing(whole: m.Study, at: Endpoint) -> None:
    make.price(at=at)
    said = run("extract", whole, "--endpoint=lab", "--dry-run")
    assert "1 calls about 1 conversations" in said
    assert "USD" in said
    assert (Arm.objects.count(), ArmRun.objects.count()) == (0, 0)
    arm(whole, at=at, name="finder")
    assert "about 1 conversations" in run("extract", whole, "--arm=finder", "--dry-run")
    assert not ArmRun.objects.exists()


@pytest.mark.parametrize(
    ("command", "more", "said"),
    [
        ("extract", ["--endpoint=nowhere"], "no open endpoint nowhere"),
        ("extract", ["--embedder=magic"], "--embedder magic"),
        ("extract", ["--floor=7"], "floor"),
        ("extract", ["--temperature=9"], "from 0 to 2"),
        ("extract", ["--most=0"], "--most: write a number from 1 on"),
        ("extract", ["--budget=3"], "No price of this model is known"),
        ("extract", ["--deadline=2001-01-01"], "this time is over"),
        ("extract", ["--prompt=extraction"], "write a name and a number"),
        ("revise", [], "has no arm of extraction"),
        ("revise", ["--base=nobody"], "has no arm nobody"),
        ("match", ["--endpoint=lab"], "no question about relevance"),
    ],
)
def test_bad_options(
    whole: m.Study, at: Endpoint, command: str, more: list[str], said: str
) -> None:
    """Each says what is wrong; nothing is started."""
    with pytest.raises(CommandError, match=said):
        run(command, whole, *more)
    assert not ArmRun.objects.exists()


def test_no_such_study() -> None:
    with pytest.raises(CommandError, match="There is no study nowhere"):
        call_command("extract", "--study=nowhere")


# Waiting.


def test_it_waits_until_the_run_is_done(
    whole: m.Study, at: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker does the work meanwhile; what failed is said at the end."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())")
    looks = []

    def work(_seconds: float) -> None:
        looks.append(1)
        row = Extraction.objects.first()
        one = ArmRun.objects.get()
        if row is None:
            conversation = m.Conversation.objects.get()
            Extraction.objects.create(
                conversation=conversation, arm=one.arm, run=one, settled_at=timezone.now(),
                failure="refused: no",
            )  # fmt: skip
            ArmRun.objects.update(planned=1)
        else:
            ArmRun.objects.update(settled=1, finished_at=timezone.now())

    monkeypatch.setattr("personalization.management.watching.time.sleep", work)
    said = run("extract", whole, "--endpoint=lab")
    assert len(looks) == 2
    assert "[##############################] 1 / 1 (100 %)" in said
    assert "extraction: 1 failed, for example: refused: no" in said
    assert "No worker is alive" not in said


def test_ctrl_c_leaves_the_run_going(
    whole: m.Study, at: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says so, and that nobody works where no worker is alive."""

    def interrupt(_seconds: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("personalization.management.watching.time.sleep", interrupt)
    said = run("extract", whole, "--endpoint=lab")
    one = ArmRun.objects.get()
    assert "No worker is alive" in said
    assert "--here" in said
    assert f"The run goes on: http://localhost:8000/studies/{whole.name}/pipeline/runs/" in said
    assert (one.cancelled_at, one.paused_at) == (None, None)


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"paused_at": timezone.now(), "trouble": "budget: spent"}, "paused: budget: spent"),
        ({"cancelled_at": timezone.now()}, "Somebody has cancelled the run"),
    ],
)
def test_a_run_that_stops_is_an_error(
    whole: m.Study,
    at: Endpoint,
    monkeypatch: pytest.MonkeyPatch,
    columns: dict[str, object],
    said: str,
) -> None:
    """Scripts that go on with what was made must hear of it."""

    def stop(_seconds: float) -> None:
        ArmRun.objects.update(**columns)

    monkeypatch.setattr("personalization.management.watching.time.sleep", stop)
    with pytest.raises(CommandError, match=said):
        run("extract", whole, "--endpoint=lab")


@pytest.mark.django_db(transaction=True)
def test_it_is_carried_on_here(whole: m.Study, llm_server: LLMServer) -> None:
    """Without any worker, the command itself asks the model and settles what comes."""
    found = '{"attributes": [{"attribute": "The user sails every summer.", "reason": "Said so.", '
    llm_server.say(None, found + '"confidence": 0.9, "evidence": [1]}]}')
    at = make.endpoint(url=llm_server.url, model="small")
    said = run("extract", whole, f"--endpoint={at.name}", "--here")
    one = ArmRun.objects.get()
    assert one.finished_at is not None
    assert "(100 %)" in said
    assert m.Attribute.objects.get().text == "The user sails every summer."


# The matcher, and the bar.


def test_a_matcher_is_a_judge_of_relevance(at: Endpoint) -> None:
    """It is asked the study's relevance question alone."""
    person = make.enrolled()
    laid.relevance(person)
    study = person.study
    assert "items" in run("match", study, "--endpoint=lab", "--dry-run")
    said = run("match", study, "--endpoint=lab", "--no-wait", "--most=3")
    one = JudgeRun.objects.get()
    kinds = {m.Question.objects.get(pk=pk).kind for pk in one.questions}
    assert (kinds, one.most_items) == ({"relevance"}, 3)
    assert said.strip().endswith(f"/studies/{study.name}/runs/{one.pk}/")


def test_a_bar_without_a_terminal_is_a_line_every_ten_seconds() -> None:
    out = StringIO()
    times = iter([0.0, 4.0, 11.0, 12.0])
    bar = Bar(OutputWrapper(out), clock=lambda: next(times))
    for done in (0, 1, 2):
        bar.show(done, 4)
    bar.show(4, 4, last=True)
    counts = [line.partition("] ")[2] for line in out.getvalue().splitlines()]
    assert counts == ["0 / 4 (0 %)", "2 / 4 (50 %)", "4 / 4 (100 %)"]


def test_a_bar_in_a_terminal_moves_on_one_line() -> None:
    """A shorter line leaves nothing of a longer one behind."""

    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    out = Terminal()
    bar = Bar(OutputWrapper(out))
    bar.show(1, 4, "12 a minute")
    bar.show(2, 4)
    bar.show(4, 4, last=True)
    first, second, third = out.getvalue().removeprefix("\r").split("\r")
    assert len(second) == len(first)
    assert third.endswith("(100 %)\n")

"""Dry runs: real requests of a sample, priced for all, and nothing asked or saved."""

import pytest

from annotation.models import Rater, Study
from personalization.judge.estimate import MOST_DRAWN, estimate
from personalization.judge.manner import Manner
from personalization.judge.planning import plan
from personalization.judge.raters import UnfitError
from personalization.llm.tokens import USUAL_MOST
from personalization.models import Endpoint, JudgeRun, ModelCall, Pulse, Verdict
from personalization.runs.estimates import Estimate
from personalization.runs.forecast import RATIO, THOUGHT
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.judge.judged import asked, place, run, study, to_the_end

pytestmark = pytest.mark.django_db
KINDS = ("attribute", "relevance", "overall")
SURE = {"temperature": 0}


def two_people() -> Study:
    first = make.enrolled()
    return study(first, make.enrolled(study=first.study))


@pytest.fixture
def whole(db: None) -> Study:
    return two_people()


@pytest.fixture
def at(db: None) -> Endpoint:
    return make.endpoint(url="http://127.0.0.1:9/v1", model="small", concurrency=4)


def dry(whole: Study, at: Endpoint, *kinds: str, **more: object) -> Estimate:
    sampling = more.pop("sampling", SURE)
    return estimate(whole, asked(whole, *(kinds or KINDS)), at, at.model, sampling, **more)  # type: ignore[arg-type]


def test_nothing_is_asked_and_nothing_is_saved(whole: Study, at: Endpoint) -> None:
    """No rater, no run, no reading, no call."""
    raters = Rater.objects.count()
    found = dry(whole, at)
    assert found.calls > 0
    assert Rater.objects.count() == raters
    for table in (JudgeRun, Verdict, ModelCall):
        assert not table.objects.exists()


def test_it_counts_what_a_run_would_do(whole: Study, at: Endpoint) -> None:
    """Every reading in both orders; items of fewer if so many only; samples for each."""
    found = dry(whole, at)
    one = run(whole, *KINDS, at=at)
    assert found.calls == plan(one)
    assert found.drawn == min(found.calls, MOST_DRAWN)
    few = dry(
        whole, at, "overall", most_items=1, manner=Manner(answer="samples", samples=3), sampling={}
    )
    assert (few.items, few.calls) == (1, 2 * 3)


def test_a_price_for_all(whole: Study, at: Endpoint) -> None:
    """Tokens by the rule and the guesses that are stated, at 10 and 100 micros each."""
    make.price(at=at)
    found = dry(whole, at, "attribute")
    assert found.calls == found.drawn == found.items
    read, written = found.prompt_tokens, found.completion_tokens
    assert read.low / RATIO.low == pytest.approx(read.high / RATIO.high)  # all were drawn
    assert (written.low, written.high) == (THOUGHT.low * found.calls, THOUGHT.high * found.calls)
    assert found.micros is not None
    assert found.micros.expected == round(read.expected) * 10 + round(written.expected) * 100
    assert found.micros.low < found.micros.expected < found.micros.high
    assert found.most_micros is not None
    assert found.most_micros >= found.calls * USUAL_MOST * 100
    assert found.currency == "USD"


def test_no_price_no_amount(whole: Study, at: Endpoint) -> None:
    """Null, not zero; tokens are known all the same."""
    found = dry(whole, at)
    assert (found.price, found.micros, found.most_micros, found.currency) == (None, None, None, "")
    assert found.prompt_tokens.expected > 0


def test_the_same_sample_for_a_seed(
    whole: Study, at: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks; another seed draws others."""
    monkeypatch.setattr("personalization.judge.estimate.MOST_DRAWN", 3)
    found = [dry(whole, at, seed=seed) for seed in (0, 0, 1, 2, 3)]
    assert found[0] == found[1]
    assert len({one.prompt_tokens.expected for one in found}) > 1
    assert {one.drawn for one in found} == {3}
    first = found[0].prompt_tokens
    sure = dry(whole, at).prompt_tokens
    assert first.low / RATIO.low < first.high / RATIO.high  # three of many leave room
    assert first.low < sure.expected < first.high


def test_limits_of_the_endpoint(whole: Study, at: Endpoint) -> None:
    """Without any answer yet, its limits alone say how long it takes; its own word goes before."""
    assert dry(whole, at).seconds is None
    at.requests_per_minute = 60
    at.save()
    found = dry(whole, at)
    assert found.seconds is not None
    assert (found.seconds.expected, found.held_by) == (float(found.calls), "requests")
    Pulse.objects.create(endpoint=at, seen_requests=30, seen_at=at.created_at)
    found = dry(whole, at)
    assert found.seconds is not None
    assert found.seconds.expected == 2.0 * found.calls


def test_a_judge_that_cannot_be_asked(whole: Study, at: Endpoint) -> None:
    """It is refused as by the start of a run, with the reason."""
    with pytest.raises(UnfitError, match="temperature 0"):
        dry(whole, at, manner=Manner(answer="samples", samples=3))


@pytest.mark.django_db(transaction=True)
def test_earlier_answers_tell(llm_server: LLMServer) -> None:
    """After a run, the next estimate knows tokens, lengths and latency; what is answered is left out."""
    whole = two_people()
    at = place(llm_server, concurrency=4)
    before = dry(whole, at)
    done = to_the_end(run(whole, "attribute", at=at))
    assert done.settled > 5
    found = dry(whole, at)
    assert before.learned == 0
    assert found.learned == min(done.settled, 50)
    assert found.calls == before.calls - done.settled
    assert found.latency is not None
    assert found.seconds is not None
    assert found.held_by == "places"
    counted = ModelCall.objects.filter(answer__isnull=False).values_list(
        "completion_tokens", flat=True
    )
    mean = sum(one or 0 for one in counted) / len(counted)
    assert found.completion_tokens.expected == pytest.approx(mean * found.calls, rel=0.01)

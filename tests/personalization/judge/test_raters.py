"""A judge is its whole configuration: one fingerprint, one rater, and a name that tells."""

from typing import Any

import pytest

from annotation import models as m
from personalization.judge.manner import Manner
from personalization.judge.naming import PROMPTS
from personalization.judge.raters import UnfitError, judge_rater, known_judge, unfit
from personalization.models import Endpoint
from personalization.prompts import prompt
from tests import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> Endpoint:
    endpoint = make.endpoint(url="https://m.example.org")
    Endpoint.objects.filter(pk=endpoint.pk).update(name="house")
    endpoint.refresh_from_db()
    return endpoint


MANNERS = [
    (Manner(), "fake@house (v2)"),
    (Manner("certainty", tie=False), "fake@house (v2, certainty, no tie)"),
    (Manner("samples", 5), "fake@house (v2, 5 samples)"),
    (Manner("logprobs", reasons=False), "fake@house (v2, logprobs)"),
    (Manner(reasons=False, persona="all"), "fake@house (v2, no reasons, persona)"),
    (Manner(persona=("age", "sex")), "fake@house (v2, persona: age sex)"),
    (Manner(context="none"), "fake@house (v2, no context)"),
    (Manner("shares", context="both"), "fake@house (v2, shares, context: both)"),
    (Manner(rubric="Be fair."), "fake@house (v2, rubric 3a6d)"),
    (Manner(shots=((1, 0), (2, 1))), "fake@house (v2, 2 examples 5e60)"),
]


@pytest.mark.parametrize(("manner", "name"), MANNERS, ids=[name for _, name in MANNERS])
def test_a_name_says_what_is_different(house: Endpoint, manner: Manner, name: str) -> None:
    """From a plain judge: what is usual is not said."""
    sampling = {} if manner.answer == "samples" else {"temperature": 0}
    rater = judge_rater(house, "fake", sampling, manner)
    assert rater.name.replace(", own sampling", "") == name
    assert Manner.read(rater.configuration) == manner


def test_every_manner_is_a_judge_of_its_own(house: Endpoint) -> None:
    """The same configuration is the same rater; no two manners share one."""
    made = [judge_rater(house, "fake", {}, manner).pk for manner, _name in MANNERS]
    assert len(set(made)) == len(MANNERS)
    assert [judge_rater(house, "fake", {}, manner).pk for manner, _name in MANNERS] == made
    known = [known_judge(house, "fake", {}, manner) for manner, _name in MANNERS]
    assert [one.pk for one in known if one] == made
    assert known_judge(house, "fake", {}, Manner(rubric="Other.")) is None
    assert m.Rater.objects.filter(kind="judge").count() == len(MANNERS)


def test_a_configuration_names_its_prompts(house: Endpoint) -> None:
    """All that its items may need, and the form of its answers; with their hashes."""
    prompts = judge_rater(house, "fake", {}, Manner("shares")).configuration["prompts"]
    assert set(prompts) == {*PROMPTS, "form_shares_reasons"}
    for name, one in prompts.items():
        assert one == {"version": prompt(name).version, "hash": prompt(name).hash}


def test_other_versions_are_another_judge(house: Endpoint) -> None:
    new, old = (
        judge_rater(house, "fake", {"temperature": 0}, prompts=prompts)
        for prompts in (None, dict.fromkeys(PROMPTS, 1))
    )
    assert (new.name, old.name) == ("fake@house (v2)", "fake@house (v1)")
    assert new.fingerprint != old.fingerprint


FIRST = dict.fromkeys(PROMPTS, 1)


@pytest.mark.parametrize(
    ("manner", "sampling", "prompts", "why"),
    [
        (Manner("samples"), {}, None, "needs 2 to"),
        (Manner("samples", 3), {"temperature": 0}, None, "all the same"),
        (Manner("certainty"), {}, FIRST, "no place for the form"),
        (Manner(reasons=False), {}, FIRST, "no place for the form"),
        (Manner(persona="all"), {}, FIRST, "no place for a persona"),
        (Manner(rubric="Be fair."), {}, FIRST, "no place for a rubric"),
        (Manner(shots=((1, 0),)), {}, FIRST, "no place for examples"),
        (Manner(context="both"), {}, FIRST, "no place for conversations"),
        (Manner(), {}, {"form_shares": 1}, "does not use: form_shares"),
    ],
)
def test_what_cannot_be_asked(
    house: Endpoint, manner: Manner, sampling: dict[str, Any], prompts: dict[str, int] | None,
    why: str,
) -> None:  # fmt: skip
    """A judge is never made that would be asked something else than its name says."""
    with pytest.raises(UnfitError, match=why) as error:
        judge_rater(house, "fake", sampling, manner, prompts)
    assert all(fault.endswith(".") for fault in error.value.faults)
    assert not m.Rater.objects.filter(kind="judge").exists()


def test_the_first_versions_are_fit_for_plain_judges() -> None:
    """Also for samples of plain answers."""
    first = [prompt(name, 1) for name in PROMPTS]
    assert unfit(Manner(), {"temperature": 0}, first) == []
    assert unfit(Manner("samples", 3), {}, first) == []


def test_an_unknown_version_is_refused(house: Endpoint) -> None:
    with pytest.raises(LookupError):
        judge_rater(house, "fake", {}, prompts={"judge_pair": 77})

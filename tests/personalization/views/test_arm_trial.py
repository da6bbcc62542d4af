"""A test of an arm: what came of each item, and two versions of a prompt side by side."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from annotation import models as m
from personalization.models import Arm, ArmRun
from personalization.prompt_versions import add, newest
from personalization.prompts import body_of
from tests import factories as make
from tests.personalization.views.kept_arms import (
    arm,
    called,
    extraction,
    generation,
    revision,
    run_of,
)
from tests.personalization.views.pages import Node, read

pytestmark = pytest.mark.django_db

FOUND = {
    "attributes": [
        {"text": "The user sails.", "reason": "They say so.", "confidence": 0.9, "evidence": [1, 3]}
    ],
    "dropped": {"below_floor": 2},
}
NOTHING: dict[str, Any] = {"attributes": [], "dropped": {}}


@pytest.fixture
def person() -> m.Enrollment:
    return make.enrolled(part="done")


def path(run: ArmRun, query: str = "") -> str:
    return f"/studies/{run.study.name}/pipeline/trials/{run.pk}/{query}"


def trial(one: Arm) -> ArmRun:
    return run_of(one, trial=True, most_items=10, finished_at=timezone.now())


def cells(page: Node) -> list[list[str]]:
    """Return the items: the text of each of their cells."""
    return [
        [side.text for side in card.all("div", "compare-side")]
        for card in page.all("article", "trial-item")
    ]


def test_what_an_extractor_found(researcher: Client, person: m.Enrollment) -> None:
    """Texts with reason, confidence and turns; what was not kept; prompt and raw answer folded."""
    run = trial(arm(person.study))
    row = extraction(run, person, result=FOUND)
    called(row, text="[the raw answer]")
    extraction(run, person, result=NOTHING)
    extraction(run, person, failure="refused: no")
    page = read(researcher.get(path(run)))
    ((first,), (second,), (third,)) = cells(page)
    assert "The user sails." in first
    assert "They say so. · confidence 0.9 · turns 1, 3" in first
    assert "2 not kept: less sure than the least confidence" in first
    assert "[the raw answer]" in first
    assert "I sail every summer." in first
    assert "Nothing was found" in second
    assert "refused: no" in third


def test_two_versions_side_by_side(researcher: Client, user: m.User, person: m.Enrollment) -> None:
    """The same item stands beside itself, and the difference of the prompts is a link away."""
    usual = newest("extraction")
    own = add(
        "extraction", body_of(usual.text).replace("## system\n", "## system\nMind. "), "", user
    )
    at = make.endpoint(url="https://m.example.org", model="small-1")
    old = trial(arm(person.study, at=at, name="usual"))
    new = trial(arm(person.study, at=at, name="own", prompts={"extraction": own.version}))
    row = extraction(old, person, result=FOUND)
    other = extraction(new, person, result=NOTHING)
    type(other).objects.filter(pk=other.pk).update(conversation=row.conversation)
    only = extraction(new, person, result=NOTHING)
    page = read(researcher.get(path(new, f"?beside={old.pk}")))
    both, alone = cells(page)
    assert "Nothing was found" in both[0]
    assert "The user sails." in both[1]
    assert alone[1] == "not in this test"
    links = [link.attributes["href"] for link in page.all("a")]
    assert f"/prompts/extraction/difference/?old={usual.version}&new={own.version}" in links
    assert str(only.conversation_id) in page.text


def test_other_steps(researcher: Client, person: m.Enrollment) -> None:
    """A check with its reason, a rewrite, a withdrawal; a response with its words and leaks."""
    known = make.attribute(study=person.study, of=person.participant)
    run = trial(arm(person.study, "revision"))
    revision(run, known, flagged=True, result={"flagged": True, "why": "too general"})
    anew = {"new_text": "The user sails in May.", "new_reason": "They said May."}
    revision(run, known, kind="rewrite", round=1, flagged=None, result=anew)
    other = make.attribute(study=person.study, of=person.participant, text="The user knits.")
    gone = {"new_text": "", "new_reason": ""}
    revision(run, other, kind="rewrite", round=1, flagged=None, result=gone)
    said = " ".join(text for row in cells(read(researcher.get(path(run)))) for text in row)
    for words in ("Doubtful", "too general", "Written anew", "The user sails in May.",
                  "They said May.", "Withdrawn"):  # fmt: skip
        assert words in said
    run = trial(arm(person.study, "generation"))
    row = generation(run, person, "Try the lake.")
    row.result = {
        "text": "Try the lake.",
        "words": 3,
        "leaks": ["knows"],
        "attributes": ["A."],
    }
    row.save()
    ((cell,),) = cells(read(researcher.get(path(run))))
    assert "Try the lake." in cell
    assert "3 words" in cell
    assert "gives away: that it knows or remembers something of the person" in cell


def test_a_result_of_an_unknown_shape_is_shown_as_it_is(
    researcher: Client, person: m.Enrollment
) -> None:
    run = trial(arm(person.study))
    extraction(run, person, result={"new": [1]})
    assert '"new"' in read(researcher.get(path(run))).text


def test_it_follows_the_run(researcher: Client) -> None:
    run = run_of(arm(make.study()), trial=True)
    part = read(researcher.get(path(run), headers={"HX-Request": "true"}))
    (follows,) = (each for each in part.all("div") if each.attributes.get("id") == "results")
    assert follows.attributes["hx-get"] == path(run)
    assert not list(part.all("h1"))
    assert "Nothing yet" in part.text


# For whom, and how.


def test_not_for_a_stranger(client: Client) -> None:
    run = trial(arm(make.study()))
    assert client.get(path(run))["Location"] == f"/signin/?next={path(run)}"


def test_not_for_somebody_who_may_not(researcher: Client, user: m.User) -> None:
    m.User.objects.filter(pk=user.pk).update(is_active=False)
    assert researcher.get(path(trial(arm(make.study())))).status_code == 302


def test_wrong_method(researcher: Client) -> None:
    assert researcher.post(path(trial(arm(make.study())))).status_code == 405


def test_bad_input(researcher: Client) -> None:
    """A run that is no trial; a trial of another step, or study, cannot be put beside."""
    run = trial(arm(make.study()))
    assert researcher.get(path(run_of(run.arm))).status_code == 404
    for other in (trial(arm(make.study())), trial(arm(run.study, "generation"))):
        assert researcher.get(path(run, f"?beside={other.pk}")).status_code == 404
    assert researcher.get(path(run, "?beside=x")).status_code == 404

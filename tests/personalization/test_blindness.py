"""Raters never see arm, model, condition or author (row 19; row 26, second half: who refined what)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import connection
from django.http import HttpResponse, HttpResponseBase
from django.test import Client

from annotation import models as m
from annotation.sheets import lay_comparison, lay_relevance
from personalization.arms.configuration import Generating, Revising
from personalization.arms.holding import hold, hold_response
from personalization.arms.making import make as make_arm
from personalization.arms.making import make_imported
from personalization.laying import lay_reviews
from personalization.models import Arm, ArmAttribute, Endpoint
from tests import factories as make
from tests import laid
from tests.visits import visiting

pytestmark = pytest.mark.django_db

# In the names of all that is not to be seen; and what conditions and outcomes are called.
HIDDEN = re.compile(r"zqxqz|relevant_owner|relevant_majority|refined|verified|imported", re.I)
TOKEN = re.compile(r'(csrfmiddlewaretoken" value="|"x-csrftoken": ")\w+')
JSON = {"Accept": "application/json"}


@dataclass(frozen=True, slots=True)
class Place:
    """Somebody at a sheet, in a browser."""

    slot: m.Slot
    browser: Client

    def page(self) -> str:
        """Return the page without what is drawn anew for each request."""
        page = self.browser.get(laid.address(self.slot))
        assert page.status_code == 200
        return TOKEN.sub(r"\1", page.text)

    def everything(self) -> Iterator[HttpResponseBase]:
        """Yield all that the server says to somebody who reads, saves, errs, skips and sends."""
        at, browse = laid.address(self.slot), self.browser
        yield browse.get(at)
        yield browse.get(at, headers={"HX-Request": "true"})
        form = laid.answers_to(self.slot)
        (first, *_more) = form
        yield browse.post(f"{at}draft/", {first: form[first], "revision": "0"}, headers=JSON)
        yield browse.post(f"{at}draft/", {first: form[first], "revision": "0"}, headers=JSON)
        yield browse.post(f"{at}draft/", {first: form[first], "revision": "1"}, follow=True)
        yield browse.post(f"{at}beat/")
        yield browse.get(f"{at}skip/")
        yield browse.post(f"{at}skip/", {})
        yield browse.post(at, {first: "7", "item-1": "1"})
        yield browse.post(f"/part/{self.slot.sheet.study.name}/sheets/ahead/")
        yield browse.post(at, form, headers={"HX-Request": "true"})
        yield browse.get(at)
        yield browse.post(at, form, follow=True)
        yield browse.get(f"/part/{self.slot.sheet.study.name}/", follow=True)
        yield browse.get("/mine/", follow=True)


@pytest.fixture
def owner() -> m.Enrollment:
    """Make somebody with sheets of all three stages, of what peculiar arms have made."""
    one = make.enrolled(part="review")
    at = Endpoint.objects.create(name="zqxqzendpoint", url="http://127.0.0.1:9/v1")
    attributes = _attributes(one, at)
    lay_reviews(one.study)
    query = make.query(study=one.study)
    lay_relevance(one, [make.relevance_pair(attribute=each, query=query) for each in attributes])
    a, b = (_response(one, query, at, condition) for condition in ("none", "relevant_owner"))
    pair = m.ResponsePair.objects.create(query=query, participant=one.participant, a=a, b=b)
    lay_comparison(one, pair, attributes)
    return one


def _attributes(person: m.Enrollment, at: Endpoint) -> list[m.Attribute]:
    """Make nine attributes, of an imported arm, one of ours, and one that refines, in turn."""
    study = person.study
    imported = make_imported(study, "extraction", "zqxqz <imported> & 'ours'", model="zqxqz-0")
    ours = make.arm(study=study, name="zqxqz two")
    refining = make_arm(
        study, "revision", at, "zqxqz-1", {}, Revising(), base=imported, name="zqxqz refined"
    )
    attributes = laid.attributes_of(person, *(f"The user has {n} boats." for n in range(9)))
    chat = make.conversation(study=study, of=person.participant)
    for place, one in enumerate(attributes):
        arm: Arm = (imported, ours, refining)[place % 3]
        hold(arm, [one])
        if place % 2:
            turn = make.turn(conversation=chat, text=f"I have {place} boats.")
            m.Evidence.objects.create(attribute=one, turn=turn)
        if arm == refining:
            m.Attribute.objects.filter(pk=one.pk).update(refined_from=attributes[0])
    return attributes


def _response(person: m.Enrollment, query: m.Query, at: Endpoint, condition: str) -> m.Response:
    author = m.Author.objects.create(
        kind="model", name=f"zqxqz-{condition}", family="zqxqzfamily", sampling={"zqxqz": condition}
    )
    text = f"Go to lake {len(condition)}."
    response = make.response(
        query=query, of=person.participant, by=author, condition=condition, text=text
    )
    manner = Generating(condition=condition)
    arm = make_arm(
        person.study, "generation", at, f"zqxqz-{condition}", {}, manner, name=f"zqxqz {condition}"
    )
    hold_response(arm, response)
    return response


def places(owner: m.Enrollment) -> Iterator[Place]:
    """Yield the owner's and a stranger's place at each sheet."""
    for sheet in m.Sheet.objects.filter(study=owner.study).order_by("pk"):
        m.Enrollment.objects.filter(pk=owner.pk).update(part=sheet.stage)
        yield Place(laid.own_slot(sheet), visiting(owner))
        stranger = make.enrolled(study=owner.study, way="labels", part="others")
        yield Place(make.slot(sheet=sheet, rater=laid.rater(stranger)), visiting(stranger))


def test_nothing_that_is_sent_names_where_it_is_from(owner: m.Enrollment) -> None:
    """Pages, fragments, saved drafts, errors and what follows, with all headers and cookies."""
    stages, seen = set(), 0
    for place in places(owner):
        stages.add(place.slot.sheet.stage)
        for response in place.everything():
            assert isinstance(response, HttpResponse)
            said = f"{response.headers} {response.cookies} {response.content.decode()}"
            assert response.status_code < 500
            assert HIDDEN.search(said) is None
            seen += "boats" in said
    assert stages == {"review", "relevance", "comparison"}
    assert seen > 20


def test_pages_are_the_same_whoever_made_it(owner: m.Enrollment) -> None:
    """Byte for byte: other arms, models, authors, conditions, nothing refined, and the same pages."""
    everywhere = list(places(owner))
    before = [place.page() for place in everywhere]
    arms = list(Arm.objects.exclude(step="generation").order_by("pk"))
    for held in ArmAttribute.objects.all():
        held.arm = arms[(arms.index(held.arm) + 1) % len(arms)]
        held.save()
    for arm in Arm.objects.all():
        Arm.objects.filter(pk=arm.pk).update(name=f"other {arm.pk}", model="other")
    with connection.cursor() as cursor:  # what is in use cannot change otherwise
        cursor.execute("SET LOCAL session_replication_role = replica")
    m.Attribute.objects.update(refined_from=None)
    a, b = m.Response.objects.order_by("pk")
    for one, other in ((a, b), (b, a)):
        m.Response.objects.filter(pk=one.pk).update(author=other.author, condition=other.condition)
    m.Author.objects.update(family="other")
    assert [place.page() for place in everywhere] == before


def test_numbers_on_the_page_tell_nothing_of_who_was_first(owner: m.Enrollment) -> None:
    """Items of a sheet are numbered in a drawn order, not in that in which arms found them."""
    for stage, subject in (("review", "attribute"), ("relevance", "relevance_pair__attribute")):
        items = m.Item.objects.filter(sheet__stage=stage, study=owner.study)
        attributes = list(dict.fromkeys(items.order_by("pk").values_list(subject, flat=True)))
        assert len(attributes) == 9
        assert attributes != sorted(attributes)

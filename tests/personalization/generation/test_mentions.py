"""Whether a response names an attribute: what is asked, of whom, and how a judge reads it."""

import pytest

from annotation import models as m
from annotation.hiding import hide, show_again
from annotation.mentions import JUDGES_ONLY, is_checked, personalized
from annotation.sheets import lay_comparison, rater_of
from personalization.endpoints import stand_in
from personalization.generation.mentions import LaidMentions, lay_mentions, unlaid
from tests import factories as make
from tests import laid
from tests.llm_server import LLMServer
from tests.personalization.judge.judged import asked, go, run
from tests.personalization.machine import endpoint

pytestmark = pytest.mark.django_db
NAMES = "Since you sail in summer, take the boat."


def compared(
    of: m.Study | None = None, conditions: tuple[str, str] = ("none", "all")
) -> m.Enrollment:
    """Return somebody with one comparison and two attributes; b names one of them."""
    somebody = make.enrolled(study=of)
    query, owner = make.query(study=somebody.study), somebody.participant
    a, b = (
        make.response(query=query, of=owner, condition=condition, text=text)
        for condition, text in zip(conditions, ("Try Lake Constance.", NAMES), strict=True)
    )
    pair = m.ResponsePair.objects.create(query=query, participant=owner, a=a, b=b)
    known = laid.attributes_of(somebody, "The user sails in summer.", "The user is a nurse.")
    lay_comparison(somebody, pair, known)
    return somebody


def mentions(of: m.Study) -> list[m.Sheet]:
    return list(m.Sheet.objects.filter(study=of, stage__startswith="mention").order_by("pk"))


def test_every_gain_is_asked_about_once() -> None:
    """Each attribute that people rate, of the personalized response."""
    somebody = compared()
    of = somebody.study
    assert unlaid(of) == 2
    assert lay_mentions(of, percent=100) == LaidMentions(sheets=1, items=2, for_people=1)
    (sheet,) = mentions(of)
    pair = m.ResponsePair.objects.get()
    assert sheet.shown == {"query": pair.query_id, "response": pair.b_id}
    assert {item.question.kind for item in sheet.items.all()} == {"mention"}
    assert {item.response_pair for item in sheet.items.all()} == {pair}
    assert lay_mentions(of, percent=100) == LaidMentions(0, 0, 0)
    assert unlaid(of) == 0


def test_people_check_a_sample() -> None:
    """A drawn fifth has places for strangers; nobody but judges reads the others, nor the owners."""
    of = make.study()
    for _somebody in range(12):
        compared(of)
    found = lay_mentions(of)
    drawn = [pair.pk for pair in m.ResponsePair.objects.all() if is_checked(pair, 20)]
    assert (found.sheets, found.items, found.for_people) == (12, 24, len(drawn))
    for sheet in mentions(of):
        for_people = sheet.items.all()[0].response_pair_id in drawn
        assert sheet.stage == ("mention" if for_people else JUDGES_ONLY)
        assert set(sheet.slots.values_list("role", flat=True)) == (
            {"third_party"} if for_people else set()
        )
        assert sheet.slots.count() == (of.strangers if for_people else 0)
        assert sheet.owner_id is not None


def test_only_so_many_pairs() -> None:
    of = make.study()
    for _somebody in range(3):
        compared(of)
    assert lay_mentions(of, most=2).sheets == 2
    assert unlaid(of) == 2
    assert lay_mentions(of).sheets == 1


def test_pairs_without_one_personalized_side_are_left_out() -> None:
    """Of two personalized responses, nobody could say which one is meant; of none neither."""
    for conditions in (("all", "relevant_owner"), ("none", "none")):
        somebody = compared(conditions=conditions)
        assert personalized(m.ResponsePair.objects.get(participant=somebody.participant)) is None
        assert unlaid(somebody.study) == 0
        assert lay_mentions(somebody.study).sheets == 0


def test_what_somebody_took_back_is_not_asked() -> None:
    somebody = compared()
    m.Enrollment.objects.filter(pk=somebody.pk).update(withdrawn_at="2026-01-01T00:00Z")
    assert (unlaid(somebody.study), lay_mentions(somebody.study).sheets) == (0, 0)


def test_a_judge_reads_one_response_and_one_sentence(llm_server: LLMServer) -> None:
    """Row 31: once, without sides; neither the other response, nor the request, nor the person."""
    somebody = compared()
    of = somebody.study
    lay_mentions(of)
    llm_server.say("The material:", "Answer: yes")
    go(run(of, "mention", at=endpoint(llm_server)))
    assert llm_server.count() == 2
    for body in llm_server.asked:
        text = "\n".join(one["content"] for one in body["messages"])
        assert f"- response: {NAMES}\n- attribute: The user " in text
        assert "Try Lake Constance." not in text
        assert "Where should I go?" not in text
        assert "in these words or in others" in text
    assert set(m.Judgment.objects.values_list("role", "value")) == {("machine", 1)}


def test_the_stand_in_tells_names_from_others() -> None:
    """Offline, by words in common: the first attribute is named, the second is not."""
    of = compared().study
    lay_mentions(of)
    go(run(of, "mention", at=stand_in()))
    said = dict(m.Judgment.objects.values_list("item__attribute__text", "value"))
    assert said == {"The user sails in summer.": 1, "The user is a nurse.": 0}
    assert asked(of, "mention")[0].options.get(code=1).key == "yes"


def test_a_checked_sheet_shown_again_gets_no_place_for_its_owner() -> None:
    """Whatever lays places: nobody is asked whether an answer names what is said of them."""
    somebody = compared()
    lay_mentions(somebody.study, percent=100)
    (sheet,) = mentions(somebody.study)
    hide(sheet)
    sheet.slots.all().delete()
    show_again(sheet)
    assert set(sheet.slots.values_list("role", flat=True)) == {"third_party"}
    assert rater_of(somebody) == sheet.owner

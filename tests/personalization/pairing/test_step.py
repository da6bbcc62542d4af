"""Each person gets queries that few have met, with all attributes that the person did not reject."""

import pytest
from django.utils import timezone

from annotation import models as m
from annotation.enrollment import go_on
from annotation.models.person import Part
from annotation.sheets import lay_review, rater_of
from annotation.work import look
from personalization.models import Pairing
from tests import factories as make
from tests.llm_server import LLMServer
from tests.personalization.machine import endpoint, person, study
from tests.working import work_off

pytestmark = pytest.mark.django_db


def reviewed(of: m.Study, *answers: str) -> m.Enrollment:
    """Return somebody with an attribute for each answer, who has reviewed them: key or reason."""
    somebody = person(of)
    conversation = make.conversation(study=of, of=somebody.participant)
    conversation.finished_at = timezone.now()
    conversation.save()
    attributes = [
        make.attribute(study=of, of=somebody.participant, text=f"The user says {said}.")
        for said in answers
    ]
    rater = rater_of(somebody)
    if attributes:
        sheet = lay_review(somebody, [conversation], attributes)
        for item in sheet.items.filter(question__kind="attribute").select_related("attribute"):
            said = answers[attributes.index(item.attribute)]  # type: ignore[arg-type]
            option = item.question.options.filter(key=said).first()
            if said != "nothing":
                make.judgment(
                    item=item,
                    rater=rater,
                    role="first_person",
                    value=option.code if option else None,
                    reason=None if option else said,
                )
        sheet.slots.filter(reserved_for=rater).update(
            rater=rater, leased_until=timezone.now(), submitted_at=timezone.now()
        )
    m.Enrollment.objects.filter(pk=somebody.pk).update(part=Part.REVIEW)
    return go_on(somebody.pk)


def paired(somebody: m.Enrollment) -> dict[str, set[str]]:
    """Return by query the texts of a person's relevance sheets."""
    return {
        sheet.items.first().relevance_pair.query.key: {  # type: ignore[union-attr]
            item.relevance_pair.attribute.text  # type: ignore[union-attr]
            for item in sheet.items.all()
        }
        for sheet in m.Sheet.objects.filter(owner=rater_of(somebody), stage="relevance")
    }


@pytest.fixture
def of(llm_server: LLMServer) -> m.Study:
    return study(endpoint(llm_server), queries=4)


def test_a_sheet_for_each_query(of: m.Study, llm_server: LLMServer) -> None:
    """As many queries as the study says, each with every attribute; no model is asked."""
    somebody = reviewed(of, "accepted", "uncertain")
    assert (somebody.part, somebody.waiting_since is not None) == (Part.RELEVANCE, True)
    work_off()
    somebody.refresh_from_db()
    assert (somebody.part, somebody.waiting_since) == (Part.RELEVANCE, None)
    assert (
        list(paired(somebody).values())
        == [{"The user says accepted.", "The user says uncertain."}] * of.queries_each
    )
    row = Pairing.objects.get()
    assert (row.found, row.failure) == (4, None)
    assert llm_server.count() == 0


def test_what_the_owner_rejected_or_flagged_is_left_out(of: m.Study) -> None:
    """What the owner said nothing about stays in."""
    somebody = reviewed(of, "accepted", "rejected", "flagged", "skipped", "nothing")
    work_off()
    kept = {"The user says accepted.", "The user says skipped.", "The user says nothing."}
    assert list(paired(somebody).values()) == [kept, kept]


def test_everybody_meets_what_the_fewest_have_met(of: m.Study) -> None:
    """Two people share four queries without overlap; the third one starts again."""
    people = [reviewed(of, "accepted") for _person in range(3)]
    work_off()
    first, second, third = [set(paired(one)) for one in people]
    assert len(first | second) == 4
    assert len(third) == 2


def test_the_choice_follows_from_the_seed(of: m.Study) -> None:
    """The same seed, the same queries; another one, others."""

    def chosen(seed: int) -> set[str]:
        somebody = reviewed(of, "accepted")
        Pairing.objects.create(enrollment=somebody, seed=seed)
        look("pairing")
        work_off()
        keys = set(paired(somebody))
        m.Sheet.objects.filter(study=of, stage="relevance").update(hidden_at=timezone.now())
        return keys

    assert chosen(1) == chosen(1)
    assert len({frozenset(chosen(seed)) for seed in range(8)}) > 1


def test_a_person_is_paired_once(of: m.Study) -> None:
    """However many jobs look."""
    somebody = reviewed(of, "accepted")
    for _again in range(3):
        look("pairing", somebody.pk)
    work_off()
    look("pairing", somebody.pk)
    work_off()
    assert (
        m.RelevancePair.objects.count() == m.Item.objects.filter(sheet__stage="relevance").count()
    )
    assert len(paired(somebody)) == 2


def test_without_attributes_the_person_goes_on(of: m.Study) -> None:
    """To the end: there is nothing to compare either."""
    somebody = reviewed(of, "rejected")
    work_off()
    somebody.refresh_from_db()
    assert (somebody.part, somebody.trouble) == (Part.DONE, "")
    assert Pairing.objects.get().found == 0


def test_without_queries_the_person_goes_on_and_the_researcher_sees_why(
    llm_server: LLMServer,
) -> None:
    somebody = reviewed(study(endpoint(llm_server), queries=0), "accepted")
    work_off()
    somebody.refresh_from_db()
    assert (somebody.part, somebody.trouble) == (Part.DONE, "The study has no queries.")

"""A researcher's look at a sheet: it is there, it is theirs alone, and it counts nowhere."""

import pytest

from annotation import counters
from annotation import models as m
from annotation.answers import Answers
from annotation.assignment import (
    Refusal,
    SheetError,
    claim_ahead,
    claim_other,
    hold,
    other_available,
    submit,
)
from annotation.leaving import withdraw
from annotation.preview import NoPreview, NoPreviewError, preview_place, watching
from annotation.progress import groups, places, taking_part
from annotation.visits import personal_link, read_personal_link
from personalization.agreement.frames.loading import load
from personalization.overview import overview
from tests import factories as make
from tests import laid
from tests.annotation.test_assignment import together
from tests.labelling import answers

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner() -> m.Enrollment:
    return make.enrolled(part="done")


@pytest.fixture
def sheet(owner: m.Enrollment) -> m.Sheet:
    return laid.relevance(owner)


def send(person: m.Enrollment, slot: m.Slot, code: int = 1) -> None:
    submit(person, slot.pk, answers(slot, code))


def current() -> list[tuple[str, int | None]]:
    return list(
        m.Judgment.objects.filter(superseded_at=None).order_by("pk").values_list("use", "value")
    )


def rated(sheet: m.Sheet) -> int:
    """Return how many answers of strangers the frame of the sheet's question has."""
    question = m.Question.objects.filter(items__sheet=sheet).distinct().get()
    panel = load(question).panels.get("third_party")
    return 0 if panel is None else panel.value.size


def test_one_place_for_each_researcher(user: m.User, sheet: m.Sheet) -> None:
    """The same at a second look, another for another account; both beside the quota."""
    person, slot = preview_place(user, sheet)
    assert preview_place(user, sheet) == (person, slot)
    assert person.preview
    assert (person.scopes, person.consent_version) == ([], 1)
    assert (slot.purpose, slot.role, slot.ordinal) == ("preview", "third_party", None)
    assert slot.rater == slot.reserved_for == laid.rater(person)
    other, beside = preview_place(make.user(), sheet)
    assert other != person
    assert beside != slot
    assert sheet.slots.filter(purpose="label", role="third_party", rater=None).count() == 3


def test_it_counts_nowhere(user: m.User, sheet: m.Sheet) -> None:
    """Not in progress, lists of people, the overview, frames or pay; nor does it end anything."""
    before = (places(sheet.study), groups(sheet.study), overview()[0].started)
    person, slot = preview_place(user, sheet)
    m.Study.objects.filter(pk=sheet.study_id).update(sheets_each=1)
    send(person, slot)
    assert {use for use, _value in current()} == {"preview"}
    line = overview()[0]
    assert (places(sheet.study), groups(sheet.study), line.started) == before
    assert line.submitted == 0
    person.refresh_from_db()
    assert (person.others_sent, person.finished_at, person.completion_code) == (0, None, None)
    assert person not in taking_part(sheet.study)
    assert rated(sheet) == 0
    assert counters.check() == []


def test_a_real_answer_does_count(sheet: m.Sheet) -> None:
    """The same sheet sent by somebody who labels is in the frame."""
    one = make.enrolled(study=sheet.study, way="labels", part="others")
    slot = claim_other(one)
    assert slot is not None
    send(one, slot)
    assert rated(sheet) == 3


def test_nothing_follows(user: m.User, owner: m.Enrollment, sheet: m.Sheet) -> None:
    """No other sheet comes, however many wait: a preview takes no place from anybody."""
    laid.relevance(owner)
    person, slot = preview_place(user, sheet)
    assert claim_other(person) == slot
    assert claim_ahead(person) is None
    assert submit(person, slot.pk, answers(slot)).next is None
    assert claim_other(person) is None
    assert not m.Slot.objects.filter(rater=laid.rater(person)).exclude(pk=slot.pk).exists()


def test_what_was_missed_is_not_kept(user: m.User, owner: m.Enrollment) -> None:
    """The sentences of a researcher are not about the person."""
    sheet = laid.review(owner)
    person, slot = preview_place(user, sheet)
    submit(person, slot.pk, Answers(answers(slot, 2).given, ("The user rows.",)))
    assert not m.MissingAttribute.objects.exists()


def test_looking_again_replaces(user: m.User, sheet: m.Sheet) -> None:
    """After sending, the place stays sent until it is asked for again; then it is answered anew."""
    person, slot = preview_place(user, sheet)
    send(person, slot, 0)
    assert preview_place(user, sheet)[1].submitted_at is not None
    with pytest.raises(SheetError) as caught:
        send(person, slot, 1)
    assert caught.value.why is Refusal.SENT
    same = preview_place(user, sheet, again=True)[1]
    assert (same, same.submitted_at) == (slot, None)
    assert current() == []
    send(person, slot, 1)
    assert current() == [("preview", 1)] * 3
    assert m.Judgment.objects.count() == 6
    assert counters.check() == []


def test_flagged_sheets_can_be_looked_at(user: m.User, sheet: m.Sheet) -> None:
    """Nobody else may open them; also after the time of the place was over."""
    m.Sheet.objects.filter(pk=sheet.pk).update(hidden_at="2020-01-01T00:00Z")
    person, slot = preview_place(user, sheet)
    assert hold(person, slot.pk) == slot
    m.Slot.objects.filter(pk=slot.pk).update(rater=None, leased_at=None, leased_until=None)
    assert hold(person, slot.pk) == slot
    send(person, slot)
    assert {use for use, _value in current()} == {"preview"}


def test_what_was_taken_back_cannot(user: m.User, owner: m.Enrollment, sheet: m.Sheet) -> None:
    """Neither anew nor at a place that is open."""
    person, slot = preview_place(user, sheet)
    withdraw(owner)
    with pytest.raises(NoPreviewError) as caught:
        preview_place(user, sheet)
    assert caught.value.why is NoPreview.WITHDRAWN
    with pytest.raises(SheetError):
        hold(person, slot.pk)


def test_without_a_consent_text_there_is_none(user: m.User) -> None:
    sheet = make.sheet(stage="review")
    with pytest.raises(NoPreviewError) as caught:
        preview_place(user, sheet)
    assert caught.value.why is NoPreview.NO_TEXT
    assert not m.Participant.objects.filter(user=user).exists()


def test_imported_sheets_have_no_page(user: m.User) -> None:
    with pytest.raises(NoPreviewError) as caught:
        preview_place(user, make.sheet())
    assert caught.value.why is NoPreview.NO_PAGE


def test_a_newer_text_holds_at_the_next_look(user: m.User, sheet: m.Sheet) -> None:
    preview_place(user, sheet)
    make.consent_text(study=sheet.study, version=2)
    person, _slot = preview_place(user, sheet)
    assert person.consent_version == 2


def test_a_place_is_one_account_s(user: m.User, sheet: m.Sheet) -> None:
    """Not another researcher's, not in another study, and a rater's place is nobody's preview."""
    person, slot = preview_place(user, sheet)
    assert watching(user, sheet.study.name, slot.pk) == person
    assert watching(make.user(), sheet.study.name, slot.pk) is None
    assert watching(user, make.study().name, slot.pk) is None
    label = sheet.slots.filter(purpose="label").earliest("pk")
    assert watching(user, sheet.study.name, label.pk) is None


def test_no_link_leads_to_it(user: m.User, sheet: m.Sheet) -> None:
    """A personal link would let a browser be the researcher."""
    person, _slot = preview_place(user, sheet)
    token = personal_link(person).strip("/").removeprefix("me/")
    assert read_personal_link(token) is None
    one = make.enrolled()
    assert read_personal_link(personal_link(one).strip("/").removeprefix("me/")) == one


def test_raters_find_nothing_of_it(user: m.User, owner: m.Enrollment) -> None:
    """A preview place is never offered, held or free."""
    sheet = laid.relevance(owner)
    sheet.slots.filter(role="third_party").delete()
    _person, slot = preview_place(user, sheet)
    stranger = make.enrolled(study=sheet.study, way="labels", part="others")
    assert not other_available(stranger)
    m.Slot.objects.filter(pk=slot.pk).update(rater=None, leased_at=None, leased_until=None)
    assert claim_other(stranger) is None


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once(user: m.User) -> None:
    sheet = laid.relevance(make.enrolled(part="done"))
    found = together([lambda: preview_place(user, sheet)[1].pk] * 4)
    assert len(set(found)) == 1
    assert m.Slot.objects.filter(purpose="preview").count() == 1

"""Sheets as the machine lays them out, for people who take part."""

from annotation import models as m
from annotation.mentions import lay_mention
from annotation.sheets import lay_comparison, lay_relevance, lay_review, rater_of
from tests import factories as make

SAYS = ("The user sails.", "The user has two children.", "The user works at night.")


def attributes_of(person: m.Enrollment, *texts: str) -> list[m.Attribute]:
    """Make attributes of a person; without texts, three."""
    study, of = person.study, person.participant
    return [make.attribute(study=study, of=of, text=text) for text in texts or SAYS]


def review(person: m.Enrollment, *texts: str) -> m.Sheet:
    """Lay a review of a conversation of two turns; the first attribute has evidence."""
    chat = make.conversation(study=person.study, of=person.participant)
    said = make.turn(conversation=chat)
    make.turn(conversation=chat, text="Which boat?", speaker="assistant", source="model")
    attributes = attributes_of(person, *texts)
    m.Evidence.objects.create(attribute=attributes[0], turn=said)
    return lay_review(person, [chat], attributes)


def relevance(person: m.Enrollment, *texts: str) -> m.Sheet:
    """Lay one query with attributes of a person."""
    query = make.query(study=person.study)
    attributes = attributes_of(person, *texts)
    return lay_relevance(
        person, [make.relevance_pair(attribute=one, query=query) for one in attributes]
    )


def comparison(person: m.Enrollment, *texts: str) -> m.Sheet:
    """Lay a comparison of two responses, with a gain for each attribute."""
    pair = make.response_pair(query=make.query(study=person.study), of=person.participant)
    return lay_comparison(person, pair, attributes_of(person, *texts))


def mention(person: m.Enrollment, *texts: str, answer: str = "Try Lake Constance.") -> m.Sheet:
    """Ask people whether the personalized one of two responses names attributes of a person."""
    query, of = make.query(study=person.study), person.participant
    a = make.response(query=query, of=of, text="Take a train.")
    b = make.response(query=query, of=of, condition="all", text=answer)
    pair = m.ResponsePair.objects.create(query=query, participant=of, a=a, b=b)
    sheet = lay_mention(person, pair, attributes_of(person, *texts), percent=100)
    assert sheet is not None
    return sheet


def own_slot(sheet: m.Sheet) -> m.Slot:
    """Return the place of a sheet's owner."""
    return sheet.slots.select_related("sheet__study").get(role="first_person")


def seeded(slot: m.Slot, seed: int) -> m.Slot:
    """Give a place another seed: an even one shows response a first."""
    m.Slot.objects.filter(pk=slot.pk).update(seed=seed)
    slot.refresh_from_db(fields=["seed"])
    return slot


def expire(slot: m.Slot) -> None:
    """Let the time of a lease be over."""
    m.Slot.objects.filter(pk=slot.pk).update(leased_until="2020-01-01T00:00Z")


def answers_to(slot: m.Slot, **instead: str) -> dict[str, str]:
    """Return a form that answers everything: review `accepted`, relevance yes, no difference.

    `instead` replaces the answer to an item, named as `item_12`.
    """
    usual = {
        "attribute": "2", "relevance": "1", "overall": "2", "gain": "2", "error_code": "",
        "mention": "1",
    }  # fmt: skip
    form = {
        f"item-{item.pk}": usual[item.question.kind]
        for item in m.Item.objects.filter(sheet=slot.sheet_id).select_related("question")
    }
    return form | {name.replace("_", "-"): value for name, value in instead.items()}


def rater(person: m.Enrollment) -> m.Rater:
    """Return the rater that a person is."""
    return rater_of(person)


def address(slot: m.Slot, page: str = "") -> str:
    """Return where the page of a place is; `page` is `draft/` or `skip/`."""
    return f"/part/{slot.sheet.study.name}/sheets/{slot.pk}/{page}"

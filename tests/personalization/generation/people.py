"""People who have said what matters, strangers who have said it too, and models that answer them."""

from collections.abc import Iterable

from django.utils import timezone

from annotation import models as m
from annotation.enrollment import go_on
from annotation.models.person import Part
from annotation.sheets import lay_relevance, lay_review, rater_of
from personalization.arms.configuration import Generating
from personalization.arms.making import make as make_arm
from personalization.endpoints import model_for
from personalization.generation.step import GeneratingStep
from personalization.models import Arm, ArmRun, Generation
from tests import factories as make
from tests.llm_exchange import Body
from tests.llm_server import texts_of
from tests.personalization.machine import person


def answered(of: m.Study, *relevant: int, scopes: tuple[str, ...] = ()) -> m.Enrollment:
    """Return somebody with seven attributes; to each query, so many of them are relevant."""
    somebody = person(of, *scopes)
    conversation = make.conversation(study=of, of=somebody.participant)
    m.Conversation.objects.filter(pk=conversation.pk).update(finished_at=timezone.now())
    attributes = boats(somebody)
    for query, count in zip(of.queries.order_by("id"), relevant, strict=True):
        sheet = lay(somebody, query, attributes)
        for place, item in enumerate(in_order(sheet)):
            say(item, somebody, yes=place < count)
        sheet.slots.filter(reserved_for=rater_of(somebody)).update(
            rater=rater_of(somebody), leased_until=timezone.now(), submitted_at=timezone.now()
        )
    m.Enrollment.objects.filter(pk=somebody.pk).update(part=Part.RELEVANCE)
    return go_on(somebody.pk)


def boats(of: m.Enrollment, count: int = 7) -> list[m.Attribute]:
    """Make attributes of a person, each surer than the one before."""
    attributes = [
        make.attribute(study=of.study, of=of.participant, text=f"The user has {number} boats.")
        for number in range(count)
    ]
    for number, attribute in enumerate(attributes):
        m.Attribute.objects.filter(pk=attribute.pk).update(confidence=0.4 + number / 20)
    return attributes


def lay(of: m.Enrollment, query: m.Query, attributes: Iterable[m.Attribute]) -> m.Sheet:
    """Put attributes beside a query."""
    return lay_relevance(
        of, [make.relevance_pair(attribute=one, query=query) for one in attributes]
    )


def review(of: m.Enrollment, attributes: list[m.Attribute]) -> m.Sheet:
    """Lay the review of attributes."""
    return lay_review(of, [make.conversation(study=of.study, of=of.participant)], attributes)


def in_order(sheet: m.Sheet, kind: str = "relevance") -> list[m.Item]:
    """Return the items of a kind on a sheet by the age of their attributes."""
    items = sheet.items.filter(question__kind=kind)
    return list(items.order_by("relevance_pair__attribute", "attribute"))


def say(item: m.Item, who: m.Enrollment | m.Rater, *, yes: bool) -> None:
    """Let the owner or a stranger answer: yes is the last option, no the first one."""
    own = isinstance(who, m.Enrollment)
    last = item.question.options.count() - 1
    make.judgment(
        item=item,
        rater=rater_of(who) if isinstance(who, m.Enrollment) else who,
        role="first_person" if own else "third_party",
        value=last if yes else 0,
    )


def strangers_say(sheet: m.Sheet, *votes: tuple[int, int], kind: str = "relevance") -> None:
    """Let strangers say (yes, no) of each item, by the age of its attribute, and close the sheet."""
    most = max(yes + no for yes, no in votes)
    raters = [make.person_rater() for _stranger in range(most)]
    for item, (yes, no) in zip(in_order(sheet, kind), votes, strict=True):
        for place, rater in enumerate(raters[: yes + no]):
            say(item, rater, yes=place < yes)
    for place, slot in enumerate(sheet.slots.filter(role="third_party").order_by("pk")):
        m.Slot.objects.filter(pk=slot.pk).update(
            rater=raters[place] if place < most else make.person_rater(),
            leased_until=timezone.now(),
            submitted_at=timezone.now(),
        )


def arm(of: m.Study, condition: str = "none", **manner: object) -> Arm:
    """Return an arm of the study's model."""
    asked = model_for(of, "generation")
    said = Generating(condition=condition, **manner)  # type: ignore[arg-type]
    return make_arm(of, "generation", asked.endpoint, asked.model, asked.sampling, said)


def run_of(of: Arm, **columns: object) -> ArmRun:
    """Return a new run of an arm."""
    assert of.endpoint is not None
    return ArmRun.objects.create(study=of.study, arm=of, endpoint=of.endpoint, **columns)


def write(of: Arm, text: str = "", run: ArmRun | None = None) -> list[Generation]:
    """Let an arm have written all that it lacks: `text`, or one that names the arm's condition."""
    made = []
    for row in GeneratingStep().missing(of).rows:
        row.run = run
        row.response = m.Response.objects.create(
            query=row.query,
            participant=row.enrollment.participant,
            author=m.Author.objects.get_or_create(kind="model", name=of.model)[0],
            condition=row.condition,
            text=text or f"Written with {row.condition}.",
        )
        row.settled_at = timezone.now()
        row.save()
        of.responses.create(response=row.response)
        made.append(row)
    return made


def personalized(body: Body) -> str:
    """Answer a request with what it says about the user, so that both responses differ."""
    return "Sail." if "The user has" in texts_of(body) else "Take a train."


def comparisons(somebody: m.Enrollment) -> list[m.Sheet]:
    """Return a person's comparisons, the oldest first."""
    return list(m.Sheet.objects.filter(owner=rater_of(somebody), stage="comparison").order_by("id"))


def texts(ids: Iterable[int]) -> list[int]:
    """Return the numbers in the texts of attributes, in the order of the ids."""
    found = m.Attribute.objects.in_bulk(ids)
    return [int("".join(filter(str.isdigit, found[one].text))) for one in ids]

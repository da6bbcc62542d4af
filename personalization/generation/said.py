"""What owners and strangers have said of attributes: what conditions rest on."""

from collections.abc import Collection, Iterable

from django.db.models import Case, Count, Exists, F, IntegerField, OuterRef, Q, QuerySet, Sum, When

from annotation.models import Enrollment, Item, Judgment, Sheet, Slot
from annotation.models.judgment import Role, Use
from annotation.models.places import ANYBODYS
from annotation.models.question import Kind
from annotation.models.rater import RaterKind
from annotation.models.sheet import Stage
from annotation.models.slot import SlotRole
from personalization.generation.matching import Pair

People = Collection[int] | None  # ids of participants; None = all of the study
SUBJECT = {Kind.RELEVANCE: "item__relevance_pair__attribute", Kind.ATTRIBUTE: "item__attribute"}
GOOD = {Kind.RELEVANCE: "yes", Kind.ATTRIBUTE: "accepted"}


def paired(study: int, people: People = None) -> set[Pair]:
    """Return who was paired with which queries; flagged sheets are left out."""
    items = Item.objects.filter(
        study=study,
        question__kind=Kind.RELEVANCE,
        relevance_pair__isnull=False,
        sheet__stage=Stage.RELEVANCE,
        sheet__hidden_at=None,
    )
    if people is not None:
        items = items.filter(relevance_pair__attribute__participant__in=people)
    here = Enrollment.objects.filter(
        study=study, participant=OuterRef("relevance_pair__attribute__participant"), preview=False
    )
    return set(
        items.filter(Exists(here))
        .values_list("relevance_pair__attribute__participant", "relevance_pair__query")
        .distinct()
    )


def said_by_owner(study: int, kind: Kind, people: People) -> QuerySet[Judgment]:
    """Return where an owner has said yes."""
    said = _said(study, kind, Role.FIRST_PERSON, people)
    return said.filter(question__options__key=GOOD[kind], question__options__code=F("value"))


def said_by_most(study: int, kind: Kind, people: People) -> QuerySet[Judgment]:
    """Return, as rows by item, where more than half of the strangers have said yes."""
    votes = _votes(study, kind, people).order_by()
    subject = SUBJECT[kind]
    columns = ["item", subject]
    if kind == Kind.RELEVANCE:
        columns.append("item__relevance_pair__query")
    good = Q(question__options__key=GOOD[kind], question__options__code=F("value"))
    yes = Sum(Case(When(good, then=1), default=0, output_field=IntegerField()))
    # Joined with its options, a vote is there once for each of them.
    found: QuerySet[Judgment] = (
        votes.filter(question__options__key=GOOD[kind])
        .values(*columns)
        .annotate(yes=yes, all=Count("pk"))
        .filter(yes__gt=F("all") / 2.0)
    )
    return found


def undecided_pairs(study: int, pairs: Iterable[Pair], people: People = None) -> set[Pair]:
    """Return the pairs about which strangers have not said all, or nothing yet."""
    sheets = unfinished(study, Stage.RELEVANCE)
    items = Item.objects.filter(sheet__in=sheets.values("pk"), relevance_pair__isnull=False)
    votes = _votes(study, Kind.RELEVANCE, people)
    whose = "relevance_pair__attribute__participant", "relevance_pair__query"
    if people is not None:
        items = items.filter(relevance_pair__attribute__participant__in=people)
    open_ones = set(items.values_list(*whose).distinct())
    answered = set(votes.values_list(*(f"item__{one}" for one in whose)).distinct())
    return {pair for pair in pairs if pair in open_ones or pair not in answered}


def unfinished(study: int, stage: Stage) -> QuerySet[Sheet]:
    """Return the sheets at which a place of strangers is still open."""
    places = Slot.objects.filter(
        sheet=OuterRef("pk"),
        role=SlotRole.THIRD_PARTY,
        purpose__in=ANYBODYS,
        submitted_at=None,
    )
    return Sheet.objects.filter(Exists(places), study=study, stage=stage)


def _votes(study: int, kind: Kind, people: People) -> QuerySet[Judgment]:
    return _said(study, kind, Role.THIRD_PARTY, people).filter(rater__kind=RaterKind.PERSON)


def _said(study: int, kind: Kind, role: Role, people: People) -> QuerySet[Judgment]:
    found = Judgment.objects.filter(
        item__study=study,
        item__response_pair=None,
        question__kind=kind,
        role=role,
        use=Use.LABEL,
        occasion=0,
        superseded_at=None,
        value__isnull=False,
    )
    if people is not None:
        found = found.filter(**{f"{SUBJECT[kind]}__participant__in": people})
    return found

"""The plan of a study: rules, matcher and block list; what queries there are, and who has them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet

from annotation.models import Attribute, Enrollment, Judgment, Query, Rater, Sheet, Study
from annotation.models.judgment import Reason
from annotation.models.question import Kind
from annotation.models.sheet import SheetUse, Stage
from personalization.models import PairingPlan
from personalization.pairing.matching import Fit
from personalization.pairing.rules import Choosable, Rules, choose

REJECTED = "rejected"
BLOCKED = "On the block list of the study's pairing: no queries."
NO_QUERIES = "The study has no queries."


@dataclass(frozen=True, slots=True)
class Pairs:
    """What holds for a study: a person and a query need `least` attributes that may matter."""

    rules: Rules
    least: int = 1
    matcher: Rater | None = None
    blocked: frozenset[int] = frozenset()
    planned: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one person gets, and why it is less than it should be (empty: it is not)."""

    queries: tuple[int, ...] = ()
    trouble: str = ""


def pairs_of(study: Study) -> Pairs:
    """Return the rules of a study; without a plan, as many queries for each as the study says."""
    plan = PairingPlan.objects.select_related("matcher").filter(study=study).first()
    if plan is None:
        return Pairs(Rules(study.queries_each, study.queries_each, by_list=False))
    rules = Rules(
        plan.queries_min, plan.queries_max, plan.people_max, by_list=plan.by_list, seed=plan.seed
    )
    return Pairs(rules, plan.candidates_min, plan.matcher, frozenset(plan.blocked), planned=True)


def usable(study: Study) -> "QuerySet[Attribute]":
    """Return the attributes of a study's people, but those that their owners rejected or flagged."""
    refused = Judgment.objects.filter(
        Q(question__options__key=REJECTED, question__options__code=F("value"))
        | Q(reason=Reason.FLAGGED),
        item__attribute=OuterRef("pk"),
        item__response_pair=None,
        question__kind=Kind.ATTRIBUTE,
        rater__participant=OuterRef("participant"),
        superseded_at=None,
    )
    mine = Attribute.objects.filter(study=study, withdrawn_at=None)
    return mine.exclude(Exists(refused)).order_by("id")


def choosable(study: Study, queries: Sequence[Query]) -> list[Choosable]:
    """Return a study's queries with how many people have each."""
    met = dict(
        _sheets(study).values_list("shown__query").annotate(people=Count("owner", distinct=True))
    )
    return [Choosable(one.pk, one.list_id, met.get(one.pk, 0)) for one in queries]


def outcome(
    enrollment: Enrollment, held: Pairs, fit: Fit, choices: Sequence[Choosable], seed: int
) -> Outcome:
    """Return the queries of one person, by the rules as everything is now."""
    if enrollment.pk in held.blocked:
        return Outcome(trouble=BLOCKED)
    if not choices:
        return Outcome(trouble=NO_QUERIES)
    if not fit.attributes:
        return Outcome()
    fitting = fit.fitting(held.least)
    chosen = tuple(choose(fitting, choices, held.rules, seed))
    return Outcome(chosen, shortage(held, chosen, fitting, choices))


def shortage(
    held: Pairs, got: Collection[int], fitting: set[int], choices: Sequence[Choosable]
) -> str:
    """Return why somebody gets fewer queries than the least that are wanted; empty: enough."""
    if len(got) >= held.rules.queries_min:
        return ""
    most = held.rules.people_max
    why = [f"the study has {len(choices)}"]
    if unfit := len(choices) - len(fitting):
        why.append(f"{unfit} with fewer than {held.least} attributes that may matter")
    others = [one for one in choices if one.number in fitting and one.number not in got]
    if full := sum(most is not None and one.people >= most for one in others):
        why.append(f"{full} full (limit {most})")
    return f"{len(got)} of at least {held.rules.queries_min} queries: {', '.join(why)}."


def _sheets(study: Study) -> "QuerySet[Sheet]":
    return Sheet.objects.filter(
        study=study,
        stage=Stage.RELEVANCE,
        use=SheetUse.LABEL,
        hidden_at=None,
        owner__isnull=False,
        shown__has_key="query",
    ).order_by()

"""Which of a person's attributes may matter to a query, before anybody has been asked: the matcher.

A plan names a rater as its matcher. A judge or model has said yes or no to pairs of an attribute and
a query. BM25 or an embedding is measured here and now, as nobody has asked about a new person yet:
closeness from the rater's threshold on means yes; without a threshold (the study has no relevance
items yet) it is the median over the person's own pairs, as for the baseline itself, and more than 0.
About what the matcher has said nothing, nothing is left out: all attributes count, and it is shown
how often that is so. Texts go to an endpoint only in `ask`, and only of people who agreed to that.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

import numpy as np
from django.db.models import F
from numpy.typing import NDArray

from annotation.models import Attribute, Enrollment, Judgment, Query, Rater
from annotation.models.judgment import Use
from annotation.models.question import Kind
from personalization.embedding import saved
from personalization.embedding.choosing import embed_now, embedder_of
from personalization.embedding.endpoint import EndpointEmbedder
from personalization.embedding.errors import EmbedError
from personalization.embedding.tfidf import unit
from personalization.judge.baselines import CLOSENESS, SAME, YES
from personalization.judge.closeness import MEASURES, is_other
from personalization.judge.similarity import Lexicon
from personalization.preparing import check_consent
from personalization.steps import in_thread

# Words are counted over the newest attributes of a study, and no more of them.
MOST_TEXTS = 5000

Near = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Fit:
    """How many of a person's attributes may matter to each query, and where nobody has said so."""

    attributes: int
    candidates: dict[int, int] = field(default_factory=dict)
    silent: frozenset[int] = frozenset()

    def fitting(self, least: int) -> set[int]:
        """Return the queries that enough attributes may matter to."""
        return {query for query, count in self.candidates.items() if count >= max(1, least)}


def fit(matcher: Rater | None, attributes: Sequence[Attribute], queries: Sequence[Query]) -> Fit:
    """Return what a matcher says of a person's attributes; asks nobody."""
    everything = {query.pk: len(attributes) for query in queries}
    if matcher is None or not attributes:
        return Fit(len(attributes), everything)
    if matcher.configuration.get("baseline") in CLOSENESS:
        try:
            near = _near(matcher, attributes, queries)
        except EmbedError:  # closed or gone since: whoever looks at the form is told why
            near = None
        if near is None:
            return Fit(len(attributes), everything, frozenset(everything))
        least = matcher.configuration.get("threshold")
        floor = float(median(near.flat)) if least is None else float(least)
        yes = (near >= floor - SAME) & ((near > 0) if least is None else True)
        counts = yes.sum(axis=0)
        return Fit(
            len(attributes),
            {query.pk: int(count) for query, count in zip(queries, counts, strict=True)},
        )
    return _judged(matcher, attributes, queries)


async def ask(
    matcher: Rater | None,
    enrollment: Enrollment,
    attributes: Sequence[Attribute],
    queries: Sequence[Query],
) -> None:
    """Get the vectors that a person's choice needs and that are not there; AskError, HopelessError."""
    key = "" if matcher is None else str(matcher.configuration.get("embedder", ""))
    if not is_other(key) or not attributes:
        return
    embedder = await in_thread(embedder_of)(key)
    if isinstance(embedder, EndpointEmbedder):
        await in_thread(check_consent)(enrollment, embedder.endpoint)
        await embedder.embed([*(one.text for one in attributes), *(one.text for one in queries)])


def _judged(matcher: Rater, attributes: Sequence[Attribute], queries: Sequence[Query]) -> Fit:
    """Return what a judge or a model has said; a reason (unparsed, failed) is no yes."""
    given = Judgment.objects.filter(
        rater=matcher,
        question__kind=Kind.RELEVANCE,
        item__relevance_pair__attribute__in=attributes,
        item__relevance_pair__query__in=queries,
        superseded_at=None,
        use=Use.LABEL,
    ).values_list("item__relevance_pair__query", flat=True)
    said = set(given)
    yes = given.filter(question__options__key__in=YES, question__options__code=F("value"))
    counts = Counter(yes)
    silent = frozenset(query.pk for query in queries if query.pk not in said)
    everything = len(attributes)
    candidates = {one.pk: everything if one.pk in silent else counts[one.pk] for one in queries}
    return Fit(everything, candidates, silent)


def _near(matcher: Rater, attributes: Sequence[Attribute], queries: Sequence[Query]) -> Near | None:
    """Return how near each attribute (row) is to each query; None where vectors are not there yet."""
    said, asked = [one.text for one in attributes], [one.text for one in queries]
    key = str(matcher.configuration.get("embedder", ""))
    if is_other(key):
        rows = _rows(key, [*said, *asked])
        return None if rows is None else rows[: len(said)] @ rows[len(said) :].T
    baseline = str(matcher.configuration["baseline"])
    known = Attribute.objects.filter(study=attributes[0].study_id, withdrawn_at=None)
    texts = known.order_by("-pk").values_list("text", flat=True)[:MOST_TEXTS]
    words = Lexicon.of([*texts, *(asked if baseline == "embedding" else ())])
    measure = MEASURES[baseline]
    return np.array([[measure(query, text, words) for query in asked] for text in said])


def _rows(key: str, texts: Sequence[str]) -> Near | None:
    """Return vectors without asking anybody."""
    embedder = embedder_of(key)
    if not isinstance(embedder, EndpointEmbedder):
        return embed_now(embedder, texts)
    found = saved.known(embedder.name, texts)
    if not all(text in found for text in texts):
        return None
    return unit(np.array([found[text] for text in texts], dtype=float))

"""How close texts are, for BM25 and embeddings as baselines, and from where on that means yes.

Words are counted over the texts of one question, as they are when a run computes. The threshold is
part of the rater: it is chosen once on the development part of the study, by best balanced accuracy
against the majority of strangers, and another threshold is another rater. Where too few items have
a majority there, the median stands in, so that half of the answers are yes.

The embedding is tf-idf over the question's texts where nothing else is said; any other embedder of
personalization/embedding/ may take its place, and is another rater.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from annotation.models import Item, Question, Rater
from annotation.models.rater import RaterKind
from personalization.embedding.choosing import TFIDF, Embedder, embed_now, embedder_of, provider_of
from personalization.judge.baselines import best_threshold, middle, needs_threshold, yes_option
from personalization.judge.choices import swapped_fields
from personalization.judge.material import Material, load
from personalization.judge.planning import agreed
from personalization.judge.scales import scale_of
from personalization.judge.similarity import Lexicon, bm25, tf_idf
from personalization.judge.statements import ITEMS
from personalization.splits import IN_DEVELOPMENT

NAMES = {"bm25": "BM25", "embedding": "embedding (tf-idf)"}
SPACE = "tf-idf"  # of the embedding, where nothing else is said
MEASURES = {"bm25": bm25, "embedding": tf_idf}
DEVELOPMENT, MEDIAN = "development", "median"
# A threshold is chosen on at least so many items, and at most so many: always the same ones.
LEAST, MOST = 20, 2000
BATCH = 500
TEXTS = (
    "relevance_pair__attribute__text", "relevance_pair__query__text", "response_pair__a__text",
    "response_pair__b__text", "response_pair__query__text", "record__fields",
)  # fmt: skip

MAJORITIES = f"""
WITH item AS (
    SELECT * FROM ({ITEMS} AND i.question_id = %(question)s AND {IN_DEVELOPMENT}) AS one
    WHERE NOT withheld
), vote AS (
    SELECT j.item_id, j.value, count(*) AS votes,
        sum(count(*)) OVER (PARTITION BY j.item_id) AS given
    FROM annotation_judgment j JOIN item ON item.id = j.item_id
    WHERE j.question_id = %(question)s AND j.role = 'third_party' AND j.use = 'label'
        AND j.occasion = 0 AND j.superseded_at IS NULL AND j.value IS NOT NULL
    GROUP BY j.item_id, j.value
)
SELECT item_id, value FROM vote WHERE 2 * votes > given
ORDER BY md5(item_id::text) LIMIT %(most)s
"""  # noqa: S608 - our own texts
SOME = f"""
WITH item AS ({ITEMS} AND i.question_id = %(question)s)
SELECT id FROM item WHERE NOT withheld ORDER BY md5(id::text) LIMIT %(most)s
"""  # noqa: S608 - our own texts


class Meter:
    """Measures closeness on the items of one question."""

    def __init__(self, question: Question, baseline: str, embedder: str = "") -> None:
        """Count the words of the question's texts; EmbedError where there is no such embedder."""
        self.measure = MEASURES[baseline]
        self.embedder: Embedder | None = embedder_of(embedder) if is_other(embedder) else None
        texts = _texts(question, answers_only=baseline == "bm25")
        self.lexicon = Lexicon.of(() if self.embedder else texts)

    def near(self, material: Material) -> tuple[float, ...] | None:
        """Return how close the candidates are, or the one text; None where nothing is compared."""
        return self.near_all({0: material}).get(0)

    def near_all(self, materials: Mapping[int, Material]) -> dict[int, tuple[float, ...]]:
        """Return how close the texts of these items are, of those where anything is compared."""
        found = {pk: compared(one) for pk, one in materials.items()}
        asked = {pk: one for pk, one in found.items() if one is not None}
        if self.embedder is None:
            return {
                pk: tuple(self.measure(what, text, self.lexicon) for text in texts)
                for pk, (what, texts) in asked.items()
            }
        said = list(dict.fromkeys(one for what, texts in asked.values() for one in (what, *texts)))
        rows = dict(zip(said, embed_now(self.embedder, said), strict=True))
        return {
            pk: tuple(float(rows[what] @ rows[text]) for text in texts)
            for pk, (what, texts) in asked.items()
        }


def compared(material: Material) -> tuple[str, tuple[str, ...]] | None:
    """Return what is asked for, and the texts that may answer it.

    An attribute may answer a query; of two responses, either may answer the request of a person of
    whom this much is known. Of an imported pair, all its other fields are what is asked.
    """
    texts = material.texts
    if material.prompt == "judge_relevance":
        return texts["query"], (texts["attribute"],)
    if material.candidates is None:
        return None
    beside = set(material.swap) | {"conversation"}
    asked = " ".join(text for name, text in texts.items() if name not in beside)
    return asked, tuple(texts[name] for name in material.candidates)


@dataclass(frozen=True, slots=True)
class Threshold:
    """From which closeness on to say yes, and how that was chosen."""

    value: float | None
    chosen: str


def is_other(embedder: str) -> bool:
    """Return whether this is another embedder than the usual one."""
    return embedder not in ("", TFIDF)


def threshold(question: Question, baseline: str, embedder: str = "") -> Threshold:
    """Choose from where on closeness means yes; of people only who agreed that their texts go there."""
    meter, yes = Meter(question, baseline, embedder), yes_option(scale_of(question))
    majorities: dict[int, int] = dict(_rows(MAJORITIES, question, embedder))
    if yes is not None and len(majorities) >= LEAST:
        near = meter_all(meter, list(majorities))
        right = [majorities[pk] == yes.code for pk in near]
        best = best_threshold([one[0] for one in near.values()], right)
        if best is not None:
            return Threshold(best, DEVELOPMENT)
    some = meter_all(meter, [pk for (pk,) in _rows(SOME, question, embedder)])
    return Threshold(middle([one[0] for one in some.values()]), MEDIAN)


def meter_all(meter: Meter, items: Sequence[int]) -> dict[int, tuple[float, ...]]:
    """Return the closeness of these items, where anything is compared."""
    found: dict[int, tuple[float, ...]] = {}
    for start in range(0, len(items), BATCH):
        found |= meter.near_all(load(items[start : start + BATCH]))
    return found


def near_rater(
    baseline: str, question: Question, found: Threshold | None = None, embedder: str = ""
) -> Rater:
    """Return the baseline that goes by closeness: of yes and no, with this threshold, or one chosen now."""
    known, name, configuration = f"baseline:{baseline}:v1", NAMES[baseline], {"baseline": baseline}
    if baseline == "embedding":
        configuration["space"] = SPACE
    if is_other(embedder):
        space = embedder_of(embedder).name
        known, name = f"baseline:{baseline}:v1[{space}]", f"embedding ({space})"
        configuration |= {"space": space, "embedder": embedder}
    if not needs_threshold(scale_of(question), question.kind):
        return _rater(known, name, configuration)
    found = found or threshold(question, baseline, embedder)
    said = "no items yet" if found.value is None else f"yes from {found.value:.4g}"
    if found.value is not None and found.chosen == MEDIAN:
        said = f"{said}, the median"
    return _rater(
        f"{known}:{question.pk}:{found.chosen}:{found.value!r}",
        f"{name}, {said}",
        {
            **configuration,
            "question": question.pk,
            "threshold": found.value,
            "chosen": found.chosen,
        },
    )


def chosen_raters(baseline: str, question: Question) -> list[Rater]:
    """Return the raters of a baseline with a threshold for a question, the newest last.

    Of embeddings those of the usual space.
    """
    of_question = {"baseline": baseline, "question": question.pk}
    kept = Rater.objects.filter(kind=RaterKind.BASELINE, configuration__contains=of_question)
    return list(kept.filter(fingerprint__startswith=f"baseline:{baseline}:v1:").order_by("pk"))


def _rater(fingerprint: str, name: str, configuration: dict[str, Any]) -> Rater:
    rater, _new = Rater.objects.get_or_create(
        fingerprint=fingerprint,
        defaults={"kind": RaterKind.BASELINE, "name": name, "configuration": configuration},
    )
    return rater


def _rows(sql: str, question: Question, embedder: str) -> list[Any]:
    outside = agreed(question.study_id, provider_of(embedder))
    asked = {"question": question.pk, "most": MOST, **outside}
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        found: list[Any] = cursor.fetchall()
    return found


def _texts(question: Question, *, answers_only: bool) -> Iterator[str]:
    """Yield the texts of a question's items: those that may answer, or what is asked as well."""
    shown = Item.objects.filter(question=question, sheet__hidden_at=None)
    shown = shown.exclude(relevance_pair__attribute__withdrawn_at__isnull=False)
    for attribute, query, a, b, request, fields in shown.values_list(*TEXTS).iterator():
        answers, others = [attribute, a, b], [query, request]
        if fields is not None:
            swap = swapped_fields(list(fields)) or {}
            answers = [str(text) for name, text in fields.items() if name in swap]
            others = [str(text) for name, text in fields.items() if name not in swap]
        yield from (text for text in answers if text)
        if not answers_only:
            yield from (text for text in others if text)

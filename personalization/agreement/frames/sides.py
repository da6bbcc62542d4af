"""Who wrote the two candidates of each pair, and which model family that is."""

from collections.abc import Iterable, Mapping

import numpy as np

from annotation.models import Author, Question, Rater
from annotation.models.response import AuthorKind, Condition
from personalization.agreement.arrays import IntArray
from personalization.agreement.frames.coding import places
from personalization.agreement.frames.data import Sides
from personalization.agreement.frames.reading import columns
from personalization.generation.authors import family as family_by_name

# People who write are one system: reports name nobody.
HUMAN = "human"
UNKNOWN = -1
CONDITIONS = [*Condition.values]
PAIRS = """
SELECT i.id, a.author_id, array_position(%(conditions)s::text[], a.condition) - 1,
    b.author_id, array_position(%(conditions)s::text[], b.condition) - 1
FROM annotation_item i
JOIN annotation_responsepair p ON p.id = i.response_pair_id
JOIN annotation_response a ON a.id = p.a_id
JOIN annotation_response b ON b.id = p.b_id
WHERE i.question_id = %(question)s
"""


def load_sides(
    question: Question, item_ids: IntArray, raters: Iterable[Rater]
) -> tuple[Sides | None, dict[int, int]]:
    """Return who wrote what, and the code of each rater's model family by the rater's id.

    A family is as recorded, else as far as the model's name tells. Without pairs there are none.
    """
    read = columns(PAIRS, {"question": question.pk, "conditions": CONDITIONS}, 5)
    place, known = places(item_ids, read[0])
    if not known.any():
        return None, {}
    item = place[known]
    author_a, condition_a, author_b, condition_b = (column[known] for column in read[1:])
    # One whole number for each author under each condition.
    written, code = np.unique(
        [author_a * len(CONDITIONS) + condition_a, author_b * len(CONDITIONS) + condition_b],
        return_inverse=True,
    )
    by_pk = Author.objects.in_bulk((written // len(CONDITIONS)).tolist())
    authors = [by_pk[int(one) // len(CONDITIONS)] for one in written]
    families_of = [_author_family(author) for author in authors]
    judges = {one.pk: judge_family(one) for one in raters}
    families = sorted({one for one in (*families_of, *judges.values()) if one})
    names = _names(authors, [CONDITIONS[int(one) % len(CONDITIONS)] for one in written], by_pk)
    systems = sorted(set(names))
    system = np.array([systems.index(name) for name in names])[code.reshape(2, -1)]
    family = np.array([_code(families, name) for name in families_of])[code.reshape(2, -1)]
    placed = [_placed(len(item_ids), item, codes) for codes in (*system, *family)]
    found = Sides(systems, placed[0], placed[1], families, placed[2], placed[3])
    return found, {pk: _code(families, name) for pk, name in judges.items()}


def judge_family(rater: Rater) -> str:
    """Return a machine's model family, as its configuration says or its model's name; "" unknown.

    >>> judge_family(Rater(configuration={"model": "meta-llama/Llama-3.3-70B-Instruct"}))
    'llama'
    >>> judge_family(Rater(configuration={"model": "x-1", "family": "Demo"}))
    'demo'
    >>> judge_family(Rater(configuration={"baseline": "random"}))
    ''
    """
    said, model = rater.configuration.get("family"), rater.configuration.get("model")
    if isinstance(said, str) and said:
        return said.casefold()
    return family_by_name(model) if isinstance(model, str) else ""


def _author_family(author: Author) -> str:
    if author.kind == AuthorKind.HUMAN:
        return HUMAN
    return author.family.casefold() or family_by_name(author.name)


def _names(authors: list[Author], conditions: list[str], by_pk: Mapping[int, Author]) -> list[str]:
    """Name each system: its author, with the condition where conditions differ."""
    models = [author.name for author in by_pk.values() if author.kind != AuthorKind.HUMAN]
    differ = len(set(conditions)) > 1
    names = []
    for author, condition in zip(authors, conditions, strict=True):
        alone = models.count(author.name) == 1
        name = author.name if alone else f"{author.name}#{author.pk}"
        if author.kind == AuthorKind.HUMAN:
            names.append(HUMAN)
        else:
            names.append(f"{name} ({condition})" if differ else name)
    return names


def _code(families: list[str], name: str) -> int:
    return families.index(name) if name else UNKNOWN


def _placed(n_items: int, item: IntArray, codes: IntArray) -> IntArray:
    values = np.full(n_items, UNKNOWN)
    values[item] = codes
    return values

"""Put an attack of the corpus into an item's material, as an injection check asks for it."""

from dataclasses import dataclass, replace

from personalization.judge.choices import Scale, Side
from personalization.judge.injections import CORPUS, Attack, plant, target_of
from personalization.judge.material import Material

# Not of the item itself: an attack stands elsewhere, as long as there is anywhere else.
BESIDE = frozenset({"persona", "examples"})


@dataclass(frozen=True, slots=True)
class Planted:
    """What was put into an item's material: an attack, and the answer (code) that it demands."""

    attack: Attack
    target: int


def planted(item: int, sample: int, scale: Scale, tie: bool = True) -> Planted | None:
    """Return what stands in a reading's material; None for sample 0, the plain one."""
    if sample == 0:
        return None
    attack = CORPUS[sample - 1]
    codes = [one.code for one in scale.offered_for(tie)]
    return Planted(attack, target_of(item, attack, codes))


def with_attack(
    material: Material, item: int, sample: int, scale: Scale, side: Side, tie: bool = True
) -> Material:
    """Return the material of a reading of an injection check; that of sample 0 is as it was.

    The attack stands in the candidate that is to win, and names the answer as the judge sees it in
    this order; where no candidate is to win, in the longest text.
    """
    put = planted(item, sample, scale, tie)
    if put is None or not material.texts:
        return material
    seen = scale.seen_as(put.target, side)
    key = next(one.key for one in scale.choices if one.code == seen)
    own = material.texts.keys() - BESIDE or material.texts.keys()
    into = max(sorted(own), key=lambda name: len(material.texts[name]))
    if (wins := winner(scale, put.target)) and material.candidates:
        into = material.candidates["ab".index(wins)]
    return replace(material, texts=plant(material.texts, put.attack, key, into))


def winner(scale: Scale, code: int) -> str | None:
    """Return the candidate that an answer prefers, a or b; None where it prefers neither."""
    if not scale.pairs:
        return None
    chosen = next(one for one in scale.choices if one.code == code)
    if chosen.candidate or not scale.ordered:
        return chosen.candidate
    codes = [one.code for one in scale.offered]
    from_middle = 2 * codes.index(code) - (len(codes) - 1)
    return "a" if from_middle < 0 else "b" if from_middle > 0 else None

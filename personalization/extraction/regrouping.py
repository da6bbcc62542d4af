"""Write a merging down: variants go to the attribute that they are, attributes that are none go."""

from collections.abc import Collection, Sequence

from annotation.models import Attribute, AttributeVariant, Enrollment, Evidence, Turn
from personalization.arms.holding import hold
from personalization.extraction.grouping import Group
from personalization.extraction.reading import key
from personalization.extraction.writing import support, texts
from personalization.models import Arm, ArmAttribute, Generation

# What an attribute consists of; all else that leads to one is a use of it.
OWN = frozenset({"variants", "evidence", "in_arms"})


def used(person: Enrollment, attributes: Collection[int]) -> set[int]:
    """Return those attributes of a person that something refers to: items, evidence calls, rewrites, responses."""
    found: set[int] = set()
    if not attributes:
        return found
    for relation in Attribute._meta.related_objects:
        if relation.get_accessor_name() in OWN:
            continue
        name = relation.field.name
        there = relation.related_model._default_manager.filter(**{f"{name}__in": attributes})
        found.update(there.values_list(name, flat=True))
    told = Generation.objects.filter(enrollment=person, attributes__overlap=list(attributes))
    for one in told.values_list("attributes", flat=True):
        found.update(pk for pk in one if pk in attributes)
    return found


def regroup(
    arm: Arm, person: Enrollment, variants: Sequence[AttributeVariant], found: Sequence[Group]
) -> int:
    """Give each variant the attribute of its group; return how many attributes the arm has now.

    The caller holds the person's lock.
    """
    before = {one.attribute_id: one.attribute for one in variants}
    known = texts(person.study_id, person.participant_id)
    free = [one for one in found if one.standing is None]
    _speak(arm, person, [variants[one.speaker] for one in free], known)
    now: dict[int, Attribute] = {}
    moved: list[tuple[AttributeVariant, Attribute]] = []
    for one in found:
        attribute = (
            known[key(variants[one.speaker].text)] if one.standing is None else before[one.standing]
        )
        now[attribute.pk] = attribute
        moved += [
            (variants[place], attribute)
            for place in one.members
            if variants[place].attribute_id != attribute.pk
        ]
    _move(moved)
    hold(arm, now.values())
    _let_go(arm, person, before.keys() - now.keys())
    return len(now)


def _speak(
    arm: Arm, person: Enrollment, speakers: Sequence[AttributeVariant], known: dict[str, Attribute]
) -> None:
    """Add the attributes that variants are the texts of to those known; nobody else's is changed."""
    by_key = {key(one.text): one for one in reversed(speakers)}
    there = {known[one].pk for one in by_key if one in known}
    others = used(person, there) | _held_by_others(arm, there)
    said = ("text", "reason", "confidence")
    changed = []
    for one, speaker in by_key.items():
        attribute = known.get(one)
        if attribute is None or attribute.pk in others:
            continue
        if any(getattr(attribute, name) != getattr(speaker, name) for name in said):
            for name in said:
                setattr(attribute, name, getattr(speaker, name))
            changed.append(attribute)
    Attribute.objects.bulk_update(changed, said)
    new = [
        Attribute(
            study_id=person.study_id,
            participant_id=person.participant_id,
            **{name: getattr(speaker, name) for name in said},
        )
        for one, speaker in by_key.items()
        if one not in known
    ]
    known |= {key(one.text): one for one in Attribute.objects.bulk_create(new)}


def _move(moved: Sequence[tuple[AttributeVariant, Attribute]]) -> None:
    """Put variants below other attributes, and with each the evidence from its conversation."""
    sources = {variant.attribute_id for variant, _to in moved}
    read_in: dict[tuple[int, int], list[Turn]] = {}
    for one in Evidence.objects.select_related("turn").filter(attribute__in=sources):
        read_in.setdefault((one.attribute_id, one.turn.conversation_id), []).append(one.turn)
    pairs = [
        (to, turn)
        for variant, to in moved
        if variant.conversation_id is not None
        for turn in read_in.get((variant.attribute_id, variant.conversation_id), ())
    ]
    support(pairs, {to.pk for _variant, to in moved})
    for variant, to in moved:
        variant.attribute = to
    AttributeVariant.objects.bulk_update([variant for variant, _to in moved], ["attribute"])


def _let_go(arm: Arm, person: Enrollment, attributes: Collection[int]) -> None:
    """Take attributes out of an arm's profiles; what then is nobody's and nowhere used is deleted."""
    ArmAttribute.objects.filter(arm=arm, attribute__in=attributes).delete()
    said = AttributeVariant.objects.filter(attribute__in=attributes)
    kept = used(person, attributes) | _held_by_others(arm, attributes)
    kept |= set(said.values_list("attribute", flat=True))
    Attribute.objects.filter(pk__in=set(attributes) - kept).delete()


def _held_by_others(arm: Arm, attributes: Collection[int]) -> set[int]:
    held = ArmAttribute.objects.filter(attribute__in=attributes).exclude(arm=arm)
    return set(held.values_list("attribute", flat=True))

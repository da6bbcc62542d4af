"""What a judge is told of the person that an item is about: only what this person shares."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from annotation.models import Item
from annotation.profiles import shared_sentences

ALL, NONE = "all", "none"
# By which way an item leads to its person: what it asks about, else whose sheet it stands on.
OWNERS = (
    "record__participant",
    "relevance_pair__attribute__participant",
    "response_pair__participant",
    "response__participant",
    "attribute__participant",
    "sheet__owner__participant",
)

Which = str | Sequence[str]


def persona_texts(items: Collection[Item], which: Which) -> dict[int, str]:
    """Return, by item, the persona of its person: a sentence a line; empty where nothing is shared.

    `which` is a judge's manner: all shared fields, none, or those of some keys, in the fields' order.
    """
    texts = {item.pk: "" for item in items}
    if which == NONE or not texts:
        return texts
    owners: dict[int, dict[int, int]] = defaultdict(dict)
    found = Item.objects.filter(pk__in=texts).values_list("pk", "study", *OWNERS)
    for pk, study, *people in found:
        person = next((one for one in people if one is not None), None)
        if person is not None:
            owners[study][pk] = person
    for study, people_of in owners.items():
        shared = shared_sentences(study, set(people_of.values()))
        for pk, person in people_of.items():
            texts[pk] = "\n".join(
                sentence for key, sentence in shared.get(person, ()) if which == ALL or key in which
            )
    return texts

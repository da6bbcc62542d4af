"""Pairs for comparison: the response without attributes beside a personalized one, blind."""

from annotation.models import Response, ResponsePair
from personalization.generation.leaks import Written, is_clean, leaks
from personalization.models import Generation


def pair_of(generic: Response, personalized: Response) -> ResponsePair | None:
    """Return the pair of two responses, made now if there is none; None where both say the same.

    A pair has no sides: `a` is the older one, and which one stands first is drawn for each rater.
    """
    if generic.text == personalized.text:
        return None
    a, b = sorted((generic, personalized), key=lambda one: one.pk)
    pair, _new = ResponsePair.objects.get_or_create(
        a=a,
        b=b,
        defaults={"query_id": a.query_id, "participant_id": personalized.participant_id},
    )
    return pair


def may_be_seen(response: Response, row: Generation | None) -> bool:
    """Return whether a response tells raters nothing of what it is.

    What an arm here wrote was looked at when it came; what was brought from outside is looked at
    now. Of that, neither the attributes nor the model's name are held against it: it is as it is.
    """
    if row is not None and row.call_id is not None:
        return is_clean(row.leaks)
    return is_clean(leaks(Written(response.text, response.query.text)))

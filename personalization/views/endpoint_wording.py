"""What the pages say about endpoints: their state, and how to mend what is wrong."""

from typing import Literal

from django.utils.translation import gettext as _

from personalization.models import Endpoint

State = Literal["closed", "new", "works", "fails"]


def state(endpoint: Endpoint) -> State:
    """Return how an endpoint stands: by what came last, an answer or an error."""
    if endpoint.closed_at is not None:
        return "closed"
    answered, failed = endpoint.answered_at, endpoint.failed_at
    if failed is not None and (answered is None or failed > answered):
        return "fails"
    return "works" if answered is not None else "new"


def mend(kind: str) -> str:
    """Return what to do about a kind of error; empty where there is none."""
    match kind:
        case "timeout":
            return _(
                "The answer did not come in time. Is the model still loading? Allow more seconds."
            )
        case "unavailable":
            return _(
                "Nobody answers there, or it has broken down. Is it running? Check the address."
            )
        case "rate_limited":
            return _(
                "It is asked too often. Lower the requests at a time, or ask for a higher limit."
            )
        case "cut":
            return _("The answer broke off. If that stays so, look at the endpoint's own log.")
        case "garbage":
            return _(
                "What came is not the OpenAI protocol. Does the address end in /v1, and is it the "
                "endpoint itself, not a web page?"
            )
        case "unauthorized":
            return _("The key is wrong, missing or without permission. Enter it again.")
        case "bad_request":
            return _(
                "It does not accept the request. Check the address and the exact name of the model."
            )
        case "forbidden_address":
            return _(
                "The address leads into the server's own network. Whoever runs this site can allow "
                "the host with CONCORD_ENDPOINT_HOSTS."
            )
        case "lost":
            return _("The worker ended before the answer came. Try again.")
    return ""

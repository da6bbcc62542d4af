"""Where the responses of an item come from, as its page shows it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from annotation.models import Item, Response
from personalization.generation.tracing import Trace, trace
from personalization.views.leak_wording import leak_name
from personalization.views.run_calls import Sent, parameters, sent


@dataclass(frozen=True, slots=True)
class Traced:
    """One response: what the page calls it, where it comes from, and the request as it was sent."""

    name: str
    trace: Trace

    @property
    def leaks(self) -> list[str]:
        """Return what it gives away, in words."""
        return [leak_name(one) for one in self.trace.leaks]

    @property
    def sent(self) -> list[Sent]:
        """Return the messages of the request; empty where no model was asked here."""
        return sent(self.trace.call.request) if self.trace.call else []

    @property
    def parameters(self) -> str:
        """Return what else the request said."""
        return parameters(self.trace.call.request) if self.trace.call else ""


def traces(item: Item) -> list[Traced]:
    """Return where the responses come from that an item is about; those that nobody traces left out."""
    pair, found = item.response_pair, list[tuple[str, Response]]()
    if pair is not None:
        found = [(_("Response A"), pair.a), (_("Response B"), pair.b)]
    elif item.response is not None:
        found = [(_("Response"), item.response)]
    traced = [Traced(name, trace(response)) for name, response in found]
    return [one for one in traced if one.trace.arm is not None]

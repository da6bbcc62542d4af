"""What can be wrong with an embedder."""

from personalization.steps import HopelessError


class EmbedError(HopelessError):
    """No vectors can be had, and asking again will not help; the text says why, and what to do.

    What may pass (an endpoint that is down) is an AskError instead, so that steps try again.
    """

"""What the log may not hold: addresses that let in whoever has them."""

import logging
import re

# Personal links, invitations, sign-in links and passes to streams: the part after the name.
LINK = re.compile(r"/(me|join|signin|stream)/[^/\s]+")


class HideLinks(logging.Filter):
    """Cut what opens something out of the addresses that Django logs with refused requests."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Change the record, and let it pass."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                LINK.sub(r"/\1/[hidden]", one) if isinstance(one, str) else one
                for one in record.args
            )
        return True

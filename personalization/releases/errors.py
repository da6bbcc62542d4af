"""What an export says when it cannot go on."""


class ExportError(Exception):
    """An export that was refused or has gone wrong; the message says how to mend it."""

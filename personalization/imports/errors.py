"""What can be wrong with an import, told so that a person can mend it."""


class ImportRefusedError(Exception):
    """Nothing was imported; the messages say what is wrong, where, and how to mend it."""

    def __init__(self, *messages: str) -> None:
        super().__init__("\n".join(messages))
        self.messages = messages


class LineError(Exception):
    """One line cannot be read; the rest of the file can."""

"""Read the tables, lists and words of a TOML file, and collect what is wrong with them."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _


class TomlReader:
    """Reads the content of a file key by key; `file` is its name in messages."""

    file: str

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.faults: list[str] = []

    def fault(self, message: str) -> None:
        """Note what is wrong, once."""
        if (told := f"{self.file}: {message}") not in self.faults:
            self.faults.append(told)

    def known(self, where: str, said: Mapping[str, Any], known: Iterable[str]) -> None:
        """Note keys that mean nothing."""
        for key in sorted(map(str, said.keys() - set(known))):
            self.fault(
                _("%(where)sunknown key %(key)s. Known keys: %(known)s.")
                % {"where": where, "key": key, "known": ", ".join(sorted(known))}
            )

    def table(self, key: str) -> dict[str, Any]:
        """Return a table, an empty one where there is none."""
        value = self.raw.get(key) or {}
        if isinstance(value, dict):
            return value
        self.fault(
            _("%(key)s must be a table: write [%(key)s] and its lines below.") % {"key": key}
        )
        return {}

    def texts_of(
        self, key: str, *, keys: Iterable[str] = (), among: Iterable[str] = ()
    ) -> dict[str, str]:
        """Return a table of texts, whose keys and values are known where some are given."""
        said = self.table(key)
        if keys:
            self.known(f"[{key}] ", said, keys)
        found = {str(name): _text(value) for name, value in said.items()}
        wrong = [name for name, value in found.items() if value is None]
        if among:
            wrong += [name for name, value in found.items() if value not in {None, *among}]
        for name in wrong:
            known = _("one of %(known)s") % {"known": ", ".join(among)} if among else _("a text")
            self.fault(
                _("[%(table)s] %(key)s must be %(what)s.")
                % {"table": key, "key": name, "what": known}
            )
        return {name: value for name, value in found.items() if value is not None}

    def name(self, key: str, value: object) -> str:
        """Return the name of a column, or of something else."""
        if isinstance(value, str):
            return value.strip()
        self.fault(_("%(key)s must be a name in quotation marks.") % {"key": key})
        return ""

    def texts(self, key: str) -> frozenset[str]:
        """Return a list of texts."""
        values = self.raw.get(key, [])
        texts = [_text(one) for one in values] if isinstance(values, list) else [None]
        if None in texts:
            self.fault(_('%(key)s must be a list of texts, such as ["invalid"].') % {"key": key})
        return frozenset(one for one in texts if one is not None)

    def number(self, key: str, usual: int, low: int, high: int) -> int:
        """Return a whole number of a range."""
        value = self.raw.get(key, usual)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self.fault(
            _("%(key)s must be a whole number from %(low)d to %(high)d.")
            % {"key": key, "low": low, "high": high}
        )
        return usual

    def truth(self, key: str) -> bool:
        """Return true or false."""
        value = self.raw.get(key, False)
        if not isinstance(value, bool):
            self.fault(_("%(key)s is true or false.") % {"key": key})
        return value is True

    def word(self, key: str, known: tuple[str, ...]) -> str:
        """Return one of the words that are known."""
        value = self.raw.get(key, "")
        if value in known:
            return str(value)
        self.fault(
            _("%(key)s is %(value)s; write one of %(known)s.")
            % {"key": key, "value": repr(value), "known": ", ".join(filter(None, known))}
        )
        return ""


def _text(value: object) -> str | None:
    """Return a text, or a whole number as one; None for anything else."""
    known = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) if known else None

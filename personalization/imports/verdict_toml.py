"""Read verdicts.toml, key by key; everything that is wrong with it is told at once."""

import tomllib
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from annotation.models.judgment import DistributionSource
from personalization.imports.errors import ImportRefusedError
from personalization.imports.verdict_mapping import ORDERS, ReadingColumns, VerdictMapping
from personalization.models.verdict import Side

KEYS = {
    "question", "columns", "sides", "side", "side_values", "judge", "samples", "first_sample",
    "values", "invalid", "refused", "as_shown", "probabilities", "source", "authors", "where",
    "items", "configuration",
}  # fmt: skip
SEVERAL = ("item", "judge")  # columns that may name something together
OF_READING = ("value", "certainty", "raw", "probabilities")  # one column, or one for each order
OF_LINE = ("side", "sample", "reference")
CANDIDATES = ("a", "b", "text")
MOST_SAMPLES = 1000


def parse(text: str) -> VerdictMapping:
    """Read verdicts.toml; ImportRefusedError lists everything that is wrong with it."""
    return from_mapping(loads(text))


def loads(text: str) -> dict[str, Any]:
    """Return the content of verdicts.toml, whatever it says."""
    try:
        return tomllib.loads(text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise ImportRefusedError(
            _("verdicts.toml is not valid TOML: %(why)s.") % {"why": error}
        ) from error


def from_mapping(raw: Mapping[str, Any]) -> VerdictMapping:
    """Build the mapping from the content of verdicts.toml, however it was written down."""
    return _Reader(raw).read()


class _Reader:
    """Reads the raw mapping key by key, and collects what is wrong."""

    def __init__(self, raw: Mapping[str, Any]) -> None:
        self.raw = raw
        self.faults: list[str] = []

    def read(self) -> VerdictMapping:
        self._known("", self.raw, KEYS)
        columns = self._table("columns")
        self._known("[columns] ", columns, {*SEVERAL, *OF_READING, *OF_LINE})
        lines = {key: self._names(columns, key) for key in SEVERAL}
        single = {key: self._name(f"[columns] {key}", columns.get(key, "")) for key in OF_LINE}
        judge_name = self._name("judge", self.raw.get("judge", ""))
        found = VerdictMapping(
            question=self._question(),
            readings=self._readings(columns, single["side"]),
            item=lines["item"] or ("item",),
            judge=lines["judge"] or (() if judge_name else ("judge",)),
            judge_name=judge_name,
            side_values=self._texts_of("side_values", among=Side.values),
            samples=self._number("samples", 1, 1, MOST_SAMPLES),
            first_sample=self._number("first_sample", 0, 0, 1),
            values=self._texts_of("values"),
            invalid=self._list("invalid"),
            refused=self._list("refused"),
            as_shown=self._truth("as_shown"),
            source=self._word("source", ("", *DistributionSource.values)),
            authors=self._texts_of("authors", keys=CANDIDATES),
            where=self._texts_of("where"),
            by_number=self._word("items", ("", "keys", "numbers")) == "numbers",
            configuration=self._table("configuration"),
            **single,
        )
        self._together(found, judge_columns=bool(lines["judge"]))
        if self.faults:
            raise ImportRefusedError(*self.faults)
        return found

    def _together(self, found: VerdictMapping, *, judge_columns: bool) -> None:
        """Note what is wrong with keys that are right by themselves."""
        if judge_columns and found.judge_name:
            self._fault(_("name the judge, or the columns that hold it, not both."))
        if found.side and any(one.side for one in found.readings):
            self._fault(_("give a side for all lines, a column of sides or [sides], not several."))
        if found.sample and found.samples == 1:
            self._fault(_("say how many samples each order has: samples = 5."))
        if found.samples > 1 and not found.sample:
            self._fault(_("name the column of the sample under [columns]."))
        shares = any(one.probabilities or one.shares for one in found.readings)
        if shares and not found.source:
            self._fault(
                _("say where the probabilities come from: source is one of %(known)s.")
                % {"known": ", ".join(DistributionSource.values)}
            )
        if found.source and not shares:
            self._fault(_("source is about probabilities, and no column holds any."))
        if found.as_shown and not found.sided:
            self._fault(_("as_shown needs to know which order was shown: name the sides."))
        if shares and found.samples > 1:
            self._fault(_("several samples come to shares by themselves: leave out probabilities."))
        if found.authors and found.by_number:
            self._fault(_("items that are named by their numbers know their authors already."))
        if twice := sorted((found.invalid & found.refused) | (found.values.keys() & _both(found))):
            self._fault(
                _("%(value)s is in two of values, invalid and refused.")
                % {"value": ", ".join(map(repr, twice))}
            )

    def _readings(self, columns: Mapping[str, Any], side_column: str) -> tuple[ReadingColumns, ...]:
        """Return one reading for each line, or one for each order where columns say which."""
        said = {key: columns[key] for key in OF_READING if key in columns}
        sides = self._table("sides")
        if sides:
            said["value"] = sides
        shares = self._table("probabilities")
        wide = any(isinstance(value, dict) for value in said.values()) or _by_order(shares)
        if not wide:
            side = self._word("side", ("", *Side.values))
            if not side and not side_column:
                side = Side.NONE.value
            return (self._reading(side, said, shares),)
        if "side" in self.raw:
            self._fault(_("give a side for all lines, a column of sides or [sides], not several."))
        for key, value in said.items():
            if isinstance(value, dict):
                self._known(f"{key}: ", value, ORDERS)
                self._complete(key, value)
        return tuple(
            self._reading(
                side,
                {key: _of_order(value, side) for key, value in said.items()},
                _of_order(shares, side) if _by_order(shares) else shares,
            )
            for side in ORDERS
        )

    def _reading(
        self, side: str, said: Mapping[str, Any], shares: Mapping[str, Any]
    ) -> ReadingColumns:
        names = {key: self._name(key, said.get(key, "")) for key in OF_READING}
        found = ReadingColumns(
            side=side,
            shares={
                str(key): self._name("[probabilities]", value) for key, value in shares.items()
            },
            **names,
        )
        if not (found.value or found.raw or found.probabilities or found.shares):
            # The name that is looked for where nothing else is said.
            return ReadingColumns(side=side, value="value", certainty=found.certainty)
        if found.probabilities and found.shares:
            self._fault(_("probabilities stand in one column or in several, not both."))
        return found

    def _complete(self, key: str, value: Mapping[str, Any]) -> None:
        if not all(value.get(side) for side in ORDERS):
            self._fault(_("%(key)s names one order only: name ab and ba.") % {"key": key})

    def _question(self) -> dict[str, Any]:
        said = self.raw.get("question")
        if isinstance(said, str) and said:
            return {"key": said}
        if isinstance(said, dict) and said.get("key"):
            return said
        self._fault(
            _('name the question: question = "preference", or a table [question] with its key.')
        )
        return {}

    def _fault(self, message: str) -> None:
        if (told := f"verdicts.toml: {message}") not in self.faults:
            self.faults.append(told)

    def _known(self, where: str, said: Mapping[str, Any], known: Iterable[str]) -> None:
        for key in sorted(map(str, said.keys() - set(known))):
            self._fault(
                _("%(where)sunknown key %(key)s. Known keys: %(known)s.")
                % {"where": where, "key": key, "known": ", ".join(sorted(known))}
            )

    def _table(self, key: str) -> dict[str, Any]:
        value = self.raw.get(key) or {}
        if isinstance(value, dict):
            return value
        self._fault(
            _("%(key)s must be a table: write [%(key)s] and its lines below.") % {"key": key}
        )
        return {}

    def _texts_of(
        self, key: str, *, keys: Iterable[str] = (), among: Iterable[str] = ()
    ) -> dict[str, str]:
        """Return a table of texts, whose keys and values are known where some are given."""
        said = self._table(key)
        if keys:
            self._known(f"[{key}] ", said, keys)
        found = {str(name): _text(value) for name, value in said.items()}
        wrong = [name for name, value in found.items() if value is None]
        if among:
            wrong += [name for name, value in found.items() if value not in {None, *among}]
        for name in wrong:
            known = _("one of %(known)s") % {"known": ", ".join(among)} if among else _("a text")
            self._fault(
                _("[%(table)s] %(key)s must be %(what)s.")
                % {"table": key, "key": name, "what": known}
            )
        return {name: value for name, value in found.items() if value is not None}

    def _names(self, said: Mapping[str, Any], key: str) -> tuple[str, ...]:
        value = said.get(key, [])
        names = value if isinstance(value, list) else [value]
        return tuple(self._name(f"[columns] {key}", name) for name in names)

    def _name(self, key: str, value: object) -> str:
        if isinstance(value, str):
            return value.strip()
        self._fault(_("%(key)s must be a name in quotation marks.") % {"key": key})
        return ""

    def _list(self, key: str) -> frozenset[str]:
        values = self.raw.get(key, [])
        texts = [_text(one) for one in values] if isinstance(values, list) else [None]
        if None in texts:
            self._fault(_('%(key)s must be a list of texts, such as ["invalid"].') % {"key": key})
        return frozenset(one for one in texts if one is not None)

    def _number(self, key: str, usual: int, low: int, high: int) -> int:
        value = self.raw.get(key, usual)
        if isinstance(value, int) and not isinstance(value, bool) and low <= value <= high:
            return value
        self._fault(
            _("%(key)s must be a whole number from %(low)d to %(high)d.")
            % {"key": key, "low": low, "high": high}
        )
        return usual

    def _truth(self, key: str) -> bool:
        value = self.raw.get(key, False)
        if not isinstance(value, bool):
            self._fault(_("%(key)s is true or false.") % {"key": key})
        return value is True

    def _word(self, key: str, known: tuple[str, ...]) -> str:
        value = self.raw.get(key, "")
        if value in known:
            return str(value)
        self._fault(
            _("%(key)s is %(value)s; write one of %(known)s.")
            % {"key": key, "value": repr(value), "known": ", ".join(filter(None, known))}
        )
        return ""


def _text(value: object) -> str | None:
    """Return a text, or a whole number as one; None for anything else."""
    known = isinstance(value, str | int) and not isinstance(value, bool)
    return str(value) if known else None


def _both(found: VerdictMapping) -> frozenset[str]:
    return found.invalid | found.refused


def _by_order(shares: Mapping[str, Any]) -> bool:
    return bool(shares) and all(isinstance(value, dict) for value in shares.values())


def _of_order(said: Any, side: str) -> Any:  # noqa: ANN401 - what TOML holds
    return said.get(side, {} if _by_order(said) else "") if isinstance(said, dict) else said

"""Files of verdicts for tests, and what came of importing them."""

from typing import Any

from annotation.models import Judgment, Study
from personalization.imports.outcome import Outcome, VerdictCounts
from personalization.imports.verdict_toml import from_mapping
from personalization.imports.verdicts import import_verdicts
from personalization.models import Verdict
from tests.personalization.imports.files import label_file

PAIR: dict[str, Any] = {
    "key": "better",
    "level": "nominal",
    "options": ["first", "second", "tie"],
    "candidates": ["first", "second"],
}
SIDED: dict[str, Any] = {
    "question": PAIR,
    "invalid": ["?"],
    "refused": ["refused"],
    "columns": {"side": "side"},
}
HEADING = "item,judge,side,value"


def bring(
    study: Study,
    verdicts: str | bytes,
    mapping: dict[str, Any] = SIDED,
    /,
    *,
    name: str = "verdicts.csv",
    texts: str | None = None,
    strict: bool = False,
    dry_run: bool = False,
    **changes: object,
) -> Outcome:
    """Import a text as a file of verdicts, by a mapping with these changes."""
    return import_verdicts(
        study,
        from_mapping({**mapping, **changes}),
        label_file(verdicts, name),
        items=None if texts is None else label_file(texts, "items.csv"),
        strict=strict,
        dry_run=dry_run,
    )


def counts(outcome: Outcome) -> VerdictCounts:
    assert isinstance(outcome.counts, VerdictCounts)
    return outcome.counts


Said = tuple[str | None, str, int, int | None, str | None]


def verdicts() -> set[Said]:
    """Return the readings as (item, side, sample, code, reason)."""
    found = Verdict.objects.values_list("item__record__key", "side", "sample", "value", "reason")
    return {(item, side, sample, value, reason) for item, side, sample, value, reason in found}


def settled() -> dict[str, int | str | None]:
    """Return what each item came to, of the one judge that there is: a code or a reason."""
    current = Judgment.objects.filter(superseded_at=None).select_related("item__record")
    return {
        one.item.record.key: one.reason if one.value is None else one.value
        for one in current
        if one.item.record is not None
    }

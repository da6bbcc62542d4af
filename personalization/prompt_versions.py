"""Prompts as rows: shipped versions from files, own ones from people; what was used never changes."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, transaction
from django.db.models.functions import Now

from annotation.models import User
from personalization.models import PromptVersion
from personalization.models.prompt_version import OWN_FROM
from personalization.prompts import Prompt, body_of, hash_of, headed, parse, prompt, shipped

# The prompts that the configuration of a judge or an arm names can have versions of one's own.
JUDGES = ("judge_", "form_")
ARMS = ("extraction", "evidence", "verify", "refine", "generation")
# Judges that have readings from before versions were rows; their configurations name what they used.
USED_BEFORE = """
UPDATE personalization_promptversion p SET used_at = said.first
FROM (SELECT used.key AS name, (used.value ->> 'version')::int AS version,
        used.value ->> 'hash' AS hash, min(r.created_at) AS first
    FROM personalization_judgerun r JOIN annotation_rater j ON j.id = r.rater_id,
        jsonb_each(CASE jsonb_typeof(j.configuration -> 'prompts')
            WHEN 'object' THEN j.configuration -> 'prompts' ELSE '{}' END) AS used
    WHERE jsonb_typeof(used.value -> 'version') = 'number' GROUP BY 1, 2, 3) AS said
WHERE p.used_at IS NULL AND (p.name, p.version, p.hash) = (said.name, said.version, said.hash)
"""


class StaleError(Exception):
    """A judge names a version of a prompt that is not there, or says something else by now."""


@transaction.atomic
def sync() -> int:
    """Add the shipped files that have no row yet; return how many. Harmless twice.

    A file that says something else than the version of its number, which a judge has used, is
    refused: what a judge was asked would be lost. Where nobody has used it, the file holds.
    """
    there = {
        (one.name, one.version): one for one in PromptVersion.objects.filter(version__lt=OWN_FROM)
    }
    new = []
    for name, version, text in shipped():
        parse(name, version, text)
        row = PromptVersion(name=name, version=version, text=text, hash=hash_of(text), shipped=True)
        old = there.get((name, version))
        if old is not None and old.hash == row.hash:
            continue
        if old is not None and not _forget(old):
            raise ImproperlyConfigured(
                f"The prompt {name} v{version} has changed, and judges have used it as it was. "
                f"Put its file back as it was, and write the change into v{version + 1}.md."
            )
        new.append(row)
    # Several processes may start at the same moment.
    PromptVersion.objects.bulk_create(new, ignore_conflicts=True)
    if new:
        with connection.cursor() as cursor:
            cursor.execute(USED_BEFORE)
    return len(new)


def _forget(row: PromptVersion) -> bool:
    """Delete a version that no judge has used."""
    return bool(PromptVersion.objects.filter(pk=row.pk, used_at=None).delete()[0])


def newest(name: str) -> PromptVersion:
    """Return the version that judges use where nothing else is said; LookupError for none.

    It is the newest shipped one: somebody's draft must not slip into the judges of others.
    """
    rows = PromptVersion.objects.filter(name=name, shipped=True).order_by("-version")
    row = rows.first()
    if row is None and sync():  # a table that was emptied
        row = rows.first()
    if row is None:
        raise LookupError(f"no prompt {name}")
    return row


def load(name: str, version: int, digest: str | None = None) -> Prompt:
    """Return one version of a prompt, from its row, else from its file; LookupError for none.

    With the hash that a judge's configuration names, nothing is asked of the database twice, and
    another text under the same number is refused (StaleError).
    """
    if digest is not None:
        return _known(name, version, digest)
    row = PromptVersion.objects.filter(name=name, version=version).first()
    return prompt(name, version) if row is None else parse(name, version, row.text)


@lru_cache(maxsize=256)
def _known(name: str, version: int, digest: str) -> Prompt:
    found = load(name, version)
    if found.hash != digest:
        raise StaleError(f"{name} v{version} says something else by now")
    return found


@transaction.atomic
def use(configuration: Mapping[str, Any]) -> None:
    """Freeze the versions that a judge's configuration names: from now on they stay as they are.

    StaleError where one says something else than the configuration was made from.
    """
    named = {
        (name, int(one["version"]), str(one["hash"]))
        for name, one in configuration.get("prompts", {}).items()
    }
    if _mark(named) < len(named):
        sync()
        if _mark(named) < len(named):
            said = ", ".join(f"{name} v{version}" for name, version, _hash in sorted(named))
            raise StaleError(f"of these prompts, one is not there, or was changed: {said}")


def _mark(named: Iterable[tuple[str, int, str]]) -> int:
    """Mark those of the versions that are there as used; return how many are there."""
    found = PromptVersion.objects.none()
    for name, version, digest in named:
        found |= PromptVersion.objects.filter(name=name, version=version, hash=digest)
    found.filter(used_at=None).update(used_at=Now())
    # Counted after the update, which waits for whoever changes a text at the same moment.
    return found.filter(used_at__isnull=False).count()


def own(name: str) -> bool:
    """Return whether a prompt can have versions of one's own: those of judges and of arms."""
    return name.startswith((*JUDGES, *ARMS))


def of_arms(name: str) -> bool:
    """Return whether a prompt is one that arms use."""
    return name.startswith(ARMS)


@transaction.atomic
def add(name: str, body: str, note: str, by: User | None) -> PromptVersion:
    """Return a new version of a prompt; the same one where this text is a version already."""
    versions = PromptVersion.objects.select_for_update(no_key=True).filter(name=name)
    rows = list(versions.order_by("version"))  # locked, so that no number is given twice
    same = next((one for one in rows if body_of(one.text) == body), None)
    if same is not None:
        return same
    number = max([OWN_FROM - 1, *(one.version for one in rows)]) + 1
    text = headed(name, number, body)
    parse(name, number, text)
    return PromptVersion.objects.create(
        name=name, version=number, text=text, hash=hash_of(text), note=note, by=by
    )


def change(row: PromptVersion, body: str, note: str) -> bool:
    """Put another text into a version of one's own; False where a judge has used it by now."""
    text = headed(row.name, row.version, body)
    parse(row.name, row.version, text)
    still = PromptVersion.objects.filter(pk=row.pk, shipped=False, used_at=None)
    return bool(still.update(text=text, hash=hash_of(text), note=note))


def changeable(row: PromptVersion) -> bool:
    """Return whether a version may be changed in place: one's own, that no judge has used."""
    return not row.shipped and row.used_at is None

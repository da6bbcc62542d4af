"""Prompts as rows: seeded from files, frozen once used, own versions beside them."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.apps.registry import Apps
from django.core.exceptions import ImproperlyConfigured
from django.db import IntegrityError, transaction
from django.utils import timezone

from personalization import prompt_versions as verbs
from personalization import prompts
from personalization.apps import sync_prompts
from personalization.endpoints import stand_in
from personalization.models import JudgeRun, PromptVersion
from personalization.prompts import body_of, headed, prompt, shipped
from tests import factories as make

pytestmark = pytest.mark.django_db
NAME = "judge_pair"


def row(version: int = 1, name: str = NAME) -> PromptVersion:
    return PromptVersion.objects.get(name=name, version=version)


def named(*rows: PromptVersion) -> dict[str, object]:
    """Return a judge's configuration that names these versions."""
    said = {one.name: {"version": one.version, "hash": one.hash} for one in rows}
    return {"endpoint": "lab", "model": "small", "prompts": said}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of shipped prompts that a test may write to."""
    monkeypatch.setattr(prompts, "FOLDER", tmp_path)
    (tmp_path / "judge_new").mkdir()
    return tmp_path / "judge_new"


def write(folder: Path, version: int, said: str) -> str:
    text = headed("judge_new", version, f"## system\n{said}\n\n## user\n{{{{query}}}}\n")
    (folder / f"v{version}.md").write_text(text, encoding="utf-8")
    return text


def test_every_shipped_file_has_its_row_after_a_migration() -> None:
    rows = {(one.name, one.version): one for one in PromptVersion.objects.all()}
    files = list(shipped())
    assert rows.keys() == {(name, version) for name, version, _text in files}
    for name, version, text in files:
        one = rows[name, version]
        assert (one.text, one.hash, one.shipped) == (text, prompt(name, version).hash, True)
    assert verbs.sync() == 0


def test_a_migration_back_to_the_time_before_adds_nothing() -> None:
    """There is no table then; after any other migration what is missing is there again."""
    PromptVersion.objects.filter(name=NAME).delete()
    sync_prompts(apps=Apps())
    assert not PromptVersion.objects.filter(name=NAME).exists()
    sync_prompts()
    assert row().shipped


def test_a_new_file_is_a_new_row(folder: Path) -> None:
    write(folder, 1, "Judge.")
    assert verbs.sync() == 1
    text = write(folder, 2, "Judge well.")
    assert verbs.sync() == 1
    assert verbs.newest("judge_new").text == text


def test_a_shipped_file_that_changed_after_its_use_is_refused(folder: Path) -> None:
    """What a judge was asked would be lost; the message says what to do."""
    old = write(folder, 1, "Judge.")
    verbs.sync()
    verbs.use(named(row(name="judge_new")))
    write(folder, 1, "Judge otherwise.")
    with pytest.raises(ImproperlyConfigured, match=r"judge_new v1 has changed.*v2\.md"):
        verbs.sync()
    assert row(name="judge_new").text == old


def test_a_shipped_file_that_nobody_used_may_change(folder: Path) -> None:
    write(folder, 1, "Judge.")
    verbs.sync()
    text = write(folder, 1, "Judge otherwise.")
    assert verbs.sync() == 1
    assert row(name="judge_new").text == text


def test_a_broken_file_is_refused(folder: Path) -> None:
    (folder / "v1.md").write_text("Judge.", encoding="utf-8")
    with pytest.raises(prompts.PromptError, match="judge_new v1: no_head"):
        verbs.sync()


def test_what_judges_used_before_there_were_rows_is_marked(folder: Path) -> None:
    write(folder, 1, "Judge.")
    write(folder, 2, "Judge well.")
    first = prompts.parse("judge_new", 1, (folder / "v1.md").read_text(encoding="utf-8"))
    rater = make.judge()
    rater.configuration = {"prompts": {"judge_new": {"version": 1, "hash": first.hash}}}
    rater.save()
    run = JudgeRun.objects.create(
        study=make.study(), rater=rater, source="called", endpoint=stand_in()
    )
    verbs.sync()
    assert row(name="judge_new").used_at == run.created_at
    assert row(2, name="judge_new").used_at is None


def test_use_freezes_word_for_word() -> None:
    """The database refuses every change, also one that goes around the verbs."""
    own = verbs.add(NAME, body_of(row().text) + "\nShort.\n", "", None)
    verbs.use(named(own, row(name="judge_gain")))
    own.refresh_from_db()
    assert own.used_at is not None
    assert verbs.change(own, body_of(own.text) + "more", "") is False
    with pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
        PromptVersion.objects.filter(pk=own.pk).update(text="x")
    with pytest.raises(IntegrityError, match="stays"), transaction.atomic():
        own.delete()
    verbs.use(named(own))
    assert row(own.version).used_at == own.used_at


def test_use_refuses_what_was_changed_meanwhile() -> None:
    """A draft that somebody changes between form and start does not become this judge's prompt."""
    own = verbs.add(NAME, body_of(row().text) + "\nShort.\n", "", None)
    configuration = named(own, row(name="judge_gain"))
    assert verbs.change(own, body_of(own.text) + "\nMore.\n", "clearer")
    with pytest.raises(verbs.StaleError, match="judge_pair v101"), transaction.atomic():
        verbs.use(configuration)
    assert not PromptVersion.objects.exclude(used_at=None).exists()


def test_own_versions_are_numbered_from_101() -> None:
    body = body_of(row().text)
    user = make.user()
    one, two = (verbs.add(NAME, f"{body}\nNote {n}.\n", "why", user) for n in (1, 2))
    assert (one.version, two.version, one.shipped, one.by) == (101, 102, False, user)
    assert one.text.startswith("---\nname: judge_pair\nversion: 101\n---\n")
    assert verbs.newest(NAME).version == prompt(NAME).version  # nobody gets a draft unasked


def test_the_same_text_is_the_same_version() -> None:
    """A form that is sent twice makes one version; nobody copies a shipped one word for word."""
    body = body_of(row().text)
    assert verbs.add(NAME, body, "", None) == row()
    one = verbs.add(NAME, f"{body}\nNote.\n", "", None)
    assert verbs.add(NAME, f"{body}\nNote.\n", "again", None) == one


def test_load_prefers_the_row_and_falls_back_to_the_file() -> None:
    own = verbs.add(NAME, body_of(row().text) + "\nShort.\n", "", None)
    assert verbs.load(NAME, own.version).hash == own.hash
    PromptVersion.objects.filter(name=NAME).delete()
    assert verbs.load(NAME, 1) == prompt(NAME, 1)
    with pytest.raises(LookupError):
        verbs.load(NAME, own.version)
    assert verbs.newest(NAME).version == prompt(NAME).version  # a table that was emptied


def test_load_by_hash_asks_the_database_once(django_assert_num_queries: object) -> None:
    own = verbs.add(NAME, body_of(row().text) + f"\n{timezone.now()}\n", "", None)
    with django_assert_num_queries(1):  # type: ignore[operator]
        loaded = [verbs.load(NAME, own.version, own.hash) for _time in range(3)]
    assert {one.hash for one in loaded} == {own.hash}
    with pytest.raises(verbs.StaleError):
        verbs.load(NAME, own.version, "0" * 64)


def test_there_is_no_such_prompt() -> None:
    with pytest.raises(LookupError):
        verbs.newest("nothing")


def test_use_takes_no_earlier_time_away() -> None:
    long_ago = timezone.now() - timedelta(days=9)
    PromptVersion.objects.filter(name=NAME, version=1).update(used_at=long_ago)
    verbs.use(named(row()))
    assert row().used_at == long_ago

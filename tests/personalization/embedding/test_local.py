"""Models on disk: only below one folder, known by their files, read without a network."""

import shutil
from pathlib import Path

import numpy as np
import pytest
from pytest_django import Settings

from personalization.embedding.choosing import choices, embed_now, embedder_of
from personalization.embedding.errors import EmbedError
from tests.personalization.embedding.models import DIRECTIONS, save_model


@pytest.fixture
def models(tmp_path: Path, settings: Settings) -> Path:
    settings.MODELS_DIR = tmp_path / "models"
    save_model(tmp_path / "models" / "five-words")
    return tmp_path / "models"


def test_texts_with_like_words_are_near(models: Path) -> None:
    """A text is the mean of its words, of length 1; unknown words alone are nowhere."""
    embedder = embedder_of("local:five-words")
    sails, boats, both, none = embed_now(embedder, ["sails", "boats", "sails boats", "unheard of"])
    np.testing.assert_allclose(sails @ boats, 0.8, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(both), 1)
    assert both @ sails == pytest.approx(both @ boats, abs=1e-6)
    assert not none.any()
    assert embed_now(embedder, []).shape[0] == 0


def test_the_name_tells_which_files(models: Path, tmp_path: Path) -> None:
    """The same files under the same name are the same embedder; another table is another one."""
    name = embedder_of("local:five-words").name
    assert name.startswith("local:five-words@")
    assert embedder_of(f"local:{models / 'five-words'}").name == name
    (models / "elsewhere").mkdir()
    shutil.copytree(models / "five-words", models / "elsewhere" / "five-words")
    assert embedder_of("local:elsewhere/five-words").name == name
    save_model(models / "five-words", [*DIRECTIONS[:4], [1, 0, 0]])
    other = embedder_of("local:five-words")
    assert other.name != name
    # What was read before is not used any more.
    sails, rice = embed_now(other, ["sails", "rice"])
    assert sails @ rice == pytest.approx(1)


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("", "is no folder of models"),
        ("../secrets", "is no folder of models"),
        ("five-words/../../secrets", "is no folder of models"),
        ("five\0words", "is no folder of models"),
        ("/etc", "is not read: models lie below"),
        (".", "is not read: models lie below"),
        ("none", "There is no folder"),
        ("empty", "holds no model that can be read"),
        ("broken", "cannot be read"),
    ],
)
def test_what_cannot_be_used_is_said(models: Path, path: str, said: str) -> None:
    """A clear sentence, what and where; no other file of the server is opened."""
    (models / "empty").mkdir()
    shutil.copytree(models / "five-words", models / "broken")
    (models / "broken" / "model.safetensors").write_bytes(b"no table")
    with pytest.raises(EmbedError, match=said):
        embed_now(embedder_of(f"local:{path}"), ["sails"])


def test_a_form_can_offer_what_is_there(models: Path, db: None) -> None:
    save_model(models / "minilab" / "three")
    keys = choices()
    assert keys[:3] == ["tfidf", "local:five-words", "local:minilab/three"]
    for key in keys:
        assert embedder_of(key)

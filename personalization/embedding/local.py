"""Vectors from a model on this machine: a folder below the one that an operator has set up.

Static embeddings (model2vec: a table of vectors and a tokenizer, read with numpy alone). Larger
models are asked as endpoints: vLLM, Ollama and others serve them under the OpenAI protocol. Only
folders below CONCORD_MODELS are read, so that a researcher's form opens no other file of the server.
"""

import hashlib
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from asgiref.sync import sync_to_async
from django.conf import settings
from numpy.typing import NDArray

from personalization.embedding.door import Model, static_model
from personalization.embedding.errors import EmbedError
from personalization.embedding.tfidf import unit

# What decides the numbers, in the layouts in which such models are saved.
FILES = (
    "config.json",
    "model.safetensors",
    "tokenizer.json",
    "modules.json",
    "config_sentence_transformers.json",
    "0_StaticEmbedding/model.safetensors",
    "0_StaticEmbedding/tokenizer.json",
)
SHOWN = 12  # signs of a hash
READ_AT_ONCE = 1 << 20


class LocalEmbedder:
    """A static model; its name holds the folder's last part and a hash of its files."""

    def __init__(self, path: str) -> None:
        self.folder = folder_of(path)
        self.hash = hash_of(self.folder)
        self.name = f"local:{self.folder.name}@{self.hash[:SHOWN]}"

    async def embed(self, texts: Sequence[str]) -> NDArray[np.float64]:
        """Return a row of length 1 for each text, of nothing but 0 where no word is known."""
        return await sync_to_async(self._embed, thread_sensitive=False)(list(texts))

    def _embed(self, texts: list[str]) -> NDArray[np.float64]:
        model = _loaded(self.folder, self.hash)
        if not texts:
            return np.zeros((0, 0))
        return unit(np.asarray(model.encode(texts), dtype=float))


def folders() -> list[str]:
    """Return the folders that hold a model, as paths below the folder of models."""
    top = Path(settings.MODELS_DIR)
    found = {file.parent for file in top.glob("*/config.json")}
    found |= {file.parent for file in top.glob("*/*/config.json")}
    found |= {file.parent for file in top.glob("*/config_sentence_transformers.json")}
    return sorted(one.relative_to(top).as_posix() for one in found)


def folder_of(path: str) -> Path:
    """Return the folder that a path names; EmbedError where it leads elsewhere or is none."""
    top = Path(settings.MODELS_DIR)
    asked = Path(path)
    if not path.strip() or "\0" in path or ".." in asked.parts:
        raise EmbedError(f"{path!r} is no folder of models: name one below {top}.")
    folder = asked if asked.is_absolute() else top / asked
    if not folder.is_relative_to(top) or folder == top:
        raise EmbedError(f"{path!r} is not read: models lie below {top} (CONCORD_MODELS).")
    if not folder.is_dir():
        there = ", ".join(folders()) or "none"
        raise EmbedError(f"There is no folder {folder}. Models that are there: {there}.")
    return folder


def hash_of(folder: Path) -> str:
    """Return the hash of a model's files; EmbedError where there are none."""
    files = [folder / name for name in FILES if (folder / name).is_file()]
    if not any(file.suffix == ".safetensors" for file in files):
        raise EmbedError(
            f"{folder} holds no model that can be read: it needs config.json, tokenizer.json and"
            " model.safetensors, as model2vec saves them. Other models are asked as endpoints."
        )
    seen = tuple((str(file), file.stat().st_size, file.stat().st_mtime_ns) for file in files)
    return _hashed(seen)


@lru_cache(maxsize=16)
def _hashed(files: tuple[tuple[str, int, int], ...]) -> str:
    """Return the hash of files as they are now."""
    found = hashlib.sha256()
    for path, size, _changed in files:
        found.update(f"{Path(path).name} {size}\n".encode())
        with Path(path).open("rb") as file:
            while part := file.read(READ_AT_ONCE):
                found.update(part)
    return found.hexdigest()


@lru_cache(maxsize=2)
def _loaded(folder: Path, _hash: str) -> Model:
    """Return a model, kept while its files are the same."""
    try:
        return static_model(folder)
    except Exception as error:
        said = f"{type(error).__name__}: {error}".splitlines()[0][:200]
        raise EmbedError(f"The model in {folder} cannot be read ({said}).") from error

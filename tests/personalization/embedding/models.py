"""A small model on disk, as model2vec saves them: a word is a direction."""

from pathlib import Path

import numpy as np
from model2vec import StaticModel
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import Whitespace

WORDS = ("[UNK]", "sails", "boats", "cooks", "rice")
DIRECTIONS: list[list[float]] = [[0, 0, 0], [1, 0, 0], [0.8, 0.6, 0], [0, 0, 1], [0, 0.6, 0.8]]


def save_model(folder: Path, directions: list[list[float]] | None = None) -> Path:
    """Save a model of five words into a folder."""
    words = WordLevel({word: place for place, word in enumerate(WORDS)}, unk_token=WORDS[0])
    tokenizer = Tokenizer(words)
    tokenizer.pre_tokenizer = Whitespace()
    rows = np.array(directions or DIRECTIONS, dtype=np.float32)
    StaticModel(rows, tokenizer).save_pretrained(folder)
    return folder

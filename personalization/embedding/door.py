"""The only way to `model2vec`, which reads static embeddings from a folder: numpy, no torch."""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Model(Protocol):
    """What makes vectors of texts."""

    def encode(self, sentences: list[str]) -> NDArray[np.float32]:
        """Return a row for each text."""
        ...


def static_model(folder: Path) -> Model:
    """Return the model in a folder that exists; whatever is raised says what is wrong with it."""
    from model2vec import StaticModel  # noqa: PLC0415

    # A folder that is there is read, and nothing is asked of the network.
    model: Model = StaticModel.from_pretrained(folder)
    return model

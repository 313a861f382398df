"""The sentence encoder that the transformer's folder holds: the trunk as it was before training, on one table of words
with the rest."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np

from models.transformer.errors import ModelError
from models.transformer.reader import Reader
from models.transformer.session import Floats

LEAST_LENGTH: Final = 1e-12


class TransformerEncoder:
    """See ``models.encoder.SentenceEncoder``. Of a long text the first three quarters and the last quarter are read.

    What all texts (or all questions) share is taken away where the card has ``centres``, as in
    ``models.encoder.OnnxEncoder``. Raises ModelError (E212) for centres of another width.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        card = reader.card
        self._version = card.sentence.version or card.version
        self._dimensions = card.hidden
        nothing = (0.0,) * card.hidden
        try:
            self._centres = {
                kind: np.array(card.centres.get(kind, nothing), np.float32).reshape(card.hidden)
                for kind in ("texts", "questions")
            }
        except ValueError as error:
            raise ModelError(f"E212: the centres of {card.version} are not {card.hidden} numbers each") from error

    @property
    def version(self) -> str:
        """Name and digest: vectors of different versions cannot be compared."""
        return self._version

    @property
    def dimensions(self) -> int:
        """Numbers in a vector."""
        return self._dimensions

    def encode(self, texts: Iterable[str], *, question: bool = False) -> Floats:
        """One row a text, in their order; the same text always gives the same row."""
        centre = self._centres["questions" if question else "texts"]
        return _unit(_unit(self._reader.sentences(texts)) - centre)


def _unit(rows: Floats) -> Floats:
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), LEAST_LENGTH), np.float32)

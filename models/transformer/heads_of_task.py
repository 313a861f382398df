"""The heads one by one, for whoever asks one question of many texts: the evaluation, and the redactor."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, TypeAlias

import numpy as np

from models.transformer.decode import Passage, passages
from models.transformer.errors import ModelError
from models.transformer.labels import probabilities
from models.transformer.reader import Reader, load_reader
from models.transformer.session import Floats

Labelled: TypeAlias = tuple[str, float]
"""A label and its probability."""
Span: TypeAlias = tuple[int, int, str]
"""Start and end in code points of the text, and type."""
Scheme = Literal["cluener", "weibo", "msra"]

MSRA: Final = {"person": "PER", "organisation": "ORG", "place": "LOC"}


class Heads:
    """Answers of a model, head by head; one answer an item, in order. A head it lacks raises ModelError (E212)."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.card = reader.card

    def domains(self, texts: Sequence[str]) -> list[Labelled]:
        """The domain of each petition (title, line feed, text)."""
        return self._labelled(texts, "domain")

    def emotions(self, texts: Sequence[str]) -> list[Labelled]:
        """angry, fear, happy, neutral, sad or surprise."""
        return self._labelled(texts, "emotion")

    def polarities(self, texts: Sequence[str]) -> list[Labelled]:
        """positive or negative."""
        shares = self._shares(texts, "polarity")[:, 0].tolist()
        return [("positive", p) if p >= 0.5 else ("negative", 1 - p) for p in shares]

    def stances(self, pairs: Sequence[tuple[str, str]]) -> list[Labelled]:
        """AGAINST, FAVOR or NONE of each (target, text)."""
        return _best(self._of_pairs(pairs, "stance"), self.card.find("pair", "stance").labels)

    def link_scores(self, pairs: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
        """Probabilities of none, mentions and about, for each (description of a project, text)."""
        labels = self.card.find("pair", "link").labels
        return [dict(zip(labels, row, strict=True)) for row in self._of_pairs(pairs, "link").tolist()]

    def entities(self, texts: Sequence[str], scheme: str = "cluener") -> list[list[Span]]:
        """Entities of a scheme of types, as the data set of that name writes them, in text order."""
        kinds = self._kinds(scheme)
        found = []
        for text, reading in zip(texts, self.reader.read(texts), strict=True):
            spans = [
                (item.start, item.end, label)
                for kind, label in kinds.items()
                for item in passages(self.card, reading, kind, text)
            ]
            found.append(sorted(spans))
        return found

    def persons(self, texts: Sequence[str]) -> list[list[Passage]]:
        """Names of persons, each with its probability, in text order."""
        readings = self.reader.read(texts)
        return [passages(self.card, r, "person", text) for text, r in zip(texts, readings, strict=True)]

    def sentences(self, texts: Iterable[str]) -> Floats:
        """The sentence vector of each text, of length one, as the model gives it (no centre taken away)."""
        return self.reader.sentences(texts)

    def _kinds(self, scheme: str) -> dict[str, str]:
        """The model's kinds of a scheme, with the names that the scheme has for them."""
        if scheme == "msra":
            return {kind: label for kind, label in MSRA.items() if self.card.has("tokens", kind)}
        prefix = f"{scheme}."
        kinds = {h.head: h.head.removeprefix(prefix) for h in self.card.tokens if h.head.startswith(prefix)}
        if not kinds:
            raise ModelError(f"E212: the model {self.reader.version} has no entities of the scheme {scheme!r}")
        return kinds

    def _labelled(self, texts: Sequence[str], name: str) -> list[Labelled]:
        return _best(self._shares(texts, name), self.card.find("fields", name).labels)

    def _shares(self, texts: Sequence[str], name: str) -> Floats:
        head = self.card.find("fields", name)
        rows = [probabilities(self.card, reading.fields, name) for reading in self.reader.read(texts)]
        return np.array(rows).reshape(len(texts), head.end - head.start)

    def _of_pairs(self, pairs: Sequence[tuple[str, str]], name: str) -> Floats:
        return probabilities(self.card, self.reader.pairs(pairs), name, "pair")


def _best(shares: Floats, labels: Sequence[str]) -> list[Labelled]:
    return [(labels[at], float(row[at])) for row, at in zip(shares, shares.argmax(axis=1).tolist(), strict=True)]


def heads_of_task(task: str) -> Heads:
    """What answers domain, emotion, polarity, stance, ner, linking and redaction: the chosen model, loaded once.

    Raises ModelMissing (E212) where there is no model folder, and what :func:`load_reader` raises for a damaged one.
    """
    return Heads(load_reader())

"""What a model must be able to do so that a task can be measured: one protocol a task, plain types in and out.

A reader gets a batch and gives one answer an item, in order. An answer of one label is the label and its probability.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol, TypeAlias

from pipeline.evaluation.pairs import Row

Labelled: TypeAlias = tuple[str, float]
"""A label and the probability that was given to it."""
Target: TypeAlias = tuple[str, str]
"""What a stance is taken toward, and the text."""
Span: TypeAlias = tuple[int, int, str]
"""Start and end in code points of the text, and type."""
Predictor: TypeAlias = Callable[[Sequence[Row]], list[Row]]
"""Predictions for labelled rows, in their order, in the form in which a file would give them."""


class GrievanceReader(Protocol):
    """Tasks grievance, weibo_grievance and linking."""

    def read_grievances(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The output of ``minyi annotate`` for each row."""


class DomainReader(Protocol):
    """Task domain."""

    def domains(self, texts: Sequence[str]) -> Sequence[Labelled]:
        """One of seven domains of petitions (title, line feed, text)."""


class EmotionReader(Protocol):
    """Task emotion."""

    def emotions(self, texts: Sequence[str]) -> Sequence[Labelled]:
        """angry, fear, happy, neutral, sad or surprise."""


class PolarityReader(Protocol):
    """Task polarity."""

    def polarities(self, texts: Sequence[str]) -> Sequence[Labelled]:
        """positive or negative."""


class StanceReader(Protocol):
    """Task stance."""

    def stances(self, pairs: Sequence[Target]) -> Sequence[Labelled]:
        """AGAINST, FAVOR or NONE toward each target."""


class EntityReader(Protocol):
    """Task ner."""

    def entities(self, texts: Sequence[str], scheme: str) -> Sequence[Sequence[Span]]:
        """Entities of a scheme of types: ``cluener``, ``weibo`` or ``msra``, types written as in that set."""


class SimilarityReader(Protocol):
    """Task similarity."""

    def similarities(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        """How much alike two texts are; only the order matters."""


def by_grievances(reader: GrievanceReader) -> Predictor:
    """Predictions of a grievance reader."""
    return lambda rows: list(reader.read_grievances([_given(row) for row in rows]))


def by_domains(reader: DomainReader) -> Predictor:
    """Predictions of a domain reader."""
    return lambda rows: _labels(
        rows,
        reader.domains([f"{row['title'] or ''}\n{row['text']}" if "title" in row else row["text"] for row in rows]),
    )


def by_emotions(reader: EmotionReader) -> Predictor:
    """Predictions of an emotion reader."""
    return lambda rows: _labels(rows, reader.emotions([row["text"] for row in rows]))


def by_polarities(reader: PolarityReader) -> Predictor:
    """Predictions of a polarity reader."""
    return lambda rows: _labels(rows, reader.polarities([row["text"] for row in rows]))


def by_stances(reader: StanceReader) -> Predictor:
    """Predictions of a stance reader."""
    return lambda rows: _labels(rows, reader.stances([(row["target"], row["text"]) for row in rows]))


def by_entities(reader: EntityReader, scheme: str) -> Predictor:
    """Predictions of an entity reader."""

    def predicted(rows: Sequence[Row]) -> list[Row]:
        found = reader.entities([row["text"] for row in rows], scheme)
        return [
            {"uid": row["uid"], "entities": [{"start": a, "end": b, "type": kind} for a, b, kind in spans]}
            for row, spans in zip(rows, found, strict=True)
        ]

    return predicted


def by_similarities(reader: SimilarityReader) -> Predictor:
    """Predictions of a similarity reader."""

    def predicted(rows: Sequence[Row]) -> list[Row]:
        scores = reader.similarities([(row["text1"], row["text2"]) for row in rows])
        return [{"uid": row["uid"], "score": score} for row, score in zip(rows, scores, strict=True)]

    return predicted


def scheme_of(rows: Sequence[Row]) -> str:
    """The scheme that the entity types of labelled rows belong to."""
    kinds = {str(item["type"]) for row in rows for item in row["entities"]}
    if any("." in kind for kind in kinds):
        return "weibo"
    return "msra" if kinds and kinds <= {"PER", "ORG", "LOC"} else "cluener"


def _given(row: Row) -> Row:
    """What a reader may see of a labelled row: no label."""
    return {name: row.get(name) for name in ("uid", "title", "text", "time", "region", "source_kind")}


def _labels(rows: Sequence[Row], found: Sequence[Labelled]) -> list[Row]:
    return [{"uid": row["uid"], "label": label, "p": p} for row, (label, p) in zip(rows, found, strict=True)]

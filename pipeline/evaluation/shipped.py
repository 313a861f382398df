"""The readers of the models that ship, by task."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.evaluation import readers
from pipeline.evaluation.pairs import Row
from pipeline.evaluation.readers import Predictor
from pipeline.records import DecisionProject

if TYPE_CHECKING:
    from models.transformer.heads_of_task import Heads


class Annotating:
    """The reading of ``minyi annotate``, with links to the projects of a registry."""

    def __init__(self, projects: Sequence[DecisionProject]) -> None:
        from pipeline.annotate import Linking

        self._linking = Linking.to(projects)

    def read_grievances(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The findings of each row. Raises ArtifactError (E210) when a trained model is missing."""
        from pipeline.annotate import annotate

        return annotate(rows, self._linking)


class Encoding:
    """Cosine of the vectors of two texts by the sentence encoder that ships."""

    def similarities(self, pairs: Sequence[tuple[str, str]]) -> Sequence[float]:
        """One cosine a pair. Raises EncoderError (E211) when the encoder is missing or damaged."""
        from models.encoder import load_encoder

        encoder = load_encoder(threads=os.cpu_count() or 1)
        texts = list(dict.fromkeys(text for pair in pairs for text in pair))
        place = {text: n for n, text in enumerate(texts)}
        vectors = encoder.encode(texts)
        return [float(vectors[place[a]] @ vectors[place[b]]) for a, b in pairs]


def predictor(task: str, rows: Sequence[Row], projects: Sequence[DecisionProject] = ()) -> Predictor:
    """What predicts a task on labelled rows. Raises ModelError (E212) when the transformer is missing or damaged.

    Redaction and extraction have filters of their own: ValueError.
    """
    match task:
        case "grievance" | "weibo_grievance" | "bias" | "linking":
            return readers.by_grievances(Annotating(projects))
        case "similarity":
            return readers.by_similarities(Encoding())
        case "domain":
            return readers.by_domains(_heads(task))
        case "emotion":
            return readers.by_emotions(_heads(task))
        case "polarity":
            return readers.by_polarities(_heads(task))
        case "stance":
            return readers.by_stances(_heads(task))
        case "ner":
            return readers.by_entities(_heads(task), readers.scheme_of(rows))
    raise ValueError(f"{task} is predicted by a filter of its own")


def _heads(task: str) -> Heads:
    from models.transformer.heads_of_task import heads_of_task

    return heads_of_task(task)

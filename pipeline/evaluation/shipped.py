"""The readers of the models that ship, by task."""

from __future__ import annotations

import importlib
import os
from collections.abc import Sequence
from typing import Any, Final

from pipeline.evaluation import readers
from pipeline.evaluation.errors import ModelMissing
from pipeline.evaluation.pairs import Row
from pipeline.evaluation.readers import Predictor
from pipeline.records import DecisionProject

HEADS: Final = "models.transformer.heads_of_task"
"""The module whose ``heads_of_task(task)`` gives a reader of domain, emotion, polarity, stance or ner."""


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
    """What predicts a task on labelled rows. Raises ModelMissing (E220) where no installed model serves it."""
    match task:
        case "grievance" | "weibo_grievance" | "linking":
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
    raise ModelMissing(f"E220: no installed model serves {task}; give its predictions with --predictions")


def _heads(task: str) -> Any:
    """The reader of a task among the heads of the model that ships."""
    try:
        heads = importlib.import_module(HEADS)
    except ModuleNotFoundError as error:
        if error.name is None or not HEADS.startswith(error.name):
            raise
        raise ModelMissing(
            f"E220: the folder of the model that serves {task} (models/artifacts/transformer, or MINYI_MODEL_DIR) is "
            "missing; restore it or install again, or give predictions with --predictions"
        ) from error
    return heads.heads_of_task(task)

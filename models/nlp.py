"""The Chinese pipeline: jieba words, the lexicon, places and units, and the classifier on top, in that order."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from models import lexicon
from models.context import make_doc
from models.linear import artifact
from models.segment import blank

MODEL_VERSION: Final = artifact.version()
"""Names the trained classifier in every analysis."""

NAMED: Final = ("places", "organisations", "addressed", "facilities")
"""Components that find names, each in the module of its name."""


@dataclass(frozen=True)
class TextInContext:
    """A text (title, line feed, body) with what is known about it."""

    text: str
    published_at: datetime | None = None
    source_kind: str | None = None
    region: str | None = None


def rules() -> Language:
    """A pipeline of the lexicon's components alone: what training reads its signals from."""
    nlp = blank()
    nlp.max_length = 10**9
    for name in lexicon.COMPONENTS:
        importlib.import_module(f"models.lexicon.{name}")
        nlp.add_pipe(name)
    return nlp


@cache
def load() -> Language:
    """The whole pipeline, built once a process. Raises ArtifactError (E210) when the trained model is missing."""
    nlp = rules()
    for name in (*NAMED, "classifier"):
        importlib.import_module(f"models.{name}")
        nlp.add_pipe(name)
    return nlp


def read(texts: Iterable[TextInContext], nlp: Language | None = None) -> Iterator[Doc]:
    """A Doc with all findings for each text, in order. Raises ValueError for a lone surrogate."""
    pipeline = nlp or load()
    docs = (make_doc(pipeline, item.text, item.published_at, item.source_kind, item.region) for item in texts)
    yield from pipeline.pipe(docs)


def read_one(
    text: str, *, published_at: datetime | None = None, source_kind: str | None = None, region: str | None = None
) -> Doc:
    """The Doc of one text. Raises ValueError for a lone surrogate."""
    return next(read([TextInContext(text, published_at, source_kind, region)]))

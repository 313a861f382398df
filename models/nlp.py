"""The Chinese pipeline: the transformer, the lexicon, places and units, the classifier, and what is let go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from importlib import import_module
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from models import lexicon, posts
from models.context import make_doc
from models.linear import artifact
from models.segment import blank
from models.transformer.chosen import Choice, chosen
from models.transformer.machine import threads

MODEL_VERSION: Final = artifact.version()
"""Names the trained linear classifier; fused with a transformer, ``doc._.classifier_version`` ends with it."""

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
    """A pipeline of the rules alone, posts' and the lexicon's: what training reads its signals from."""
    nlp = blank()
    nlp.max_length = 10**9
    for room, names in (("posts", posts.BEFORE), ("lexicon", lexicon.COMPONENTS), ("posts", posts.AFTER)):
        for name in names:
            import_module(f"models.{room}.{posts.MODULES.get(name, name)}")
            nlp.add_pipe(name)
    return nlp


def load() -> Language:
    """The whole pipeline of the chosen model, built once a process.

    Without the model's folder lexicon and linear model read alone, and every Doc says so in ``doc._.limits``. Raises
    ArtifactError (E210) when a trained file is missing or altered, ModelError (E212) when the folder cannot be used.
    """
    return _built(chosen(), threads())


@lru_cache(maxsize=2)
def _built(choice: Choice, threads: int) -> Language:
    nlp = rules()
    import_module("models.components")
    for name in NAMED:
        import_module(f"models.{name}")
        nlp.add_pipe(name)
    import_module("models.classifier")
    import_module("models.lexicon.gatherings")
    if choice.missing:
        nlp.add_pipe("model_missing", first=True)
        nlp.add_pipe("classifier")
    else:
        nlp.add_pipe("transformer", after="disguises")
        nlp.add_pipe("settled_spans")
        nlp.add_pipe("classifier", config={"model": "fused"})
    nlp.add_pipe("gatherings", last=True)
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

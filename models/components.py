"""The transformer as spaCy components: one reads the texts, one settles whose passages count; ``classifier`` fuses."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import tee
from typing import Any, Protocol

import numpy as np
from spacy.language import Language
from spacy.tokens import Doc

import models.context  # noqa: F401 - registers doc._.source_kind
from models.classifier import best
from models.limits import MODEL_MISSING, READ_IN_PART
from models.transformer.findings import settle
from models.transformer.form import form_shares
from models.transformer.reader import Reader, Reading, load_reader

if not Doc.has_extension("model_reading"):
    Doc.set_extension("model_reading", default=None)


class PlainCopy(Protocol):
    """A copy of a text that says disguised words plainly, as a component before this one may leave it in
    ``doc._.reading``; ``original`` gives the passage of the text that one of the copy stands for."""

    @property
    def text(self) -> str: ...

    def original(self, start: int, end: int) -> tuple[int, int]: ...


class Transformer:
    """Leaves the model's reading in ``doc._.model_reading``, ``form:…`` in ``doc.cats``, and the likeliest form in
    ``doc._.form``.

    In a pipe the texts ahead are computed by other threads while the components after this one work.
    """

    def __init__(self, reader: Reader) -> None:
        self.reader = reader

    def __call__(self, doc: Doc) -> Doc:
        return next(self.pipe([doc]))

    def pipe(self, stream: Iterable[Doc], **_: Any) -> Iterator[Doc]:
        """The Docs in order, each with its reading."""
        docs, ahead = tee(stream)
        for doc, reading in zip(docs, self.reader.read(map(_read_text, ahead)), strict=True):
            yield self._noted(doc, _at_home(reading, _copy(doc)))

    def _noted(self, doc: Doc, reading: Reading) -> Doc:
        doc._.model_reading = reading
        if self.reader.card.has("fields", "form"):
            titled = bool(doc.text.partition("\n")[0].strip()) and "\n" in doc.text
            shares = form_shares(self.reader.card, reading.fields, doc._.source_kind, titled=titled)
            doc.cats = {f"form:{label}": p for label, p in shares.items()}
            doc._.form = best(doc.cats, "form")[0]
        if not reading.whole:
            doc._.limits = (*doc._.limits, READ_IN_PART)
        return doc


def _copy(doc: Doc) -> PlainCopy | None:
    copy: PlainCopy | None = doc._.reading if Doc.has_extension("reading") else None
    return copy


def _read_text(doc: Doc) -> str:
    copy = _copy(doc)
    return doc.text if copy is None else copy.text


def _at_home(reading: Reading, copy: PlainCopy | None) -> Reading:
    """The reading with its tokens at their places in the text itself."""
    if copy is None:
        return reading
    places = [copy.original(start, end) for start, end in reading.places.tolist()]
    return replace(reading, places=np.array(places, np.int64).reshape(-1, 2))


class SettledSpans:
    """Leaves in the groups of demands, facilities, affected, since, places, organisations and persons what counts."""

    def __init__(self, reader: Reader) -> None:
        self.card = reader.card

    def __call__(self, doc: Doc) -> Doc:
        settle(self.card, doc, doc._.model_reading)
        return doc


@Language.factory("transformer", assigns=["doc._.model_reading", "doc._.form", "doc.cats"])
def make_transformer(nlp: Language, name: str) -> Transformer:
    """The chosen model's reading of every text. Raises ModelError (E212) or ArtifactError (E210) for its folder."""
    return Transformer(load_reader())


@Language.factory("settled_spans", assigns=["doc.spans"], requires=["doc._.model_reading"])
def make_settled_spans(nlp: Language, name: str) -> SettledSpans:
    """The model's passages beside or in place of the rules', as its card says; runs after all that find spans."""
    return SettledSpans(load_reader())


@Language.component("model_missing", assigns=["doc._.limits"])
def model_missing(doc: Doc) -> Doc:
    """Says on every Doc that it was read without the transformer."""
    doc._.limits = (*doc._.limits, MODEL_MISSING)
    return doc

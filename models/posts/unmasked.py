"""The lexicon on disguised words: what it finds in the reading copy, at the offsets of the original."""

from __future__ import annotations

from collections.abc import Sequence

from spacy.language import Language
from spacy.tokens import Doc

from models.context import make_doc
from models.lexicon import COMPONENTS
from models.posts.disguises import reading_copy
from models.spans import Finding, mark

_VALUES = ("rule", "speaker", "self_cue", "count", "since", "code")


class Unmasked:
    """Replaces the lexicon's groups by those of the reading copy; does nothing where no word is disguised."""

    def __init__(self, nlp: Language, components: Sequence[str]) -> None:
        self._nlp = nlp
        self._components = components

    def __call__(self, doc: Doc) -> Doc:
        reading = doc._.reading or reading_copy(doc.text)
        if reading.offsets is None:
            return doc
        copy = make_doc(self._nlp, reading.text, doc._.published_at, doc._.source_kind, doc._.region)
        for name in self._components:
            copy = self._nlp.get_pipe(name)(copy)
        for group, spans in copy.spans.items():
            found = []
            for span in spans:
                values = {name: span._.get(name) for name in _VALUES if span._.get(name) is not None}
                start, end = reading.original(span.start_char, span.end_char)
                found.append(Finding(start, end, span.label_, values))
            doc.spans.pop(group, None)
            mark(doc, group, found)
        return doc


@Language.factory("unmasked", assigns=["doc.spans"], requires=["token.text"])
def make_unmasked(nlp: Language, name: str) -> Unmasked:
    """The component over the lexicon components that the pipeline has."""
    return Unmasked(nlp, [component for component in COMPONENTS if component in nlp.pipe_names])

"""Organisations (单位、机构): authorities, companies, schools and committees a text names."""

from __future__ import annotations

from collections.abc import Iterable

from spacy.language import Language
from spacy.tokens import Doc

from models.spans import Finding, mark
from models.tagger import tagged, without_people
from models.units import NO_BODY, unit_of


def find(text: str) -> list[Finding]:
    """The organisations of a text in text order; the label is today's unit code, or "organisation" for all others."""
    return described(text, tagged(text).organisations)


def described(text: str, spans: Iterable[tuple[int, int]]) -> list[Finding]:
    """Passages that name organisations, each with its unit, without persons and words for nobody in particular."""
    return [
        Finding(start, end, unit_of(text[start:end]) or "organisation")
        for start, end in without_people(text, spans)
        if not NO_BODY.fullmatch(text[start:end])
    ]


class Organisations:
    """Leaves ``doc.spans["organisations"]``."""

    def __call__(self, doc: Doc) -> Doc:
        mark(doc, "organisations", find(doc.text))
        return doc


@Language.factory("organisations", assigns=["doc.spans"], requires=["token.text"])
def make_organisations(nlp: Language, name: str) -> Organisations:
    """Organisations by the shipped tagger, named after the code list of units."""
    return Organisations()

"""Remedies demanded (诉求措施): which of the sixteen measures of BRIEF §5.1 the writer asks for."""

from __future__ import annotations

import re
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from models.lexicon.demands import clauses
from models.lexicon.words import words_of
from models.normalise import folded
from models.spans import Finding, mark


class Remedies:
    """Leaves ``doc.spans["remedies"]``: label = remedy code, the words that name the measure in an asking clause."""

    def __init__(self) -> None:
        lists = words_of("remedies")
        self._ask = re.compile(lists["ask"])
        self._remedies = [(code, re.compile("|".join(patterns))) for code, patterns in lists["remedies"].items()]

    def __call__(self, doc: Doc) -> Doc:
        demands = [(span.start_char, span.end_char) for span in doc.spans.get("demands", ())]
        mark(doc, "remedies", self.find(folded(doc), demands))
        return doc

    def find(self, text: str, demands: list[tuple[int, int]]) -> list[Finding]:
        """The measures in the demand and in every clause that asks; one finding a measure, the demand's own first."""
        asking = [(start, end) for start, end, _ in clauses(text) if self._ask.search(text, start, end)]
        found: dict[str, Finding] = {}
        for start, end in [*demands, *asking]:
            for code, pattern in self._remedies:
                match = pattern.search(text, start, end)
                if match and match.end() > match.start() and code not in found:
                    found[code] = Finding(match.start(), match.end(), code)
        return list(found.values())


@cache
def _component() -> Remedies:
    return Remedies()


@Language.factory("remedies", assigns=["doc.spans"], requires=["token.text"])
def make_remedies(nlp: Language, name: str) -> Remedies:
    """The component over ``remedies.yaml``; runs after ``demands``."""
    return _component()

"""Procedure flags (程序性问题): alleged breaches of a statutory step of BRIEF §3.3, which can be checked as facts."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from models.lexicon.cautions import supposed
from models.lexicon.matching import Patterns
from models.lexicon.words import words_of
from models.normalise import folded
from models.passages import Passages
from models.spans import Finding, mark


class ProcedureFlags:
    """Leaves ``doc.spans["procedure"]``: label = flag code such as not_announced (未公示)."""

    def __init__(self) -> None:
        flags = words_of("procedure")["flags"]
        self._patterns = Patterns((pattern, code) for code, rows in flags.items() for pattern in rows)

    def __call__(self, doc: Doc) -> Doc:
        mark(doc, "procedure", self.find(folded(doc)))
        return doc

    def find(self, text: str) -> list[Finding]:
        """The alleged breaches of a folded text in text order; suppositions are not allegations."""
        taken: dict[object, Passages] = defaultdict(Passages)
        found = []
        for start, end, code in self._patterns.find(text):
            if not taken[code].overlap(start, end) and not supposed(text, start):
                taken[code].add(start, end)
                found.append(Finding(start, end, str(code)))
        return sorted(found, key=lambda finding: (finding.start, finding.end, finding.label))


@cache
def _component() -> ProcedureFlags:
    return ProcedureFlags()


@Language.factory("procedure", assigns=["doc.spans"], requires=["token.text"])
def make_procedure(nlp: Language, name: str) -> ProcedureFlags:
    """The component over ``procedure.yaml``."""
    return _component()

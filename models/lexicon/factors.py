"""Risk factors (风险因素) by the taxonomy's expressions, patterns and anchors near a complaint (BRIEF §1.3)."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from models.lexicon.cautions import doubtful
from models.lexicon.matching import CLAUSE_ENDS, Literals, Patterns, clause_end, clause_start
from models.lexicon.words import words_of
from models.normalise import folded
from models.passages import Passages
from models.spans import Finding, mark
from models.taxonomy import Taxonomy, taxonomy

ANCHOR_REACH = 15
"""Characters between an anchor and a complaint predicate of the same clause (BRIEF §1.3, measured there)."""
WEIGHTS = {"trigger": 1.0, "pattern": 0.8, "anchor": 0.4}
"""How much a hit says about the primary factor, by the rule that found it."""


class FactorTriggers:
    """Leaves ``doc.spans["factors"]``: label = factor code, ``span._.rule`` = trigger, pattern or anchor."""

    def __init__(self, codes: Taxonomy) -> None:
        factors = codes.factors.values()
        lists = words_of("factors")
        weak = {code: set(rows) for code, rows in lists["not_by_itself"].items()}
        kept = [(row, f.code) for f in factors for row in f.triggers if row not in weak.get(f.code, ())]
        self._triggers = Literals(kept + [(phrase, code) for code, rows in lists["more"].items() for phrase in rows])
        self._patterns = Patterns(
            (row, f.code) for f in factors for row in f.patterns if row not in weak.get(f.code, ())
        )
        self._excludes = Literals((phrase, factor.code) for factor in factors for phrase in factor.exclude)
        self._anchors = Literals((phrase, factor.code) for factor in factors for phrase in factor.anchors)
        self._predicates = Literals((phrase, None) for phrase in codes.complaint_predicates)

    def __call__(self, doc: Doc) -> Doc:
        mark(doc, "factors", self.find(folded(doc)))
        return doc

    def find(self, text: str) -> list[Finding]:
        """The findings in a folded text, in text order; a passage is reported once a factor, by its surest rule."""
        excluded: dict[object, Passages] = defaultdict(Passages)
        for start, end, code in self._excludes.find(text):
            excluded[code].add(start, end)
        hits: dict[str, list[tuple[int, int, str]]] = defaultdict(list)
        for rule, source in (("trigger", self._triggers), ("pattern", self._patterns)):
            for start, end, code in source.find(text):
                if not excluded[code].overlap(start, end) and not doubtful(text, start, end):
                    hits[str(code)].append((start, end, rule))
        for start, end, code in self._anchored(text):
            if not excluded[code].overlap(start, end):
                hits[code].append((start, end, "anchor"))
        found = [
            Finding(start, end, code, {"rule": rule}) for code, rows in hits.items() for start, end, rule in apart(rows)
        ]
        return sorted(found, key=lambda finding: (finding.start, finding.end, finding.label))

    def _anchored(self, text: str) -> list[tuple[int, int, str]]:
        """Passages from an anchor to a complaint predicate (or back) within reach in one clause."""
        predicates = [(start, end) for start, end, _ in self._predicates.find(text)]  # in the order of their ends
        ends = [end for _, end in predicates]
        found = []
        for start, end, code in self._anchors.find(text) if predicates else ():
            left, right = clause_start(text, start, CLAUSE_ENDS), clause_end(text, end - 1, CLAUSE_ENDS)
            for a, b in predicates[bisect_right(ends, left) : bisect_right(ends, right)]:
                if left <= a and b <= right and max(a - end, start - b) <= ANCHOR_REACH:
                    found.append((min(start, a), max(end, b), str(code)))
                    break
        return found


def apart(rows: list[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The hits without those that overlap a surer or, by the same rule, a longer one."""
    kept: list[tuple[int, int, str]] = []
    taken = Passages()
    for start, end, rule in sorted(rows, key=lambda row: (-WEIGHTS[row[2]], row[0] - row[1], row[0])):
        if not taken.overlap(start, end):
            taken.add(start, end)
            kept.append((start, end, rule))
    return kept


@cache
def _component() -> FactorTriggers:
    return FactorTriggers(taxonomy())


@Language.factory("factors", assigns=["doc.spans"], requires=["token.text"])
def make_factors(nlp: Language, name: str) -> FactorTriggers:
    """The component over the national profile of the taxonomy."""
    return _component()


def scores(doc: Doc) -> dict[str, float]:
    """How strongly the findings speak for each factor; cross-cutting ones come last where another fires (X6)."""
    codes = taxonomy().factors
    total: dict[str, float] = defaultdict(float)
    title = doc.text.find("\n")
    for span in doc.spans.get("factors", ()):
        total[span.label_] += WEIGHTS[span._.rule] * (1.5 if span.start_char < title else 1.0)
    if any(not codes[code].cross_cutting for code in total):
        return {code: score * (0.1 if codes[code].cross_cutting else 1.0) for code, score in total.items()}
    return dict(total)


def primary(doc: Doc) -> str | None:
    """The factor that the findings speak for most, or None when nothing fired."""
    total = scores(doc)
    return max(sorted(total), key=total.__getitem__) if total else None

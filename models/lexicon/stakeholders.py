"""Stakeholder groups (利益相关方) that a text names or speaks for: a label on the matter, never on an author."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from models.lexicon.matching import Literals, Patterns
from models.lexicon.words import words_of
from models.normalise import folded
from models.passages import Passages
from models.spans import Finding, mark
from models.taxonomy import Taxonomy, taxonomy

CUE_WEIGHT = {True: 1.0, False: 0.4}
"""Of a first-person cue and of a role noun, as models/taxonomy/stakeholders.yaml gives them."""
LEAST = 1.0
"""Weight below which no group is the speaker's: role nouns alone name whom the text is about."""


class Stakeholders:
    """Leaves ``doc.spans["stakeholders"]``: label = group code, ``span._.self_cue`` True where its members speak.

    Health, religion, ethnicity, politics and veteran status of a speaker are not groups (P-15).
    """

    def __init__(self, codes: Taxonomy) -> None:
        lists = words_of("stakeholders")
        groups = codes.stakeholders.values()
        self._own = Literals(
            [(cue, group.code) for group in groups for cue in group.self_cues if cue not in lists["not_own"]]
            + [(cue, code) for code, cues in lists["own"].items() for cue in cues]
        )
        spoken = [(pattern, code) for code, patterns in lists["patterns"].items() for pattern in patterns]
        heard: list[tuple[str, str]] = []
        for group in groups:
            own = group.relation in ("direct", "indirect") and group.code not in lists["no_patterns"]
            (spoken if own else heard).extend((pattern, group.code) for pattern in group.patterns)
        self._own_patterns, self._patterns = Patterns(spoken), Patterns(heard)
        self._roles = Literals((noun, group.code) for group in groups for noun in group.role_nouns)
        self._excludes = Literals((word, group.code) for group in groups for word in group.exclude)

    def __call__(self, doc: Doc) -> Doc:
        mark(doc, "stakeholders", self.find(folded(doc)))
        return doc

    def find(self, text: str) -> list[Finding]:
        """The cues of a folded text in text order; where those of one group overlap, the first-person one is kept."""
        excluded: dict[object, Passages] = defaultdict(Passages)
        for start, end, code in self._excludes.find(text):
            excluded[code].add(start, end)
        kept: dict[str, Passages] = defaultdict(Passages)
        found = []
        for own, source in (
            (True, self._own),
            (True, self._own_patterns),
            (False, self._patterns),
            (False, self._roles),
        ):
            for start, end, code in sorted(source.find(text), key=lambda hit: hit[0] - hit[1]):
                group = str(code)
                if not kept[group].overlap(start, end) and not excluded[code].overlap(start, end):
                    kept[group].add(start, end)
                    found.append(Finding(start, end, group, {"self_cue": own}))
        return sorted(found, key=lambda finding: (finding.start, finding.end, finding.label))


@cache
def _component() -> Stakeholders:
    return Stakeholders(taxonomy())


@Language.factory("stakeholders", assigns=["doc.spans"], requires=["token.text"])
def make_stakeholders(nlp: Language, name: str) -> Stakeholders:
    """The component over the national profile and ``stakeholders.yaml``."""
    return _component()


def speaker_group_of(cues: list[tuple[str, bool]]) -> str | None:
    """The group in whose role the writer is harmed, from (code, self cue) pairs; None when no cue says it.

    The guideline's order decides between groups with first-person cues: the more specific harm first.
    """
    order: list[str] = words_of("stakeholders")["preference"]
    weight: dict[str, float] = defaultdict(float)
    own = {code for code, self_cue in cues if self_cue}
    for code, self_cue in cues:
        weight[code] += CUE_WEIGHT[self_cue]
    speaking = [code for code in order if code in own and weight[code] >= LEAST]
    return speaking[0] if speaking else None


def speaker_group(doc: Doc) -> str | None:
    """The group the writer speaks for, or None (unstated)."""
    return speaker_group_of([(span.label_, bool(span._.self_cue)) for span in doc.spans.get("stakeholders", ())])

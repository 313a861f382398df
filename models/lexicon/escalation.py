"""Escalation cues (升级线索) with the speaker's status, and the level that a text itself asserts (BRIEF §5.3)."""

from __future__ import annotations

from collections import defaultdict
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from models.lexicon.matching import Literals, Patterns
from models.lexicon.speakers import OWN, speaker_of
from models.lexicon.words import words_of
from models.normalise import folded
from models.passages import Passages
from models.spans import Finding, mark
from models.taxonomy import Taxonomy, taxonomy

LIFE = "self_harm_ideation"
GATHERINGS = frozenset({"collective_petition", "assembly_protest", "blocking_obstruction"})
"""Cues whose pattern sees who and how many: only the word for the act itself is marked (P-17)."""


class EscalationCues:
    """Leaves ``doc.spans["escalation"]``: label = cue code, ``span._.speaker`` = the status of who asserts it.

    A cue is its word and nothing more: who calls a gathering, when and where, is never read (P-17).
    """

    def __init__(self, codes: Taxonomy) -> None:
        lists = words_of("escalation")
        weak = {(code, word) for code, words in lists["not_by_itself"].items() for word in words}
        rows = [
            (word, cue.code) for cue in codes.cues.values() for word in cue.triggers if (cue.code, word) not in weak
        ]
        rows += [(word, code) for code, words in lists["more"].items() for word in words]
        self._triggers = Literals(rows)
        patterns = ((pattern, code) for code, rows in lists["patterns"].items() for pattern in rows)
        self._patterns = Patterns(patterns, narrowed=GATHERINGS)
        excludes = [(word, cue.code) for cue in codes.cues.values() for word in cue.exclude]
        excludes += [(word, code) for code, words in lists["exclude"].items() for word in words]
        self._excludes = Literals(excludes)

    def __call__(self, doc: Doc) -> Doc:
        mark(doc, "escalation", self.find(folded(doc), doc._.source_kind, repeated_in(doc)))
        return doc

    def find(
        self, text: str, source_kind: str | None = None, repeated: list[tuple[int, int]] | None = None
    ) -> list[Finding]:
        """The cues of a folded text in text order; ``repeated`` are passages where contacts are said to have failed."""
        excluded: dict[object, Passages] = defaultdict(Passages)
        for start, end, code in self._excludes.find(text):
            excluded[code].add(start, end)
        hits = [*self._triggers.find(text), *self._patterns.find(text)]
        hits += [(start, end, "repeated_unresolved") for start, end in repeated or ()]
        taken: dict[object, Passages] = defaultdict(Passages)
        kept: list[tuple[int, int, object]] = []
        for start, end, code in sorted(hits, key=lambda hit: (hit[0] - hit[1], hit[0])):
            if not excluded[code].overlap(start, end) and not taken[code].overlap(start, end):
                taken[code].add(start, end)
                kept.append((start, end, code))
        found = [
            Finding(
                start, end, str(code), {"speaker": speaker_of(text, start, end, source_kind, of_a_life=code == LIFE)}
            )
            for start, end, code in kept
        ]
        return sorted(found, key=lambda finding: (finding.start, finding.end, finding.label))


def repeated_in(doc: Doc) -> list[tuple[int, int]]:
    """The passages that the channels component left."""
    return [(span.start_char, span.end_char) for span in doc.spans.get("repeated", ())]


@cache
def _component() -> EscalationCues:
    return EscalationCues(taxonomy())


@Language.factory("escalation", assigns=["doc.spans"], requires=["token.text"])
def make_escalation(nlp: Language, name: str) -> EscalationCues:
    """The component over the national profile; runs after ``channels``, whose failed contacts are cues of level 2."""
    return _component()


def level_of(cues: list[tuple[str, str]]) -> int:
    """The level that (code, speaker) pairs assert together: own cues as they are, hearsay two lower, others none."""
    levels = taxonomy().cues
    own = [levels[code].level for code, speaker in cues if speaker in OWN]
    heard = [levels[code].level - 2 for code, speaker in cues if speaker == "reported"]
    return max([0, *own, *heard])


def level(doc: Doc) -> int:
    """The escalation level 0–5 of the text: the highest cue that its writer asserts as own or witnessed."""
    return level_of([(span.label_, span._.speaker) for span in doc.spans.get("escalation", ())])

"""Prior channels (已走渠道), whether earlier contacts brought no solution, and whether the matter is settled."""

from __future__ import annotations

import re
from functools import cache

from spacy.language import Language
from spacy.tokens import Doc

from models.lexicon.cautions import denied, supposed
from models.lexicon.matching import SENTENCE_ENDS, Literals, clause_end, clause_start
from models.lexicon.words import words_of
from models.normalise import folded
from models.passages import Passages
from models.spans import Finding, mark

FAILURE_REACH = 90
"""Characters after a contact within which its failure is looked for; chosen on the training texts."""


class Channels:
    """Leaves the groups ``channels`` (label = channel), ``repeated`` (label repeated_unresolved) and ``resolved``."""

    def __init__(self) -> None:
        lists = words_of("channels")
        self._channels = Literals((word, code) for code, words in lists["channels"].items() for word in words)
        self._repeated = re.compile("|".join(f"(?:{pattern})" for pattern in lists["repeated"]))
        self._contacts = re.compile("|".join(f"(?:{pattern})" for pattern in lists["contacts"]))
        self._failures = re.compile("|".join(f"(?:{pattern})" for pattern in lists["failures"]))
        self._resolved = Literals((word, None) for word in lists["resolved"]["triggers"])
        self._unresolved = Literals((word, None) for word in lists["resolved"]["exclude"])
        self._said = re.compile(lists["resolved"]["said_by_others"])

    def __call__(self, doc: Doc) -> Doc:
        text = folded(doc)
        mark(doc, "channels", self.used(text))
        mark(doc, "repeated", self.repeated(text))
        mark(doc, "resolved", self.resolved(text))
        return doc

    def used(self, text: str) -> list[Finding]:
        """Channels named as used already; the longest name wins where names overlap."""
        hits = sorted(self._channels.find(text), key=lambda hit: (hit[0] - hit[1], hit[0]))
        taken = Passages()
        found = []
        for start, end, code in hits:
            if not taken.overlap(start, end) and not supposed(text, start) and not denied(text, start):
                taken.add(start, end)
                found.append(Finding(start, end, str(code)))
        return sorted(found, key=lambda finding: finding.start)

    def repeated(self, text: str) -> list[Finding]:
        """Passages that say an earlier contact failed; expressions that say so by themselves come first.

        Of a contact and its failure further on, the failure is the passage: what lies between may be anything (P-17).
        """
        found = [
            Finding(match.start(), match.end(), "repeated_unresolved")
            for match in self._repeated.finditer(text)
            if not supposed(text, match.start()) and not denied(text, match.start())
        ]
        if found:
            return found
        for contact in self._contacts.finditer(text):
            if supposed(text, contact.start()):
                continue
            failure = self._failures.search(text, contact.end(), min(len(text), contact.end() + FAILURE_REACH))
            if failure:
                return [Finding(failure.start(), failure.end(), "repeated_unresolved")]
        return []

    def resolved(self, text: str) -> list[Finding]:
        """Passages that say the matter is settled; thanks at the end of a letter do not (BRIEF §1.3)."""
        excluded = Passages()
        for start, end, _ in self._unresolved.find(text):
            excluded.add(start, end)
        found = []
        for start, end, _ in self._resolved.find(text):
            stop = clause_end(text, end, SENTENCE_ENDS)
            doubted = text[stop : stop + 1] in ("?", "？") or supposed(text, start)
            said_by_others = self._said.search(text[clause_start(text, start) : start])
            if not excluded.overlap(start, end) and not doubted and not said_by_others:
                found.append(Finding(start, end, "resolved"))
        return found


@cache
def _component() -> Channels:
    return Channels()


@Language.factory("channels", assigns=["doc.spans"], requires=["token.text"])
def make_channels(nlp: Language, name: str) -> Channels:
    """The component over ``channels.yaml``."""
    return _component()


def repeated_unresolved(doc: Doc) -> bool:
    """Whether the text says that at least one earlier contact brought no solution (多次反映无果)."""
    return len(doc.spans.get("repeated", ())) > 0

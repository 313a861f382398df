"""Links a text to the decision projects that it is about, with evidence, or abstains."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

import ahocorasick

from pipeline.link.features import Reading, features, with_rivals
from pipeline.link.profile import Profile
from pipeline.link.rarity import rarity
from pipeline.link.trees import load
from pipeline.records import DecisionProject, ProjectLink, Span

METHOD = "registry words + boosted trees 1"
MENTION_THRESHOLD = 0.6
EVIDENCE_LIMIT = 3
_CLAUSE = re.compile(r"[^，。！？!?；;\n]+")
COMMON = 4.0
"""Rarity below which a keyword alone makes no candidate: half of all petitions would be one."""


class Linker:
    """The registry of projects, ready to be looked for in texts; pure and safe to share."""

    def __init__(self, projects: Iterable[DecisionProject], threshold: float = 0.5) -> None:
        self._profiles = {project.id: Profile(project) for project in projects}
        self._threshold = threshold
        self._words = ahocorasick.Automaton()
        by_word: dict[str, set[str]] = {}
        for project_id, profile in self._profiles.items():
            for word in _anchors(profile):
                by_word.setdefault(word, set()).add(project_id)
        for word, ids in by_word.items():
            self._words.add_word(word, tuple(sorted(ids)))
        if by_word:
            self._words.make_automaton()

    def candidates(self, text: str, region: str | None) -> list[str]:
        """Ids of the projects that the text could be about: it has one of their names, places or rare keywords."""
        if not len(self._words):
            return []
        return sorted({project_id for _, ids in self._words.iter(text) for project_id in ids})

    def link(
        self, text: str, doc: Any = None, *, published_at: datetime | None = None, region: str | None = None
    ) -> tuple[ProjectLink, ...]:
        """Links above the threshold, likeliest first; an empty tuple is an abstention.

        ``text`` is title, line feed, body; offsets of the evidence count in it. Projects are not excluded by date:
        people write before the start and after the end.
        """
        ids = self.candidates(text, region)
        reading = Reading(text, region or "")
        rows = with_rivals([features(reading, self._profiles[project_id]) for project_id in ids])
        links = [
            link for project_id, row in zip(ids, rows, strict=True) if (link := self._judge(text, project_id, row))
        ]
        return tuple(sorted(links, key=lambda link: (link.relation, -link.p, link.project_id)))

    def _judge(self, text: str, project_id: str, row: list[float]) -> ProjectLink | None:
        about = load("about").probability(row)
        relation, p = "about", about
        if about < self._threshold:
            relation, p = "mentions", load("linked").probability(row)
            if p < MENTION_THRESHOLD:
                return None
        return ProjectLink(
            project_id=project_id,
            p=round(p, 4),
            relation=relation,
            method=METHOD,
            evidence=evidence(text, self._profiles[project_id]),
        )


def _anchors(profile: Profile) -> set[str]:
    """Words that make a project a candidate."""
    keywords = (k for k in profile.keywords if len(k) > 1 and rarity(k) >= COMMON)
    return {word for word in (*profile.names, *profile.places, *profile.region_places, *keywords) if len(word) > 1}


def evidence(text: str, profile: Profile) -> tuple[Span, ...]:
    """The clauses that name the project's words, the most telling three, in the order of the text."""
    rare = profile.rarities
    scored: list[tuple[float, int, int]] = []
    for match in _CLAUSE.finditer(text):
        clause = match.group()
        value = sum(rare[word] for word in rare if word in clause)
        if value and (bare := clause.strip()):
            start = match.start() + clause.index(bare[0])
            scored.append((-value, start, start + len(bare)))
    best = sorted(sorted(scored)[:EVIDENCE_LIMIT], key=lambda item: item[1])
    return tuple(Span(start=start, end=end) for _, start, end in best) or (_word(text, rare),)


def _word(text: str, words: Iterable[str]) -> Span:
    """The registry word that made the project a candidate, where it runs over the end of a clause."""
    start, word = min((text.find(word), word) for word in words if word in text)
    return Span(start=start, end=start + len(word))

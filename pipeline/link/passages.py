"""The passages that show why a text is linked to a project."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.link.prepared import Prepared
from pipeline.link.profile import Profile
from pipeline.link.rarity import bigrams, idf
from pipeline.records import Span

LIMIT = 3
_CLAUSE = re.compile(r"[^，。！？!?；;\n]+")


def evidence(text: str, profile: Profile) -> tuple[Span, ...]:
    """The clauses that name the project's words, the most telling three, in the order of the text.

    Where no word of it stands whole, the clause that shares the rarest characters with its entry.
    """
    rare = profile.rarities
    clauses = [
        (match.start() + clause.index(bare[0]), bare)
        for match in _CLAUSE.finditer(text)
        if (bare := (clause := match.group()).strip())
    ]
    scored = [(sum(rare[word] for word in rare if word in clause), start, clause) for start, clause in clauses]
    scored = [item for item in scored if item[0]]
    if not scored and (word := _whole_word(text, rare)):
        return (word,)
    if not scored:
        shared = [(sum(map(idf, bigrams(clause) & set(profile.core))), start, clause) for start, clause in clauses]
        scored = sorted(shared, key=lambda item: (-item[0], item[1]))[:1]
    best = sorted(scored, key=lambda item: (-item[0], item[1], item[2]))[:LIMIT]
    return tuple(Span(start=start, end=start + len(clause)) for _, start, clause in sorted(best, key=lambda i: i[1]))


def only_by_region(text: Prepared, profile: Profile) -> bool:
    """Whether nothing but the region that came with the text says where the matter is: it names no place of it."""
    words = (*profile.own_words, *profile.region_places, *profile.finest)
    return not any(word in text.text for word in words) and not any(s in text.sounded for s in profile.sounds)


def _whole_word(text: str, words: Iterable[str]) -> Span | None:
    """The registry word that made the project a candidate, where it runs over the end of a clause."""
    found = min(((text.find(word), word) for word in words if word in text), default=None)
    return None if found is None else Span(start=found[0], end=found[0] + len(found[1]))

"""Which projects a text could be about: cheap, generous, and never a decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import ahocorasick

from pipeline.link.profile import Profile
from pipeline.link.rarity import bigrams, idf, rarity
from pipeline.link.sounds import sounded

COMMON = 4.0
"""Rarity below which a keyword alone makes no candidate: half of all petitions would be one."""
SCRAMBLED = 0.55
"""Share of a name's rarity from which it counts as named in another order or with a wrong character."""
_SHORTEST_SCRAMBLED = 3


class Candidates:
    """The words of a registry, ready to be looked for in texts."""

    def __init__(self, profiles: Mapping[str, Profile]) -> None:
        self._words = _automaton((word, key) for key, profile in profiles.items() for word in _anchors(profile))
        self._sounds = _automaton((sound, key) for key, profile in profiles.items() for sound in profile.sounds)
        self._names: dict[str, list[tuple[str, int, float]]] = {}
        for key, profile in profiles.items():
            for number, (grams, total) in enumerate(profile.name_grams):
                for gram, value in grams.items() if len(grams) >= _SHORTEST_SCRAMBLED else ():
                    self._names.setdefault(gram, []).append((key, number, value / total))
        self._by_region = [(key, _counties(profile), _telling(profile)) for key, profile in profiles.items()]

    def of(self, text: str, region: str | None) -> list[str]:
        """Ids of the projects that the text has a name, place or rare keyword of, in whatever spelling.

        A text from a project's own county that shares rare characters with its keywords could be about it as well:
        some never name the place that they were sent from.
        """
        grams = bigrams(text)
        found = {key for keys in _found(self._words, text) for key in keys}
        found |= {key for keys in _found(self._sounds, sounded(text)) for key in keys}
        found |= self._scrambled(grams)
        if region:
            found |= {
                key
                for key, counties, telling in self._by_region
                if not grams.isdisjoint(telling) and any(county in region for county in counties)
            }
        return sorted(found)

    def _scrambled(self, grams: set[str]) -> set[str]:
        covered: dict[tuple[str, int], float] = {}
        for gram in sorted(grams):
            for key, number, share in self._names.get(gram, ()):
                covered[key, number] = covered.get((key, number), 0.0) + share
        return {key for (key, _), share in covered.items() if share >= SCRAMBLED}


def _anchors(profile: Profile) -> Iterator[str]:
    """Words that make a project a candidate."""
    yield from (word for word in (*profile.own_words, *profile.region_places) if len(word) > 1)
    for keyword, alike in profile.like_keywords.items():
        yield from (word for word in (keyword, *alike) if len(word) > 1 and rarity(word) >= COMMON)


def _counties(profile: Profile) -> tuple[str, ...]:
    """Divisions fine enough to stand for the project: of several cities that it passes none does."""
    return tuple(name for name in profile.finest if name[-1] in "区县旗" or len(profile.finest) == 1)


def _telling(profile: Profile) -> frozenset[str]:
    return frozenset(gram for word in profile.keywords for gram in bigrams(word) if idf(gram) >= COMMON)


def _automaton(words: Iterable[tuple[str, str]]) -> ahocorasick.Automaton:
    """Maps each word to the sorted ids that have it."""
    owners: dict[str, set[str]] = {}
    for word, key in words:
        owners.setdefault(word, set()).add(key)
    automaton = ahocorasick.Automaton()
    for word, keys in owners.items():
        automaton.add_word(word, tuple(sorted(keys)))
    if owners:
        automaton.make_automaton()
    return automaton


def _found(automaton: ahocorasick.Automaton, text: str) -> Iterator[tuple[str, ...]]:
    return (keys for _, keys in automaton.iter(text)) if len(automaton) else iter(())

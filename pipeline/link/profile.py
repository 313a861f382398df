"""A project's profile: the words of its registry entry, weighed by how rare they are."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.link.rarity import bigrams, idf, rarity, weight
from pipeline.records import DecisionProject

_ALTERNATIVE = re.compile(r"(.+?)[（(](.+?)[)）]$")
_DIVISION = re.compile(r"[A-Za-z]\d*[市区县]|[\u4e00-\u9fff]{2,6}?(?:自治区|自治州|省|市|区|县|旗)")


def spellings(word: str) -> tuple[str, ...]:
    """A registry word and what its brackets hold: 东环路（环城东路） is also said as either of the two."""
    match = _ALTERNATIVE.match(word)
    return (word, match.group(1), match.group(2)) if match else (word,)


def divisions(text: str) -> set[str]:
    """Names of provinces, cities and counties as they are written."""
    return set(_DIVISION.findall(text))


@dataclass(frozen=True)
class Profile:
    """What identifies a project in a text."""

    project: DecisionProject
    names: tuple[str, ...] = field(init=False)
    places: tuple[str, ...] = field(init=False)
    """Places that distinguish it: those of its region path are shared with everything else there."""
    region_places: tuple[str, ...] = field(init=False)
    keywords: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        project = self.project
        region = project.region + (project.region_code or "")
        listed = dict.fromkeys((*project.places, *project.impact_area))
        put = object.__setattr__
        put(self, "names", tuple(dict.fromkeys((project.name_zh, *project.aliases))))
        put(self, "places", tuple(s for p in listed if p not in region for s in spellings(p) if len(s) > 1))
        put(self, "region_places", tuple(p for p in listed if p in region and len(p) > 1))
        put(self, "keywords", tuple(k for k in dict.fromkeys(project.keywords) if k))

    @cached_property
    def everything(self) -> dict[str, float]:
        """Rarity by bigram of the whole entry."""
        project = self.project
        words = (*self.names, *self.keywords, *self.places, *self.region_places, project.description)
        return {gram: idf(gram) for word in words for gram in bigrams(word)}

    @cached_property
    def length(self) -> float:
        return math.sqrt(sum(value * value for value in self.everything.values())) or 1.0

    @cached_property
    def core(self) -> dict[str, float]:
        """Rarity by bigram of names, keywords and own places."""
        return {gram: idf(gram) for word in (*self.names, *self.keywords, *self.places) for gram in bigrams(word)}

    @cached_property
    def core_weight(self) -> float:
        return sum(self.core.values()) or 1.0

    @cached_property
    def name_grams(self) -> tuple[tuple[dict[str, float], float], ...]:
        weighed = ({gram: idf(gram) for gram in bigrams(name)} for name in self.names)
        return tuple((grams, sum(grams.values()) or 1.0) for grams in weighed)

    @cached_property
    def rarities(self) -> dict[str, float]:
        """Rarity of each name, place and keyword."""
        words = (*self.names, *self.places, *self.region_places, *self.keywords)
        return {word: rarity(word) for word in words}

    @cached_property
    def weights(self) -> dict[str, float]:
        """Summed rarity of each name, place and keyword."""
        return {word: weight(word) for word in (*self.names, *self.places, *self.keywords)}

    @cached_property
    def divisions(self) -> set[str]:
        """Provinces, cities and counties of its region."""
        code = self.project.region_code or ""
        return divisions(self.project.region) | ({code} if divisions(code) else set())

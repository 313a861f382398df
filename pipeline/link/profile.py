"""A project's profile: the words of its registry entry, weighed by how rare they are."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.link.names import divisions, like_words, short_names, short_places, spellings
from pipeline.link.rarity import bigrams, idf, rarity, weight
from pipeline.link.sounds import sounded
from pipeline.records import DecisionProject

OWN = 7.0
"""Rarity from which a keyword belongs to one project nearly alone."""
_COUNTY = "区县旗"


@dataclass(frozen=True)
class Profile:
    """What identifies a project in a text."""

    project: DecisionProject
    names: tuple[str, ...] = field(init=False)
    short_names: tuple[str, ...] = field(init=False)
    places: tuple[str, ...] = field(init=False)
    """Places that distinguish it: those of its region path are shared with everything else there."""
    short_places: tuple[str, ...] = field(init=False)
    region_places: tuple[str, ...] = field(init=False)
    keywords: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        project = self.project
        region = project.region + (project.region_code or "")
        listed = [s for p in dict.fromkeys((*project.places, *project.impact_area)) for s in spellings(p) if len(s) > 1]
        names = tuple(dict.fromkeys((project.name_zh, *project.aliases)))
        places = tuple(p for p in listed if p not in region)
        shorter = [s for p in listed for s in short_places(p)]
        telling = (
            *places,
            *(s for p in places for s in short_places(p)),
            *(k for k in project.keywords if rarity(k) >= OWN),
            *(a for a in project.aliases if len(a) > 2),
        )
        short = tuple(dict.fromkeys(s for name in names for s in short_names(name, telling) if s not in names))
        known = {*names, *short, *places}
        put = object.__setattr__
        put(self, "names", names)
        put(self, "short_names", short)
        put(self, "places", places)
        put(self, "short_places", tuple(s for s in dict.fromkeys(shorter) if s not in known))
        put(self, "region_places", tuple(p for p in listed if p in region))
        put(self, "keywords", tuple(k for k in dict.fromkeys(project.keywords) if k))

    @cached_property
    def own_words(self) -> tuple[str, ...]:
        """Names and places, whole and short: a text that has one of them names the project or where it is."""
        return (*self.names, *self.short_names, *self.places, *self.short_places)

    @cached_property
    def like_keywords(self) -> dict[str, tuple[str, ...]]:
        """Other words for the facilities among the keywords."""
        return {keyword: like_words(keyword) for keyword in self.keywords}

    @cached_property
    def everything(self) -> dict[str, float]:
        """Rarity by bigram of the whole entry."""
        words = (*self.names, *self.keywords, *self.places, *self.region_places, self.project.description)
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
        """Rarity by bigram of each name, whole and short, with its sum."""
        weighed = ({gram: idf(gram) for gram in bigrams(name)} for name in (*self.names, *self.short_names))
        return tuple((grams, sum(grams.values()) or 1.0) for grams in weighed)

    @cached_property
    def rarities(self) -> dict[str, float]:
        """Rarity of each name, place and keyword."""
        return {word: rarity(word) for word in (*self.own_words, *self.region_places, *self.keywords)}

    @cached_property
    def weights(self) -> dict[str, float]:
        """Summed rarity of each name, place and keyword."""
        return {word: weight(word) for word in (*self.own_words, *self.keywords)}

    @cached_property
    def sounds(self) -> dict[str, str]:
        """Names and places of three characters or more, by their sound."""
        words = (*self.names, *self.short_names, *self.places)
        return {sounded(word): word for word in words if len(word) > 2}

    @cached_property
    def divisions(self) -> set[str]:
        """Provinces, cities and counties of its region."""
        code = self.project.region_code or ""
        return divisions(self.project.region) | ({code} if divisions(code) else set())

    @cached_property
    def finest(self) -> tuple[str, ...]:
        """The counties of its region, or the last city where it names none."""
        region = self.project.region
        found = sorted(divisions(region), key=region.find)
        counties = [name for name in found if name[-1] in _COUNTY and not name.endswith("自治区")]
        cities = [name for name in found if name.endswith("市")]
        return tuple(counties or cities[1:] or cities)

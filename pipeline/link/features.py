"""What speaks for a text being about a project, as named numbers."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property

from pipeline.link.profile import Profile, divisions
from pipeline.link.rarity import bigrams, idf

_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
HEAD = 80
"""Characters at the beginning in which people say where they are."""

NAMES = (
    "cosine", "core", "core_of_title", "name_cover", "name_cover_sentence", "name_exact", "name_count", "name_in_title",
    "place_rarity", "place_weight", "place_in_title", "place_count", "places", "region_place", "keywords",
    "keyword_rarity", "keyword_best", "keyword_in_title", "keyword_count", "keyword_partial", "together", "sentences",
    "region", "division", "first", "length", "partial_and_place", "core_lead", "together_lead",
)  # fmt: skip


@dataclass(frozen=True)
class Reading:
    """A text prepared once for all projects."""

    text: str
    region: str

    @cached_property
    def title(self) -> str:
        return self.text.partition("\n")[0]

    @cached_property
    def grams(self) -> set[str]:
        return bigrams(self.text)

    @cached_property
    def title_grams(self) -> set[str]:
        return bigrams(self.title)

    @cached_property
    def length(self) -> float:
        return math.sqrt(sum(idf(gram) ** 2 for gram in self.grams)) or 1.0

    @cached_property
    def sentences(self) -> list[str]:
        return [match.group() for match in _SENTENCE.finditer(self.text)]

    @cached_property
    def sentence_grams(self) -> list[set[str]]:
        return [bigrams(sentence) for sentence in self.sentences]

    @cached_property
    def divisions(self) -> set[str]:
        """Divisions in title and opening words."""
        body = self.text.partition("\n")[2]
        return divisions(self.title) | divisions(body[:HEAD])


def features(reading: Reading, profile: Profile) -> list[float]:
    """The numbers of NAMES, less the two that compare a project with its rivals (see :func:`with_rivals`)."""
    text, title, grams = reading.text, reading.title, reading.grams
    names = [name for name in profile.names if name in text]
    places = [place for place in profile.places if place in text]
    shared = [place for place in profile.region_places if place in text]
    keywords = [word for word in profile.keywords if word in text]
    rare, heavy = profile.rarities, profile.weights
    cosine = sum(v * v for g, v in profile.everything.items() if g in grams) / (reading.length * profile.length)
    core = sum(v for g, v in profile.core.items() if g in grams) / profile.core_weight
    title_weight = sum(map(idf, reading.title_grams)) or 1.0
    partial = max((_cover(word, grams) for word in profile.keywords), default=0.0)
    found = [*names, *places, *keywords]
    best_place = max((rare[p] for p in places), default=0.0)
    return [
        cosine,
        core,
        sum(v for g, v in profile.core.items() if g in reading.title_grams) / title_weight,
        _name_cover(profile, grams),
        max((_name_cover(profile, sentence) for sentence in reading.sentence_grams), default=0.0),
        max((min(heavy[n], 40.0) for n in names), default=0.0),
        math.log1p(sum(text.count(n) for n in names)),
        float(any(n in title for n in names)),
        best_place,
        max((min(heavy[p], 30.0) for p in places), default=0.0),
        max((rare[p] for p in places if p in title), default=0.0),
        math.log1p(sum(text.count(p) for p in set(places))),
        float(len(set(places))),
        float(bool(shared)),
        float(len(keywords)),
        sum(rare[k] for k in keywords),
        max((rare[k] for k in keywords), default=0.0),
        sum(rare[k] for k in keywords if k in title),
        math.log1p(sum(text.count(k) for k in keywords)),
        partial,
        _together(reading, profile, [*names, *places, *shared]),
        sum(any(w in s for w in (*found, *shared)) for s in reading.sentences) / max(len(reading.sentences), 1),
        _region(reading.region, profile),
        _division(reading, profile),
        min((text.find(w) for w in found), default=len(text)) / max(len(text), 1),
        math.log1p(len(text)),
        min(best_place, 8.0) * partial,
    ]


def with_rivals(rows: list[list[float]]) -> list[list[float]]:
    """Adds, for each candidate project of one text, how far it leads the best of the others."""
    core, together = NAMES.index("core"), NAMES.index("together")
    return [[*row, _lead(rows, i, core), _lead(rows, i, together)] for i, row in enumerate(rows)]


def _lead(rows: list[list[float]], own: int, column: int) -> float:
    return rows[own][column] - max((row[column] for i, row in enumerate(rows) if i != own), default=0.0)


def _name_cover(profile: Profile, grams: set[str]) -> float:
    """Largest share of a name's rarity that stands in the text, in whatever order."""
    covers = (sum(v for g, v in name.items() if g in grams) / total for name, total in profile.name_grams)
    return max(covers, default=0.0)


def _cover(word: str, grams: set[str]) -> float:
    """Rarest bigram of a keyword that stands in the text: 搅拌厂 half says 搅拌站."""
    return max((idf(gram) for gram in bigrams(word) if gram in grams), default=0.0)


def _together(reading: Reading, profile: Profile, anchors: list[str]) -> float:
    """Best sentence: rarity of its place or name times that of its keywords."""
    rare, best = profile.rarities, 0.0
    for sentence in reading.sentences:
        anchor = max((rare[a] for a in anchors if a in sentence), default=0.0)
        if anchor:
            words = sum(rare[k] for k in profile.keywords if k in sentence)
            best = max(best, min(anchor, 8.0) * min(words, 12.0) / 12.0)
    return best


def _region(region: str, profile: Profile) -> float:
    """1 where the text's own region lies in the project's or around it, −1 where it is another, 0 unknown."""
    if not region:
        return 0.0
    mine, theirs = divisions(region), profile.divisions
    if not mine or not theirs:
        return 0.0
    finest = max(mine, key=region.find)
    if finest in profile.project.region or finest in theirs:
        return 1.0
    return 0.5 if max(theirs, key=profile.project.region.find) in region else -1.0


def _division(reading: Reading, profile: Profile) -> float:
    """1 where the opening names a division of the project, −1 where it names others alone, 0 where it names none."""
    if not reading.divisions or not profile.divisions:
        return 0.0
    return 1.0 if any(d in profile.project.region or d in profile.divisions for d in reading.divisions) else -1.0

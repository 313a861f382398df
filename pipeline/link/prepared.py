"""A text prepared once for all projects."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from pipeline.link.names import divisions
from pipeline.link.rarity import bigrams, idf
from pipeline.link.sounds import sounded

HEAD = 80
"""Characters at the beginning in which people say where they are."""
_SENTENCE = re.compile(r"[^。！？!?；;\n]+")
_POINT = re.compile(
    r"[。！？!?；;\n]+"
    r"|(?<=[\u4e00-\u9fff]) +(?=[\u4e00-\u9fff])"
    r"|(?=(?<!\d)\d{1,2}[、：:．](?!\d))"
    r"|(?=[一二三四五六七八九十]、)|(?=第[一二三四五六七八九十][，、：:])|(?=[(（][一二三四五六七八九十\d][)）])"
)
_SHORTEST = 4


@dataclass(frozen=True)
class Prepared:
    """Title, line feed and body, with the place and time that came with them; what features ask of it is kept."""

    text: str
    region: str = ""
    published_at: datetime | None = None

    @cached_property
    def heading(self) -> str:
        """The title, or the first point where there is none."""
        title = self.text.partition("\n")[0]
        return title if title.strip() else next(iter(self.points), "")

    @cached_property
    def grams(self) -> set[str]:
        return bigrams(self.text)

    @cached_property
    def heading_grams(self) -> set[str]:
        return bigrams(self.heading)

    @cached_property
    def heading_weight(self) -> float:
        return sum(map(idf, self.heading_grams)) or 1.0

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
    def points(self) -> list[str]:
        """Sentences and numbered points: many petitions ask several things, one after the other."""
        return [part.strip() for part in _POINT.split(self.text) if len(part.strip()) >= _SHORTEST]

    @cached_property
    def point_grams(self) -> list[tuple[str, set[str], float]]:
        """Each point with its bigrams and their summed rarity."""
        return [(point, grams := bigrams(point), sum(map(idf, grams))) for point in self.points]

    @cached_property
    def sounded(self) -> str:
        return sounded(self.text)

    @cached_property
    def divisions(self) -> set[str]:
        """Divisions in title and opening words."""
        title, _, body = self.text.partition("\n")
        return divisions(title) | divisions(body[:HEAD])

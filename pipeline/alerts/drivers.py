"""What drives a rise: the values of each facet whose new origins exceed their own share before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from pipeline.matters import Opinion, concern_of, is_sealed, matter_id, site_of
from pipeline.records import Analysis, DecisionProject, Document, Evidence
from pipeline.records.analysis import ProjectLink

Facet = Literal["matter", "factor", "source", "place"]
FACETS: Final[tuple[Facet, ...]] = ("matter", "factor", "source", "place")
COVERED: Final = 0.8
"""Drivers of a facet are named until they cover this share of the excess."""
PRIOR: Final = 0.5
"""Origins that every value is given before anything is known of its share (Jeffreys)."""


@dataclass(frozen=True)
class Story:
    """One negative origin: its first text, the factor it is about, its site, and all its texts."""

    opinion: Opinion
    concern: str
    site: str | None
    document_ids: tuple[str, ...]

    @property
    def passage(self) -> Evidence:
        """The words that carry the factor."""
        finding = next(f for f in self.opinion.findings if f.code == self.concern)
        return Evidence(document_id=self.opinion.document.id, start=finding.evidence.start, end=finding.evidence.end)


@dataclass(frozen=True)
class Driver:
    """One value of a facet: new origins against what its share before would have brought; ``share`` of the excess."""

    facet: Facet
    code: str
    factor: str | None
    site: str | None
    observed: int
    expected: float
    share: float
    stories: tuple[Story, ...]

    @property
    def excess(self) -> float:
        """Origins beyond the expected."""
        return self.observed - self.expected


@dataclass(frozen=True)
class FacetDrivers:
    """The drivers of one facet, the largest excess first, and the share of the excess that they cover."""

    facet: Facet
    drivers: tuple[Driver, ...]
    covers: float


def stories_of(project: DecisionProject, texts: Iterable[tuple[Document, Analysis]]) -> list[Story]:
    """The negative origins among texts in order of time; sealed texts are none (P-14)."""
    copies: dict[str, list[str]] = defaultdict(list)
    first: dict[str, tuple[Opinion, str]] = {}
    for document, analysis in texts:
        link = _link(analysis, project.id)
        if link is None or not analysis.is_grievance or is_sealed(analysis):
            continue
        opinion = Opinion(document, analysis, link)
        concern = concern_of(opinion)
        if concern is not None:
            copies[document.origin_id].append(document.id)
            first.setdefault(document.origin_id, (opinion, concern))
    return [
        Story(opinion, concern, site_of(project, opinion.document.text), tuple(copies[origin]))
        for origin, (opinion, concern) in first.items()
    ]


def drivers_of(
    project: DecisionProject, now: Sequence[Story], before: Sequence[Story], expected: float
) -> tuple[FacetDrivers, ...]:
    """The drivers of every facet; ``expected`` origins are shared out as the origins before were, shrunk."""
    return tuple(_facet(facet, _key_of(facet, project), now, before, expected) for facet in FACETS)


def _facet(
    facet: Facet, key: Callable[[Story], str | None], now: Sequence[Story], before: Sequence[Story], expected: float
) -> FacetDrivers:
    groups, earlier = _grouped(now, key), _grouped(before, key)
    values = sorted(groups.keys() | earlier.keys())
    known = sum(len(stories) for stories in earlier.values())
    excess = max(len(now) - expected, 1e-9)
    found = []
    for value in values:
        mine = groups.get(value, [])
        share = (len(earlier.get(value, [])) + PRIOR) / (known + PRIOR * len(values))
        usual = expected * share
        if len(mine) > usual:
            one = mine[0]
            found.append(
                Driver(
                    facet=facet,
                    code=value,
                    factor=one.concern if facet in ("matter", "factor") else None,
                    site=one.site if facet in ("matter", "place") else None,
                    observed=len(mine),
                    expected=usual,
                    share=min(1.0, (len(mine) - usual) / excess),
                    stories=tuple(mine),
                )
            )
    found.sort(key=lambda driver: (-driver.excess, driver.code))
    named: list[Driver] = []
    for driver in found:
        if sum(d.share for d in named) >= COVERED:
            break
        named.append(driver)
    return FacetDrivers(facet, tuple(named), min(1.0, sum(d.share for d in named)))


def _grouped(stories: Iterable[Story], key: Callable[[Story], str | None]) -> Mapping[str, list[Story]]:
    groups: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        value = key(story)
        if value is not None:
            groups[value].append(story)
    return groups


def _key_of(facet: Facet, project: DecisionProject) -> Callable[[Story], str | None]:
    keys: dict[Facet, Callable[[Story], str | None]] = {
        "matter": lambda story: matter_id(project.id, story.concern, story.site),
        "factor": lambda story: story.concern,
        "source": lambda story: story.opinion.document.source_kind,
        "place": lambda story: story.site,
    }
    return keys[facet]


def _link(analysis: Analysis, project_id: str) -> ProjectLink | None:
    links = (link for link in analysis.links if link.project_id == project_id and link.counts)
    return next(links, None)


__all__ = ["FACETS", "Driver", "Facet", "FacetDrivers", "Story", "drivers_of", "stories_of"]

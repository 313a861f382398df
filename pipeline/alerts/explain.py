"""Why an incident is one: its drivers, what it would be without the first, what may be behind it, what was not seen."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

import numpy as np

from pipeline.alerts.calendar import HOLIDAY, day_kind
from pipeline.alerts.counting import CAPPED, MISSING, PHASE_IN_TICKS, Coverage, Sources
from pipeline.alerts.drivers import FacetDrivers, Story, drivers_of, stories_of
from pipeline.alerts.late import Late, late_in
from pipeline.alerts.levels import LevelRules, Recurrence, shipped_recurrence
from pipeline.alerts.observation import moment_of, tick_of
from pipeline.alerts.tail import upper_tail
from pipeline.records import Analysis, DecisionProject, Document, Incident
from pipeline.records.incident import LEVELS, AlertLevel
from pipeline.store import IncidentKind as SourceIncidentKind
from pipeline.store import Store

BEFORE: Final = timedelta(weeks=12)
"""How far back the shares before are taken from."""
LATE: Final = timedelta(hours=24)
"""A crawled text that was collected later than this after its publication was filled in."""
CheckCode = Literal["copies", "back_fill", "one_voice", "new_source", "holiday", "volume_artefact"]


@dataclass(frozen=True)
class Check:
    """One thing that may look like a rise and be none. ``found``: it is so here; ``share``: how much of the window."""

    code: CheckCode
    found: bool
    share: float


@dataclass(frozen=True)
class Unseen:
    """A source that was not read whole in the window: hours of which nothing, and of which only a part is known.

    ``incidents``: what befell the source meanwhile (silent, closed to us), which says nothing of opinion.
    """

    source: str
    missing_hours: int
    capped_hours: int
    incidents: tuple[SourceIncidentKind, ...]


@dataclass(frozen=True)
class WithoutTop:
    """What would be left without the first driver of the factors: origins, how rare that is, and the level."""

    observed: int
    expected: float
    p_value: float
    recurrence_months: float
    level: AlertLevel | None


@dataclass(frozen=True)
class Explanation:
    """Everything that stands on the page of an incident; numbers as counted, to be shown under k-anonymity alone."""

    observed: int
    stories: tuple[Story, ...]
    facets: tuple[FacetDrivers, ...]
    without_top: WithoutTop | None
    checks: tuple[Check, ...]
    unseen: tuple[Unseen, ...]
    undated: tuple[str, ...]
    """Texts that were collected in the window and counted nowhere, since they do not say when they were published."""
    late: Late
    """Texts of the window that came after its hours were judged: they raised neither the alert nor its level."""


def explain(store: Store, project: DecisionProject, incident: Incident, rules: LevelRules) -> Explanation:
    """Explains a volume incident from what the store holds now; texts that were withdrawn are no longer among it."""
    window = store.opinions_between(project.id, incident.window_start, incident.window_end)
    texts = store.opinions_between(project.id, incident.window_start - BEFORE, incident.window_start)
    before = stories_of(project, texts)
    told = {story.opinion.document.origin_id for story in before}
    now = [story for story in stories_of(project, window) if story.opinion.document.origin_id not in told]
    facets = drivers_of(project, now, before, incident.expected)
    first, last = tick_of(incident.window_start), tick_of(incident.window_end) - 1
    sources = _sources(store, project.id)
    return Explanation(
        observed=len(now),
        stories=tuple(now),
        facets=facets,
        without_top=_without_top(incident, facets, len(now), rules, shipped_recurrence()),
        checks=_checks(store, project.id, incident, now, window, sources, (first, last)),
        unseen=_unseen(store, sources, first, last),
        undated=tuple(store.undated_opinions(project.id, incident.window_start, incident.window_end)),
        late=late_in(store, project.id, first, last),
    )


def _without_top(
    incident: Incident, facets: Sequence[FacetDrivers], observed: int, rules: LevelRules, recurrence: Recurrence
) -> WithoutTop | None:
    """The score falls by as much as the tail probability rises: the penalty of the window stays as it was."""
    factor = next(found for found in facets if found.facet == "factor")
    if not factor.drivers:
        return None
    top = factor.drivers[0]
    left, usual = observed - top.observed, max(0.0, incident.expected - top.expected)
    p = float(upper_tail(np.array([float(left)]), np.array([max(usual, 1e-9)]), np.array([incident.dispersion]))[0])
    score = incident.score + np.log10(max(incident.p_value, 1e-300)) - np.log10(p)
    excess = max(0.0, left - usual)
    reached = [
        level
        for level, threshold, least in zip(LEVELS, rules.thresholds, rules.least_excess, strict=True)
        if score >= threshold and excess >= least
    ]
    months = float(recurrence.months(np.array([score]))[0])
    return WithoutTop(left, usual, p, months, reached[-1] if reached else None)


def _checks(
    store: Store,
    project_id: str,
    incident: Incident,
    now: Sequence[Story],
    window: Sequence[tuple[Document, Analysis]],
    sources: Sources,
    ticks: tuple[int, int],
) -> tuple[Check, ...]:
    ids = {document_id for story in now for document_id in story.document_ids}
    documents = [document for document, _ in window if document.id in ids]
    crawled = [d for d in documents if d.window_id is not None and d.published_at is not None]
    late = sum(d.published_at is not None and d.collected_at - d.published_at > LATE for d in crawled)
    judged = sum(hour.count for hour in store.judged_hours(project_id, *ticks))
    missed = max(0.0, len(now) - judged)
    filled = _share(max(late, missed), len(now))
    _, high = store.distinct_voices(project_id, ids)
    young = {key for key, s in sources.by_key.items() if ticks[0] - s.since < 2 * PHASE_IN_TICKS and not s.counts}
    hours = store.judged_hours(project_id, *ticks)
    fresh = sum(count for hour in hours for key, count in hour.by_source.items() if key in young)
    days = _days(incident.window_start, incident.window_end)
    holidays = sum(day_kind(day.date()) == HOLIDAY for day in days)
    copied = 1.0 - len(now) / len(documents) if documents else 0.0
    return (
        Check("copies", copied > 0.5, round(copied, 3)),
        Check("back_fill", filled > 0.5, round(filled, 3)),
        Check("one_voice", bool(ids) and 2 * high <= len(now), round(1.0 - _share(high, len(now)), 3)),
        Check("new_source", fresh > 0, round(_share(fresh, len(now)), 3)),
        Check("holiday", holidays > 0, round(_share(holidays, len(days)), 3)),
        Check("volume_artefact", incident.volume_artefact, float(incident.volume_artefact)),
    )


def _share(part: float, whole: float) -> float:
    return min(1.0, part / whole) if whole else 0.0


def _days(since: datetime, until: datetime) -> list[datetime]:
    first, last = moment_of(tick_of(since)), moment_of(tick_of(until) - 1)
    return [first + timedelta(days=n) for n in range((last.date() - first.date()).days + 1)]


def _sources(store: Store, project_id: str) -> Sources:
    series = store.alert_series([project_id]).get(project_id)
    return Sources.of_json(series.sources if series else {})


def _unseen(store: Store, sources: Sources, first: int, last: int) -> tuple[Unseen, ...]:
    coverage = Coverage(store.source_windows(moment_of(first)), store.imported_through(), first, last)
    befell: dict[str, set[SourceIncidentKind]] = defaultdict(set)
    for incident in store.source_incidents():
        since = incident.begun_at
        if since < moment_of(last + 1) and (incident.closed_at is None or incident.closed_at > moment_of(first)):
            befell[incident.source].add(incident.kind)
    found = []
    for key in sorted(sources.by_key):
        read = [coverage.at(key, tick) for tick in range(first, last + 1)]
        if read.count(MISSING) or read.count(CAPPED) or befell[key]:
            found.append(Unseen(key, read.count(MISSING), read.count(CAPPED), tuple(sorted(befell[key]))))
    return tuple(found)

"""What the weekly bulletin says: figures under k-anonymity, units by name, and never a citizen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from api.bulletin.clocks import Unanswered, unanswered
from api.bulletin.points import Dispatched, PointsOfWeek, dispatched, points_of
from api.bulletin.sources import SourceRead, sources_of
from api.bulletin.volume import Region, Volumes, region_codes, regions_of
from api.bulletin.week import Week
from api.charts import Bar
from api.incident_cards import LEVEL_ZH, card_of
from api.policy import enough
from pipeline.alerts.late import late_in
from pipeline.alerts.observation import tick_of
from pipeline.forecast.band import WeekOfProject, weeks_of
from pipeline.records import DecisionProject, Incident
from pipeline.records.incident import LEVELS, AlertLevel
from pipeline.store import Store

WEEKS: Final = 8
"""Weeks in a chart, the bulletin's own last."""
STAGE_ZH: Final = {
    "pre_assessment": "评估前", "in_assessment": "评估中", "after_assessment": "评估后", "post_assessment": "后评估",
}  # fmt: skip
STATE_ZH: Final = {"open": "未处理", "acknowledged": "已确认收到", "silenced": "已静默", "closed": "已关闭"}
VERDICT_ZH: Final = {"true": "属实", "false": "误报", "duplicate": "重复"}


@dataclass(frozen=True, slots=True)
class RegionRow:
    """One region: its projects, its volume this week and the week before, incidents by level."""

    region: Region
    projects: int
    volume: str
    before: str
    incidents: str


@dataclass(frozen=True, slots=True)
class ProjectPart:
    """One project's section."""

    id: str
    name: str
    region: str
    stage: str
    volume: str
    before: str
    baseline: str
    bars: tuple[Bar, ...]
    incidents: tuple[str, ...]
    points: PointsOfWeek


@dataclass(frozen=True, slots=True)
class Bulletin:
    """All that is printed. ``dispatches`` empty: none recorded."""

    week: Week
    region: str | None
    made_at: datetime
    k: int
    total: str
    regions: tuple[RegionRow, ...]
    projects: tuple[ProjectPart, ...]
    dispatches: tuple[Dispatched, ...]
    unanswered: tuple[Unanswered, ...]
    sources: tuple[SourceRead, ...]
    late: tuple[str, ...]
    """Names of the projects to whose hours of the week texts were added after these were judged."""


def bulletin_of(store: Store, projects: Sequence[DecisionProject], week: Week, region: str | None, k: int) -> Bulletin:
    """The bulletin of these projects for a week that is over."""
    ids, all_projects = [project.id for project in projects], store.projects()
    found = weeks_of(store, [project.id for project in all_projects], week.first, WEEKS, ids)
    volumes = [
        Volumes(all_projects, {one: weeks[at] for one, weeks in found.items()}, set(ids), k) for at in range(WEEKS)
    ]
    incidents = _incidents(store, ids, week)
    known = {one for one, weeks in found.items() if _enough(weeks, k)}
    hours = tick_of(week.begin), tick_of(week.end) - 1
    return Bulletin(
        week=week,
        region=region,
        made_at=store.clock(),
        k=k,
        total=volumes[-1].region(region) if region else volumes[-1].total(),
        regions=tuple(_region(one, projects, volumes, incidents) for one in regions_of(projects)),
        projects=tuple(
            _project(store, project, volumes, incidents, week, k, project.id in known) for project in projects
        ),
        dispatches=tuple(dispatched(store, projects)),
        unanswered=tuple(unanswered(store, all_projects, set(ids), week.end, k)),
        sources=tuple(sources_of(store, ids, week)),
        late=tuple(project.name_zh for project in projects if _is_late(store, project.id, *hours)),
    )


def _is_late(store: Store, project_id: str, first: int, last: int) -> bool:
    """Whether texts were added to hours after these were judged."""
    series = store.alert_series([project_id]).get(project_id)
    asked = ("late", project_id, first, last, series and (series.begin, series.tick))
    return bool(store.kept_counts.of(asked, lambda: late_in(store, project_id, first, last).texts > 0))


def _incidents(store: Store, ids: Sequence[str], week: Week) -> list[Incident]:
    """Volume incidents that began or went on in the week; life-safety cues are for their officer alone (P-18)."""
    known = store.incidents(ids, since=week.begin - timedelta(weeks=WEEKS), until=week.end, limit=10_000)
    return [i for i in reversed(known) if i.kind == "volume" and (i.ended is None or i.ended >= week.begin)]


def _levels(incidents: Sequence[Incident]) -> str:
    counts = Counter[AlertLevel](incident.level for incident in incidents)
    return "，".join(f"{LEVEL_ZH[level]} {counts[level]}" for level in reversed(LEVELS) if counts[level]) or "无"


def _region(
    region: Region, projects: Sequence[DecisionProject], volumes: Sequence[Volumes], incidents: Sequence[Incident]
) -> RegionRow:
    mine = {project.id for project in projects if region.code in region_codes(project)}
    return RegionRow(
        region,
        len(mine),
        volumes[-1].region(region.code),
        volumes[-2].region(region.code),
        _levels([incident for incident in incidents if incident.project_id in mine]),
    )


def _enough(weeks: Sequence[WeekOfProject], k: int) -> bool:
    """Whether k voices stand behind the habit that the baseline is made of."""
    low, high = max(week.voices_low for week in weeks), sum(week.voices_high for week in weeks)
    return enough(low, high, sum(week.count for week in weeks), k)


def _project(
    store: Store,
    project: DecisionProject,
    volumes: Sequence[Volumes],
    incidents: Sequence[Incident],
    week: Week,
    k: int,
    known: bool,
) -> ProjectPart:
    bars = tuple(bar for one in volumes if (bar := one.bar(project.id)) is not None)
    if not known:
        bars = tuple(replace(bar, band=None) for bar in bars)
    return ProjectPart(
        id=project.id,
        name=project.name_zh,
        region=project.region,
        stage=STAGE_ZH[project.stage],
        volume=volumes[-1].project(project.id),
        before=volumes[-2].project(project.id),
        baseline=_baseline(bars, known),
        bars=bars,
        incidents=tuple(_incident(card_of(i, store, k)) for i in incidents if i.project_id == project.id),
        points=points_of(store, project, week),
    )


def _baseline(bars: Sequence[Bar], known: bool) -> str:
    if not known:
        return "声音数低于最小显示数，不显示常态基线" if bars else "未监测"
    if bars[-1].band is None:
        return "监测天数不足14天，无常态基线"
    expected, low, high = bars[-1].band
    return f"常态约 {round(expected * 2) / 2:g} 条（90% 区间 {low}–{high}）"


def _incident(card: dict[str, Any]) -> str:
    state = "，".join([STATE_ZH[card["state"]], *([VERDICT_ZH[card["verdict"]]] if card["verdict"] else [])])
    return f"【{card['level_name']}】{card['headline']}（{state}）"

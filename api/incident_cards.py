"""Incidents as people are shown them: numbers under k-anonymity (P-06), quotes where they may stand (P-07)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from api.counting.cells import cell_of
from api.policy import Cell, Figure, figure, quotes_of, suppress
from models.taxonomy import taxonomy
from pipeline.alerts.backtest import Backtest, WouldBe
from pipeline.alerts.drivers import Driver, FacetDrivers, Story
from pipeline.alerts.explain import Explanation, explain
from pipeline.alerts.late import Late, late_texts
from pipeline.alerts.levels import LevelRules
from pipeline.records import Counts, Document, Incident
from pipeline.records.incident import AlertLevel
from pipeline.store import Hearing, Store

LEVEL_ZH: Final[dict[AlertLevel, str]] = {"blue": "蓝色", "yellow": "黄色", "orange": "橙色", "red": "红色"}
KIND_ZH: Final = {
    "petition": "信访", "hotline": "热线", "weibo": "微博", "news": "新闻", "notice": "公告", "survey": "问卷",
}  # fmt: skip
QUOTES: Final = 2
REST: Final = "rest"
"""Key of the cell of all that no driver names; no code of a driver is like it."""
HUNDRED_YEARS: Final = 1200.0
"""Months beyond which "once in" is not told more exactly."""


def card_of(incident: Incident, store: Store, k: int) -> dict[str, Any]:
    """The short form: for lists, notifications and bulletins. No text of anybody is in it."""
    project = store.project(incident.project_id)
    name = project.name_zh if project else incident.project_id
    return _safety_card(incident, name) if incident.kind == "life_safety" else _volume_card(incident, name, k)


def page_of(incident: Incident, store: Store, k: int, rules: LevelRules) -> dict[str, Any]:
    """The whole page: the card, what drives the rise, each driver with quotes, and what speaks against it."""
    card = card_of(incident, store, k)
    project = store.project(incident.project_id)
    if project is None or incident.kind == "life_safety":
        return {**card, "explanation": None}
    explained = explain(store, project, incident, rules)
    ids = {document_id for story in explained.stories for document_id in story.document_ids} | set(explained.undated)
    hearing, documents = store.hearing(project.id, ids), store.documents_by_id(ids)
    return {**card, "explanation": _explanation(explained, hearing, documents, k)}


def late_of(store: Store, project_ids: Iterable[str], k: int) -> list[dict[str, Any]]:
    """Projects to whose newest judged week texts were added that came too late to be judged, and how many."""
    found = late_texts(store)
    return [{"project_id": one, "texts": _late(found[one], k)} for one in sorted(set(project_ids) & found.keys())]


def _late(late: Late, k: int) -> dict[str, Any]:
    return figure(Cell("", late.texts, late.voices_low, late.voices_high, late.texts), k).as_json()


def enough(incident: Incident, k: int) -> bool:
    """Whether k voices stand behind the window, so that its numbers may be shown."""
    return figure(_cell(incident), k).form == "exact"


def _cell(incident: Incident) -> Cell:
    return Cell("", incident.observed, incident.voices_low, incident.voices_high, incident.observed)


def _volume_card(incident: Incident, name: str, k: int) -> dict[str, Any]:
    many, observed = enough(incident, k), figure(_cell(incident), k)
    hours = round((incident.window_end - incident.window_start).total_seconds() / 3600)
    return {
        **_common(incident, name),
        "headline": _headline(incident, name, hours, observed, many),
        "signal": incident.signal,
        "held_back": list(incident.held_back),
        "window_hours": hours,
        "observed": observed.as_json(),
        "expected": round(incident.expected, 2),
        "interval": [round(bound, 1) for bound in incident.interval],
        "recurrence_months": round(incident.recurrence_months, 1) if many else None,
        "voices": {"low": incident.voices_low, "high": incident.voices_high} if many else {"less_than": k},
        "source_kinds": sorted(incident.by_source_kind),
        "lower_bound": incident.lower_bound,
        "volume_artefact": incident.volume_artefact,
        "follows": incident.follows,
        "cue": None,
        "matter_id": None,
    }


def _safety_card(incident: Incident, name: str) -> dict[str, Any]:
    cue = taxonomy().cues[incident.cue].name_zh if incident.cue else ""
    return {
        **_common(incident, name),
        "headline": f"{name}：生命安全线索（{cue}），请值班人员立即核实并联系平台或热线施助",
        "signal": incident.signal,
        "held_back": [],
        "window_hours": 0,
        "observed": None,
        "expected": None,
        "interval": None,
        "recurrence_months": None,
        "voices": None,
        "source_kinds": [],
        "lower_bound": False,
        "volume_artefact": False,
        "follows": None,
        "cue": incident.cue,
        "matter_id": incident.matter_id,
    }


def _common(incident: Incident, name: str) -> dict[str, Any]:
    return {
        "id": incident.id,
        "project_id": incident.project_id,
        "project_name": name,
        "kind": incident.kind,
        "level": incident.level,
        "level_name": LEVEL_ZH[incident.level],
        "begin": incident.begin,
        "ended": incident.ended,
        "window_start": incident.window_start,
        "window_end": incident.window_end,
        "state": incident.state,
        "expires_at": incident.expires_at,
        "verdict": incident.verdict,
        "duplicate_of": incident.duplicate_of,
        "assigned_to": incident.assigned_to,
        "settings_version": incident.settings_version,
    }


def _headline(incident: Incident, name: str, hours: int, observed: Figure, many: bool) -> str:
    low, high = incident.interval
    more = "至少 " if incident.lower_bound and many else ""
    seen = f"{more}{observed} 条" if many else f"少于 {observed.number} 个声音"
    said = f"{name}：{hours} 小时内负面诉求 {seen}，往常 {incident.expected:.1f} 条（90% 区间 {low:.0f}–{high:.0f}）"
    return f"{said}，{recurrence_zh(incident.recurrence_months)}" if many else said


def recurrence_zh(months: float) -> str:
    """How rarely a quiet project shows such a rise, in words."""
    if months >= HUNDRED_YEARS:
        return "约百年以上一次"
    if months >= 24:
        return f"约每 {months / 12:.0f} 年一次"
    return f"约每 {max(1, round(months))} 个月一次"


def preview_of(tested: Backtest, k: int) -> dict[str, Any]:
    """A back-test as it may be shown."""

    def shown(episode: WouldBe) -> dict[str, Any]:
        number = figure(Cell("", episode.observed, episode.voices_low, episode.voices_high, episode.observed), k)
        months = episode.recurrence_months
        return {
            "begin": episode.begin,
            "end": episode.end,
            "level": episode.level,
            "observed": number.as_json(),
            "expected": round(episode.expected, 2),
            "recurrence_months": round(months, 1) if number.form == "exact" else None,
            "incident_id": episode.incident_id,
            "verdict": episode.verdict,
        }

    return {
        "project_id": tested.project_id,
        "since": tested.since,
        "until": tested.until,
        "false_alarms": tested.rates,
        "episodes": [shown(episode) for episode in tested.episodes],
        "not_told": [{"incident_id": i, "verdict": verdict} for i, verdict in tested.not_told],
    }


def _explanation(explained: Explanation, hearing: Hearing, documents: dict[str, Document], k: int) -> dict[str, Any]:
    ids = [i for story in explained.stories for i in story.document_ids if i in hearing]
    whole = cell_of(hearing, "", ids)
    total = Cell("", explained.observed, whole.low, whole.high, explained.observed)
    many = figure(total, k).form == "exact"
    top = explained.without_top
    return {
        "observed_now": figure(total, k).as_json(),
        "drivers": [_facet(found, explained, hearing, documents, total, k) for found in explained.facets],
        "without_top_factor": {
            "factor": _top_factor(explained),
            "observed": top.observed,
            "expected": round(top.expected, 2),
            "recurrence_months": round(top.recurrence_months, 1),
            "level": top.level,
        } if top and many and _splits(explained, hearing, k) else None,
        "checks": [{"code": c.code, "found": c.found, "share": c.share if many else None} for c in explained.checks],
        "unseen": [
            {
                "source": u.source,
                "missing_hours": u.missing_hours,
                "capped_hours": u.capped_hours,
                "incidents": list(u.incidents),
            }
            for u in explained.unseen
        ],
        "undated": figure(cell_of(hearing, "", [i for i in explained.undated if i in hearing]), k).as_json(),
        "late": _late(explained.late, k),
    }  # fmt: skip


def _top_factor(explained: Explanation) -> str | None:
    factors = next(found for found in explained.facets if found.facet == "factor")
    return factors.drivers[0].code if factors.drivers else None


def _splits(explained: Explanation, hearing: Hearing, k: int) -> bool:
    """Whether both the first factor and what is left of the window have k voices: neither gives the other away."""
    factors = next(found for found in explained.facets if found.facet == "factor")
    mine = set(_ids(factors.drivers[0], hearing))
    rest = [i for story in explained.stories for i in story.document_ids if i in hearing and i not in mine]
    return all(figure(cell_of(hearing, "", part), k).form == "exact" for part in (list(mine), rest))


def _facet(
    found: FacetDrivers, explained: Explanation, hearing: Hearing, documents: dict[str, Document], total: Cell, k: int
) -> dict[str, Any]:
    """What is not named is a cell too: it must not come out as the difference."""
    named = {story.opinion.document.id for driver in found.drivers for story in driver.stories}
    rest = [story for story in explained.stories if story.opinion.document.id not in named]
    cells = [*(_driver_cell(driver, hearing) for driver in found.drivers), _cell_of_stories(REST, rest, hearing)]
    shown = suppress(total, cells, k)
    rows = []
    for driver in found.drivers:
        number = shown.cells.get(driver.code)
        if number is None:
            continue
        many = number.form == "exact"
        rows.append(
            {
                "code": driver.code if many or driver.facet != "place" else None,
                "name": _name(driver, many),
                "observed": number.as_json(),
                "expected": round(driver.expected, 2) if many else None,
                "share": round(driver.share, 3) if many else None,
                "quotes": _quotes(driver, hearing, documents, k),
            }
        )
    others = shown.cells.get(REST, shown.others)
    return {
        "facet": found.facet,
        "covers": round(found.covers, 3) if all(row["share"] is not None for row in rows) else None,
        "values": rows,
        "others": others.as_json() if others else None,
    }


def _driver_cell(driver: Driver, hearing: Hearing) -> Cell:
    return _cell_of_stories(driver.code, driver.stories, hearing)


def _cell_of_stories(key: str, stories: Sequence[Story], hearing: Hearing) -> Cell:
    """Origins as a cell; the voices are those of all their copies."""
    heard = cell_of(hearing, key, [i for story in stories for i in story.document_ids if i in hearing])
    return Cell(key, len(stories), heard.low, heard.high, len(stories))


def _ids(driver: Driver, hearing: Hearing) -> list[str]:
    return [i for story in driver.stories for i in story.document_ids if i in hearing]


def _name(driver: Driver, many: bool) -> str:
    """What people call it; a site is finer than a township and is named from k voices on."""
    if driver.facet == "source":
        return KIND_ZH.get(driver.code, driver.code)
    factor = taxonomy().factors[driver.factor].name_zh if driver.factor else ""
    site = (driver.site or "") if many else ""
    return " · ".join(part for part in (factor, site) if part) or "（地点声音不足，不予显示）"


def _quotes(driver: Driver, hearing: Hearing, documents: dict[str, Document], k: int) -> Sequence[str]:
    ids = _ids(driver, hearing)
    if not ids:
        return []
    low, high = hearing.voices(ids)
    low = max(1, low)
    counts = Counts(
        documents=len(ids),
        origins=min(driver.observed, len(ids)),
        voices_low=low,
        voices_high=max(low, high),
        by_source_kind={},
    )
    passages = [story.passage for story in driver.stories]
    return [quote.text for quote in quotes_of(passages, documents, counts, k, QUOTES)]

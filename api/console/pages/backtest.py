"""What other settings of the alerts would have told over the stored hours; no setting is changed here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Annotated, Any, Final

from fastapi import Query, Response
from pydantic import BaseModel, Field

from api.console.fields import OrNone
from api.console.rules import ConsoleRouter, Deployment
from api.console.visit import AtConsole, Visit
from api.incident_cards import preview_of
from api.incident_desk import TRIED, IncidentDesk
from api.incident_trials import MOST_DAYS, SECONDS, TrialsFull, TrialTooLong, within_limit
from pipeline.alerts.observation import CHINA
from pipeline.records.incident import LEVELS

MOST: Final = 10.0
"""False alarms a project-month at most that can be tried."""
Text = Annotated[Annotated[str, Field(max_length=20)] | None, OrNone]
router = ConsoleRouter()


class TrialAsked(BaseModel):
    """Which project, since when, and false alarms a project-month from blue to red, as they were typed."""

    project: Annotated[Annotated[str, Field(pattern=r"^[\w.\-]{1,64}$")] | None, OrNone] = None
    since: Text = None
    blue: Text = None
    yellow: Text = None
    orange: Text = None
    red: Text = None


@router.page("/incidents/backtest", rule=Deployment("alerts.read"))
def trial(visit: AtConsole, asked: Annotated[TrialAsked, Query()]) -> Response:
    """The form, and with a project what would have been told."""
    desk = visit.desk(IncidentDesk)
    projects = [one for one in desk.projects(visit.general_purpose()) if visit.allows("alerts.read", one)]
    usual = visit.office.settings.alert_false_alarms
    today = visit.office.store.clock().astimezone(CHINA).date()
    errors, since, rates = _read(visit, asked, today, usual)
    shown: dict[str, Any] = {}
    told: dict[str, int] = {}
    status = 422
    if asked.project and not errors and since is not None:
        purpose = visit.purpose(asked.project)
        try:
            shown = within_limit(lambda: preview_of(desk.preview(str(asked.project), purpose, since, rates), desk.k))
            told = _told(desk.alerts(asked.project, purpose, limit=500).rows, shown["since"])
        except TrialTooLong:
            errors = {"since": visit.gettext("回测没有在 %(n)s 秒内完成。请缩短时段，或稍后再试。", n=round(SECONDS))}
        except TrialsFull:
            status, errors = 503, {"project": visit.gettext("已有一项回测在运行，请稍后再试。")}
        except ValueError:
            errors = {"project": visit.gettext("这个项目还没有开始监测，没有可以回测的数据。")}
    chosen = next((one for one in projects if one.id == asked.project), None)
    return visit.page(
        "incidents/backtest.html",
        status if errors else 200,
        projects=projects,
        asked=asked,
        since=asked.since or f"{today - TRIED:%Y-%m-%d}",
        first=f"{today - timedelta(days=MOST_DAYS):%Y-%m-%d}",
        today=f"{today:%Y-%m-%d}",
        rates={level: getattr(asked, level) or f"{rate:g}" for level, rate in zip(LEVELS, usual, strict=True)},
        usual=dict(zip(LEVELS, usual, strict=True)),
        most=MOST,
        most_days=MOST_DAYS,
        seconds=round(SECONDS),
        errors=errors,
        shown=shown,
        counts=_counted(shown["episodes"]) if shown else {},
        told=told,
        chosen=chosen,
    )


def _read(
    visit: Visit, asked: TrialAsked, today: date, usual: tuple[float, float, float, float]
) -> tuple[dict[str, str], date | None, tuple[float, float, float, float]]:
    """What was typed as values, and what is wrong with it."""
    say, errors = visit.gettext, {}
    since: date | None = today - TRIED
    if asked.since:
        try:
            since = date.fromisoformat(asked.since)
        except ValueError:
            since = None
        if since is None or not today - timedelta(days=MOST_DAYS) <= since <= today:
            errors["since"] = say("起始日期须在最近 %(n)s 天之内。", n=MOST_DAYS)
    rates = list(usual)
    for at, level in enumerate(LEVELS):
        if typed := getattr(asked, level):
            try:
                rates[at] = float(typed)
            except ValueError:
                rates[at] = 0.0
            if not 0 < rates[at] <= MOST:
                errors[level] = say("请填写大于 0、不超过 %(most)s 的数。", most=f"{MOST:g}")
    if not errors and rates != sorted(rates, reverse=True):
        errors["red"] = say("误报率须从蓝色到红色逐级递减。")
    return errors, since, (rates[0], rates[1], rates[2], rates[3])


def _counted(episodes: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, int]]:
    """Episodes by level, and among them those that people judged right and wrong."""
    return {
        level: {
            "all": sum(one["level"] == level for one in episodes),
            **Counter(one["verdict"] for one in episodes if one["level"] == level and one["verdict"]),
        }
        for level in LEVELS
    }


def _told(cards: Sequence[Mapping[str, Any]], since: datetime) -> dict[str, int]:
    """What was told in the same time, by level."""
    return Counter(card["level"] for card in cards if card["kind"] == "volume" and card["begin"] >= since)

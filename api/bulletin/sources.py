"""How the sources were read in the week: a week that was not read is missing, not quiet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from api.bulletin.week import Week
from pipeline.alerts.counting import CAPPED, MISSING, Coverage
from pipeline.alerts.observation import moment_of, tick_of
from pipeline.store import Store
from pipeline.store.hourly import IMPORTED

KIND_ZH: Final = {
    "petition": "信访", "hotline": "热线", "weibo": "微博", "news": "新闻", "notice": "公告", "survey": "问卷",
}  # fmt: skip
CUT_ZH: Final = {
    "page_cap": "页数上限", "block": "被对方拒绝", "login_wall": "需要登录", "outage": "中断", "budget": "访问预算用尽",
    "out_of_order": "列表未按时间排列",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SourceRead:
    """One source: hours read to the end, cut short (what it brought is a lower bound) and not read, and why."""

    name: str
    whole: int
    capped: int
    missing: int
    reasons: tuple[str, ...]


def sources_of(store: Store, project_ids: Sequence[str], week: Week) -> list[SourceRead]:
    """The sources that ever delivered on these projects."""
    first, last = tick_of(week.begin), tick_of(week.end) - 1
    windows = [
        window for window in store.source_windows(moment_of(first)) if window.since is None or window.since < week.end
    ]
    coverage = Coverage(windows, store.imported_through(), first, last)
    asked = ("sources", tuple(project_ids))
    delivered: dict[str, set[str]] = store.kept_counts.of(asked, lambda: store.delivering_sources(project_ids))
    keys = sorted({key for found in delivered.values() for key in found})
    read = []
    for key in keys:
        hours = [coverage.at(key, tick) if key in coverage.sources else MISSING for tick in range(first, last + 1)]
        reasons = {window.cut_short for window in windows if window.source == key and window.cut_short}
        read.append(
            SourceRead(
                f"导入：{KIND_ZH[key.removeprefix(IMPORTED)]}" if key.startswith(IMPORTED) else key,
                len(hours) - hours.count(MISSING) - hours.count(CAPPED),
                hours.count(CAPPED),
                hours.count(MISSING),
                tuple(sorted(CUT_ZH.get(reason, reason) for reason in reasons)),
            )
        )
    return read

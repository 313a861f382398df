"""Charts for pages: the drawing, coloured by the style sheet, with its table, its words and its figures as CSV.

A drawing is made once for the same figures and kept; both looks, print and forced colours are one drawing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache, partial
from typing import Any, Final

from markupsafe import Markup

from api.charts import (
    Bar,
    Calibrated,
    Expected,
    Share,
    Stances,
    ahead_spec,
    bar_of,
    calibration_spec,
    factors_spec,
    histogram_spec,
    share_spec,
    sparkline_spec,
    stance_spec,
    svg,
    volume_spec,
)  # fmt: skip
from api.charts.counts import NOT_READ
from api.charts.stance import LINES, drawable
from api.charts.style import COLOURS
from api.console import formats
from api.console.i18n import Language, spoken
from api.console.words import word
from api.counting import Timeline
from api.policy import Figure

KEPT: Final = 512
"""Drawings in memory, 5 to 30 kB each."""
WIDE: Final = 400
MEANS: Final = {colour: part for part, colour in COLOURS.items()}
COLOURED: Final = re.compile(rf'(fill|stroke)="({"|".join(MEANS)})"')
PLOT: Final = re.compile(r'<svg[^>]*viewBox="0 0 (\d+)[^>]*>.*?translate\((\d+)', re.DOTALL)

Cell = str | int | float
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A chart as ``macros/chart.html`` shows it.

    ``heads`` and ``lines`` are its table; ``keys`` say what each shape means. ``days`` and ``plot`` let a pointer
    choose dates on it: the first day of each period and the one after the last, and where in the width the bars begin
    and end.
    A wide drawing fills its column, and scrolls inside it on a narrow screen.
    """

    svg: Markup
    alt: str
    heads: tuple[Any, ...]
    lines: tuple[tuple[Cell, ...], ...]
    keys: tuple[Key, ...] = ()
    days: tuple[str, ...] = ()
    plot: tuple[float, float] = (0.0, 1.0)
    wide: bool = True


class Charts:
    """The charts in one language."""

    def __init__(self, language: Language) -> None:
        self._language: Language = language
        self._: Callable[..., str] = partial(spoken, language)

    def volume(self, bars: Sequence[Bar]) -> Drawn:
        """Weekly volume beside its baseline."""
        _ = self._
        lines = tuple(
            (
                self._day(bar.first), self._number(bar),
                f"{bar.band[0]:.1f}" if bar.band else formats.NOTHING,
                f"{bar.band[1]}–{bar.band[2]}" if bar.band else formats.NOTHING,
            )
            for bar in bars
        )  # fmt: skip
        heads = (_("周（周一起）"), (_("数量"), "number"), (_("常态"), "number"), (_("90%% 区间"), "number"))
        keys = [("main", _("数量")), *self._bound_keys(bars)]
        if any(bar.band for bar in bars):
            keys += [("band", _("常态的 90%% 区间")), ("expected", _("常态"))]
        return self._drawn(volume_spec(bars), self._told(_("每周数量"), bars), heads, lines, keys)

    def histogram(self, timeline: Timeline) -> Drawn:
        """Documents over time, to choose dates from."""
        _ = self._
        bars = [bar_of(period.first, period.count) for period in timeline.periods]
        lines = tuple(
            (f"{self._day(period.first)}–{self._day(period.last)}" if period.last != period.first
             else self._day(period.first), self._number(bar))
            for period, bar in zip(timeline.periods, bars, strict=True)
        )  # fmt: skip
        days = [f"{bar.first:%Y-%m-%d}" for bar in bars]
        if timeline.periods:
            days.append(f"{timeline.periods[-1].last + timedelta(days=1):%Y-%m-%d}")
        heads = (_("时间"), (_("文本"), "number"))
        keys = self._bound_keys(bars)
        return self._drawn(histogram_spec(bars), self._told(_("文本按时间分布"), bars), heads, lines, keys, days)

    def ahead(self, days: Sequence[Expected]) -> Drawn:
        """The coming days with their intervals."""
        _ = self._
        lines = tuple(
            (self._day(one.day), one.median, f"{one.half[0]}–{one.half[1]}", f"{one.ninety[0]}–{one.ninety[1]}")
            for one in days
        )
        heads = (_("日期"), (_("中位"), "number"), (_("50%% 区间"), "number"), (_("90%% 区间"), "number"))
        keys = [("expected", _("中位")), ("interval", _("50%% 区间")), ("band", _("90%% 区间"))]
        most = max((one.ninety[1] for one in days), default=0)
        alt = _("未来 %(n)s 天每天新增负面诉求的预估：90%% 区间最高到 %(most)s", n=len(days), most=most)
        return self._drawn(ahead_spec(days), alt, heads, lines, keys)

    def sparkline(self, bars: Sequence[Bar]) -> Drawn:
        """The last days in a line of a table."""
        _ = self._
        lines = tuple((self._day(bar.first), self._number(bar)) for bar in bars)
        title = _("近 %(n)s 天", n=len(bars))
        heads = (_("日期"), (_("数量"), "number"))
        return self._drawn(sparkline_spec(bars), self._told(title, bars), heads, lines)

    def share(self, shares: Sequence[Share], title: str = "") -> Drawn:
        """A share over time with its 90 % interval."""
        _ = self._
        lines = tuple(
            (
                self._day(one.first), formats.percent(one.p),
                formats.percent_range(one.low, one.high) if one.p is not None else formats.NOTHING,
            )
            for one in shares
        )  # fmt: skip
        heads = (_("时间"), (_("占比"), "number"), (_("90%% 区间"), "number"))
        keys = [("line", _("占比")), ("interval", _("90%% 区间"))]
        known = [one.p for one in shares if one.p is not None]
        alt = title or _("负面占比")
        if known:
            span = {"low": formats.percent(min(known)), "high": formats.percent(max(known)), "what": alt}
            alt = _("%(what)s：最低 %(low)s，最高 %(high)s", **span)
        return self._drawn(share_spec(shares), alt, heads, lines, keys)

    def stance(self, periods: Sequence[Stances], milestones: Sequence[tuple[date, str]] = ()) -> Drawn:
        """Texts by stance, month by month, before all texts of the month, with numbered milestones."""
        _ = self._
        names = {code: word(self._, code, "stance") for code in LINES}
        heads = (_("月份"), (_("全部文本"), "number"), *((names[code], "number") for code in LINES))
        lines = tuple(
            (
                formats.day(f"{period.first:%Y-%m}", self._language), self._figure(period.total),
                *(self._figure(period.counts[code]) for code in LINES),
            )
            for period in periods
        )  # fmt: skip
        forms = {period.total.form if period.total else NOT_READ for period in periods}
        counts = [count for period in periods for count in period.counts.values() if count is not None]
        keys = [("total", _("全部文本"))]
        keys += [("total-bound", _("下限，来源未读完"))] if "at_least" in forms else []
        keys += [("total-few", _("少于最小显示数"))] if "less_than" in forms else []
        keys += [("gap", _("未读取"))] if NOT_READ in forms else []
        shown = {code for period in periods for code, one in period.counts.items() if one and drawable(one)}
        keys += [(f"line-{code}", names[code]) for code in LINES if code in shown]
        keys += (
            [("least", _("空心：至少这么多"))] if any(one.form == "at_least" and one.number for one in counts) else []
        )
        keys += [("rule", f"{at} {self._day(day)} {name}") for at, (day, name) in enumerate(milestones, 1)]
        spec = stance_spec(periods, [day for day, name in milestones])
        return self._drawn(spec, _("每月文本数和其中各类立场的文本数，连同项目节点"), heads, lines, keys)

    def calibration(self, bins: Sequence[Calibrated]) -> Drawn:
        """Stated probability against observed share."""
        _ = self._
        lines = tuple(
            (
                formats.percent(one.stated), formats.percent(one.observed), formats.percent_range(*one.interval),
                f"{one.cases:,}",
            )
            for one in bins
        )  # fmt: skip
        heads = (
            (_("给出的可能性"), "number"), (_("实际成立"), "number"), (_("90%% 区间"), "number"), (_("件数"), "number"),
        )  # fmt: skip
        keys = [("line", _("实际成立的比例")), ("interval", _("90%% 区间")), ("diagonal", _("完全一致"))]
        alt = _("横轴为给出的可能性，纵轴为实际成立的比例")
        return self._drawn(calibration_spec(bins), alt, heads, lines, keys)

    def factors(self, rows: Sequence[tuple[str, str, Figure]]) -> Drawn:
        """Texts by factor: code, name and count."""
        _ = self._
        bars = [bar_of(date.min, count) for _code, _name, count in rows]
        lines = tuple((code, name, formats.figure(count)) for code, name, count in rows)
        heads = (_("编号"), _("风险因素"), (_("文本"), "number"))
        keys = self._bound_keys(bars)
        spec = factors_spec([(code, count) for code, _name, count in rows])
        return self._drawn(spec, self._told(_("各风险因素的文本数"), bars), heads, lines, keys)

    def _drawn(
        self,
        spec: Mapping[str, Any],
        alt: str,
        heads: tuple[Any, ...],
        lines: tuple[tuple[Cell, ...], ...],
        keys: Sequence[Key] = (),
        days: Sequence[str] = (),
    ) -> Drawn:
        picture, plot = _picture(json.dumps(spec, sort_keys=True, separators=(",", ":")))
        return Drawn(Markup(picture), alt, heads, lines, tuple(keys), tuple(days), plot, spec["width"] > WIDE)

    def _bound_keys(self, bars: Sequence[Bar]) -> list[Key]:
        """Only what the drawing has is explained."""
        _ = self._
        there = {bar.form for bar in bars}
        keys = [("bound", _("下限，来源未读完"))] if "at_least" in there else []
        keys += [("few", _("少于最小显示数"))] if "less_than" in there else []
        return keys + ([("gap", _("未读取"))] if any(bar.sign == NOT_READ for bar in bars) else [])

    def _told(self, title: str, bars: Sequence[Bar]) -> str:
        """What somebody hears who does not see the picture; the numbers are in the table."""
        known = [bar for bar in bars if bar.form]
        if not known:
            return self._("%(title)s：没有可以显示的数字", title=title)
        most = max(known, key=lambda bar: (bar.value, bar.form == "exact"))
        return self._("%(title)s：最高 %(most)s", title=title, most=most.label)

    def _figure(self, count: Figure | None) -> str:
        return formats.figure(count) if count else self._("未读取")

    def _number(self, bar: Bar) -> str:
        return bar.label if bar.form else self._("未读取") if bar.sign == NOT_READ else formats.NOTHING

    def _day(self, day: date) -> str:
        return formats.day(day, self._language)


@lru_cache(maxsize=KEPT)
def _picture(spec: str) -> tuple[str, tuple[float, float]]:
    """The drawing of a specification, each part marked with what it is, and where its bars begin and end."""
    read = json.loads(spec)
    drawn = svg(read)
    drawn = COLOURED.sub(lambda found: f'{found[0]} data-{found[1]}="{MEANS[found[2]]}"', drawn)
    drawn = re.sub(r'<rect width="\d+" height="\d+" fill="white"/>', "", drawn, count=1)
    drawn = re.sub(r' aria-(label|roledescription)="[^"]*"| role="[^"]*"', "", drawn)  # the caption says it, in words
    drawn = drawn.replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)
    at = PLOT.search(drawn)
    width, left = (int(at[1]), int(at[2])) if at else (1, 0)
    return drawn, (round(left / width, 4), round(min((left + read["width"]) / width, 1.0), 4))


__all__ = ["Charts", "Drawn"]

"""T4 网络舆情分析表: what was found where and when, hidden as on screen; the judgement is a person's."""

from __future__ import annotations

from typing import Final

from api.counting import Facet, Timeline, whole
from api.finding import ABOUT
from api.tables import words
from api.tables.material import Material
from api.tables.sheet import HUMAN, QUOTED, Cell, Column, Table, rows_of
from index.query import Term
from models.taxonomy import taxonomy

COLUMNS = (Column("项目", width=20), Column("内容", width=110))
MOST: Final = 8
QUOTES: Final = 5
NOT_SUPPORT: Final = (
    "情感为文本的语气，不是对项目的支持或反对，更不是支持率、反对率；发声者自行选择，不能代表群众总体。"
)


def t4(material: Material) -> Table:
    """One row an item of the analysis."""
    found = material.found
    assert found.timeline is not None
    rows: list[tuple[Cell | str, ...]] = [
        ("监测时段", _span(found.timeline)),
        ("来源范围与限制", _sources(material)),
        (
            "信息量",
            f"关于本项目的文本 {words.figure(found.total)} 件，去除转发和相同文本后 {words.figure(found.origins)} 件",
        ),
        ("独立声音数", _voices(material)),
        ("主要议题", _listed(found.facets["category"], {c: one.name_zh for c, one in taxonomy().categories.items()})),
        ("情感分布", f"{_listed(found.facets['attitude'], words.ATTITUDE_ZH)}。{NOT_SUPPORT}"),
        ("诉求分布", _listed(found.facets["factor"], {c: f.name_zh for c, f in taxonomy().factors.items()})),
        ("首发与高峰", _first_and_peak(material, found.timeline)),
        ("权威回应", _replies(material)),
        ("信息缺口", _missing(material)),
        ("代表性原文（脱敏）", _quotes(material)),
        ("研判", HUMAN),
    ]
    return Table("T4", "网络舆情分析表", COLUMNS, rows_of(rows), (NOT_SUPPORT,))


def _listed(facet: Facet, names: dict[str, str]) -> str:
    parts = [f"{names.get(row.value, row.value)} {row.count}" for row in facet.rows[:MOST]]
    more = len(facet.rows) - MOST
    others = [f"其余 {more} 项"] if more > 0 else []
    others += ["其他（不列名）"] if facet.others is not None else []
    return "、".join([*parts, *others]) or "无"


def _span(timeline: Timeline) -> str:
    if not timeline.periods:
        return "无注明日期的文本"
    first, last = timeline.periods[0].first, timeline.periods[-1].last
    return f"{first} 至 {last}（按周，北京时间）；未注明日期 {timeline.undated} 件"


def _sources(material: Material) -> str:
    kinds = _listed(material.found.facets["source_kind"], words.KIND_ZH)
    cut = sorted({one.cut_short for one in material.store.windows() if one.cut_short})
    limits = f"有时段未读完（{'、'.join(words.CUT_ZH.get(one, one) for one in cut)}），数量为下限" if cut else ""
    return "；".join(filter(None, (kinds, limits, "各来源时段及截断见“方法与限制”")))


def _voices(material: Material) -> str:
    if material.found.total.form != "exact" or not material.found.total.number:
        return words.figure(material.found.total)
    heard = whole(material.office.ledgers.crowd(material.project.id, Term(ABOUT, (material.project.id,))))
    if heard.low == heard.high:
        return str(heard.low)
    return f"不少于 {heard.low}，不多于 {heard.high}（无账号的来源不能分辨是否同一人）"


def _first_and_peak(material: Material, timeline: Timeline) -> str:
    """Weeks, of which a number may be told; a week whose number is hidden is no peak that can be named."""
    told = [
        (one.count, one)
        for one in timeline.periods
        if one.count is not None and one.count.number and (one.count.form == "exact" or one.count.number > material.k)
    ]
    if not told:
        return "各周数量不足以显示"
    count, peak = max(told, key=lambda pair: (pair[0].number, -pair[1].first.toordinal()))
    return f"可显示数量的首周为 {told[0][1].first} 起一周；高峰为 {peak.first} 起一周（{count} 件）"


def _replies(material: Material) -> str:
    numbers = [one.number for one in material.annex if one.kind == "official_reply"]
    return f"见 {'、'.join(dict.fromkeys(numbers))}" if numbers else "所查来源中未见与诉求关联的官方答复"


def _missing(material: Material) -> str:
    kinds = {row.value for row in material.found.facets["source_kind"].rows}
    absent = [name for kind, name in words.KIND_ZH.items() if kind not in kinds and kind != "survey"]
    timeline = material.found.timeline
    unread = [one for one in timeline.periods if one.coverage == "missing"] if timeline else []
    groups = material.groups_not_heard
    parts = [
        f"未听到或声音不足的群体：{'、'.join(groups)}" if groups else "应听取群体的缺口见“方法与限制”",
        f"没有文本或不足以列名的来源类别：{'、'.join(absent)}" if absent else "",
        f"{len(unread)} 周未读取任何来源" if unread else "",
        "未听到不等于没有意见，沉默不等于同意",
    ]
    return "；".join(part for part in parts if part)


def _quotes(material: Material) -> Cell:
    chosen = [quote for point in material.points for quote in material.quotes(point, 1)][:QUOTES]
    if not chosen:
        return Cell("没有可引用的原文（须有足够独立声音，或为新闻、官方文本）")
    text = "；".join(f"{QUOTED.format(quote)}（{number}）" for quote, number in chosen)
    return Cell(text, tuple(quote for quote, _ in chosen))

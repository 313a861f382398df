"""T3 利益相关者诉求清单 and T9 意见采纳情况表: what was demanded, and the blank cells for what became of it."""

from __future__ import annotations

from api.tables import words
from api.tables.answers import CLOCK_NOTE, answered
from api.tables.material import Material, Point
from api.tables.sheet import HUMAN, QUOTED, Cell, Column, Table, rows_of
from pipeline.records import AffectedRange

T3_COLUMNS = (
    Column("序号", width=6), Column("利益相关者类别", width=18), Column("诉求内容（摘要）", width=40),
    Column("涉及地点", width=18), Column("涉及范围（户/人，下限-上限）", width=18), Column("对应风险因素", width=22),
    Column("诉求性质（合理/部分合理/待核/不合理）", "human", 16), Column("提出时间段", width=16),
    Column("来源类别与条数", width=20), Column("独立声音数", width=12), Column("已有答复", width=26),
    Column("处置建议", "human", 24), Column("证据编号", width=18), Column("确认状态", width=14),
)  # fmt: skip
T9_COLUMNS = (
    Column("序号", width=6), Column("意见", width=48), Column("来源类别", width=18), Column("提出时间段", width=16),
    Column("是否采纳", "human", 12), Column("理由", "human", 40), Column("证据编号", width=20),
    Column("确认状态", width=14),
)  # fmt: skip
ONE_TEXT = "涉及范围取单件文本所述的最大下限，不同文本的数字从不相加；未写明即为未知。"
VOICES = "独立声音数为上下限：无账号的来源不能分辨是否同一人，同一人在两个平台计为两个声音；转发和相同文本只计一次。"
ADOPTION = "《重大行政决策程序暂行条例》要求记录意见及采纳情况；是否采纳及理由由决策承办单位填写，本系统不作建议。"


def t3(material: Material) -> Table:
    """One row a risk point."""
    rows = [
        (
            str(number), material.groups_of(point), demand(material, point), _places(material, point),
            _affected(material, point), words.factor(point.candidate.factor), HUMAN, period(point), _sources(point),
            voices(material, point), answered(material, point), HUMAN, point.numbers("for"), state(point),
        )
        for number, point in enumerate(material.points, start=1)
    ]  # fmt: skip
    return Table("T3", "利益相关者诉求清单", T3_COLUMNS, rows_of(rows), (ONE_TEXT, VOICES, CLOCK_NOTE))


def t9(material: Material) -> Table:
    """One row an opinion on a risk factor, and one where opinion in favour may be told."""
    rows: list[tuple[Cell | str, ...]] = []
    for point in material.points:
        rows.append((demand(material, point), kinds(point), period(point), HUMAN, HUMAN, point.numbers("for"),
                     state(point)))  # fmt: skip
        favour = [one for one in point.passages if one.kind == "support" and one.quote]
        if favour:
            quoted = tuple(one.quote for one in favour[:2] if one.quote)
            text = f"就“{words.factor(point.candidate.factor)}”表示支持：" + "；".join(map(QUOTED.format, quoted))
            numbers = "、".join(one.number for one in favour)
            rows.append((Cell(text, quoted), "见附件", "—", HUMAN, HUMAN, numbers, state(point)))
    numbered = [(str(number), *row) for number, row in enumerate(rows, start=1)]
    return Table("T9", "意见采纳情况表", T9_COLUMNS, rows_of(numbered), (ADOPTION,))


def demand(material: Material, point: Point) -> Cell:
    """The matter in quoted words and what is demanded; where few spoke, the factor alone (P-07)."""
    quote, quoted = point.title
    name = words.factor(point.candidate.factor)
    asked = words.remedies(point.candidate.remedies)
    wanted = f"；要求：{asked}" if asked else ""
    if not quote:
        return Cell(f"{name}（声音不足{material.k}个，仅列因素）{wanted}")
    return Cell(f"{quote}{wanted}", quoted)


def period(point: Point) -> str:
    """From when to when it was said: days where k voices stand behind it, months else."""
    told = words.day if point.enough else words.month
    first, last = told(point.candidate.first_seen), told(point.candidate.last_seen)
    return first if first == last else f"{first} 至 {last}"


def voices(material: Material, point: Point) -> str:
    """Distinct voices, as a range where they cannot be told apart."""
    if not point.enough:
        return f"<{material.k}"
    low, high = point.candidate.counts.voices_low, point.candidate.counts.voices_high
    return str(low) if low == high else f"{low}–{high}"


def kinds(point: Point) -> str:
    """Kinds of source, as far as they may be named."""
    shown = point.counted.shown()["by_source_kind"]
    return "、".join(words.KIND_ZH.get(kind, kind) for kind in shown) or "不显示"


def state(point: Point) -> str:
    """Whether a person has accepted it (P-23)."""
    return "已由人工采信" if point.accepted else "候选，未经人工确认"


def _sources(point: Point) -> str:
    shown = point.counted.shown()
    parts = [f"{words.KIND_ZH.get(kind, kind)} {words.count(one)}" for kind, one in shown["by_source_kind"].items()]
    return "、".join([*parts, f"合计 {words.count(shown['documents'])}"])


def _places(material: Material, point: Point) -> Cell:
    if not point.enough:
        return Cell(f"（声音不足{material.k}个，不列）")
    places = tuple(dict.fromkeys(point.card["places"]))
    return Cell("、".join(places) or "文中未写明", places)


def _affected(material: Material, point: Point) -> str:
    if not point.enough:
        return f"（声音不足{material.k}个，不列）"
    return _range(point.candidate.affected) if point.candidate.affected else "文中未写明"


def _range(stated: AffectedRange) -> str:
    unit = words.UNIT_ZH.get(stated.unit, stated.unit)
    if stated.max is None:
        return f"{stated.min} {unit}以上"
    return f"{stated.min} {unit}" if stated.min == stated.max else f"{stated.min}–{stated.max} {unit}"

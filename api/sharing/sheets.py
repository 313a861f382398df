"""What is given out under a contract, as a workbook; the same writer as for the assessor's tables."""

from __future__ import annotations

from typing import Any

from api.share_desk import LIMITS, Given
from api.tables import words
from api.tables.sheet import Cell, Column, Table, rows_of
from api.tables.xlsx import sheets

NUMBERS = (Column("表", width=20), Column("值", width=36), Column("件数", width=12))
POINTS = (
    Column("风险点", width=28), Column("风险因素", width=26), Column("状态", width=14), Column("引文", width=60),
    Column("件数", width=10), Column("首见月", width=12), Column("末见月", width=12), Column("建议单位", width=30),
)  # fmt: skip
PASSAGES = (
    Column("风险点", width=28), Column("编号", width=8), Column("方向", width=16), Column("文档编号", width=28),
    Column("起", width=8), Column("止", width=8), Column("引文", width=70),
)  # fmt: skip
TABLE_ZH = {
    "total": "合计", "source_kind": "来源类别", "attitude": "情感", "category": "因素类别", "factor": "风险因素",
    "county": "县（区）", "township": "乡镇（街道）", "month": "月份",
}  # fmt: skip


def shared_sheets(given: Given) -> bytes:
    """The workbook; texts are inert, and it bears the moment of the release."""
    share, release = given.share, given.release
    title = f"{given.project.name_zh}　数据共享 {share.id}"
    terms = (
        f"接收单位 {share.grantee_unit}（{share.grantee}），用途 {share.purpose}，"
        f"层级 {release.level}，形式 {release.form}，"
        f"有效期至 {words.day(share.valid_until)}；本次编号 {release.id}"
    )
    numbers = [(TABLE_ZH.get(one.table, one.table), one.value, str(one.figure)) for one in given.numbers]
    tables = [Table("S1", "数量", NUMBERS, rows_of(numbers))] if numbers else []
    if release.level != "aggregates":
        empty = "暂无经人工采信的风险点。"
        tables.append(Table("S2", "风险点", POINTS, rows_of(map(_point, given.points)), empty=empty))
    if release.level == "evidence":
        passages = [row for point in given.points for row in _passages(point)]
        tables.append(Table("S3", "证据段落", PASSAGES, rows_of(passages), empty="没有可列出的段落。"))
    return sheets(title, terms, release.at, tables, (("限制", LIMITS),))


def _point(point: dict[str, Any]) -> tuple[Cell | str, ...]:
    quotes = tuple(point["quotes"])
    return (
        point["id"], point["factor_name"], point["state"], Cell("；".join(quotes), quotes),
        words.count(point["documents"]), point["first_month"] or "未注明", point["last_month"] or "未注明",
        "、".join(point["proposed_unit_names"]),
    )  # fmt: skip


def _passages(point: dict[str, Any]) -> list[tuple[Cell | str, ...]]:
    return [
        (
            point["id"], one["number"], words.COUNTER_ZH.get(one["kind"], one["kind"]), one["document_id"],
            str(one["start"]), str(one["end"]), Cell(one["quote"], (one["quote"],)),
        )
        for one in point["evidence"]
    ]  # fmt: skip

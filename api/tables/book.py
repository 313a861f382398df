"""The book of tables for one project: the tables that are asked for, the annex of evidence, method and limits."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, get_args

from api.policy.wording import without_control
from api.tables import words
from api.tables.demands import t3, t9
from api.tables.factors import t5, t6, t7
from api.tables.material import Material, Passage
from api.tables.method import method_of
from api.tables.opinion import t4
from api.tables.sheet import Cell, Column, Table, rows_of
from pipeline.office import Office
from pipeline.records import DecisionProject

TableName = Literal["T3", "T4", "T5", "T6", "T7", "T9"]
TABLES: Final[tuple[TableName, ...]] = get_args(TableName)
MAKERS: Final[dict[TableName, Callable[[Material], Table]]] = {
    "T3": t3, "T4": t4, "T5": t5, "T6": t6, "T7": t7, "T9": t9,
}  # fmt: skip
ANNEX_COLUMNS = (
    Column("证据编号", width=10), Column("风险因素", width=26), Column("方向", width=16), Column("文档编号", width=28),
    Column("起", width=8), Column("止", width=8), Column("引文（脱敏，略去句尾）", width=70),
)  # fmt: skip
LEGEND: Final = "未标注的栏由系统据证据提出，供核对；【人工】栏留空，由评估人员填写；【计算】栏由人工填写的数值计算。"
DRAFT: Final = "工作底稿：含未经人工确认的候选，不得作为报告附表使用。"
NOT_QUOTED: Final = "（不引用）"


@dataclass(frozen=True, slots=True)
class Book:
    """Everything that is set: on sheets or on paper, the same words. ``as_of`` is the moment of the data."""

    project: DecisionProject
    title: str
    subtitle: str
    as_of: datetime
    tables: tuple[Table, ...]
    annex: Table
    method: tuple[tuple[str, tuple[str, ...]], ...]


def book_of(office: Office, project: DecisionProject, tables: Sequence[TableName], *, candidates: bool = False) -> Book:
    """The tables in their order, each checked for wording and for blank cells of people.

    ``candidates`` adds what nobody has accepted yet and makes the book a working paper. Raises ControlWording (E833)
    where a name of the registry proposes control, Incomplete (E691).
    """
    material = Material(office, project, candidates=candidates)
    made = tuple(MAKERS[name](material).checked() for name in TABLES if name in tables)
    method = method_of(material)
    for heading, lines in method:
        for line in (heading, *lines):
            without_control(line)
    return Book(
        project=project,
        title=without_control(f"{project.name_zh}　社会稳定风险评估附表"),
        subtitle=f"数据截至 {words.day(material.as_of)}　{DRAFT if candidates else LEGEND}",
        as_of=material.as_of,
        tables=made,
        annex=_annex(material.annex),
        method=method,
    )


def _annex(passages: Sequence[Passage]) -> Table:
    rows = [
        (
            one.number, words.factor(one.factor), words.COUNTER_ZH.get(one.kind, one.kind), one.document_id,
            str(one.start), str(one.end), Cell(one.quote, (one.quote,)) if one.quote else NOT_QUOTED,
        )
        for one in passages
    ]  # fmt: skip
    note = "起止为脱敏后文本（标题、换行、正文）的字符序号，含起不含止；每个风险点最多列10段，其余在系统内打开。"
    return Table("附件", "证据附件", ANNEX_COLUMNS, rows_of(rows), (note,), "没有可列出的段落。").checked()

"""What a search found, taken away: counts as on the page, and of the texts a trimmed quote each (P-08, P-29).

Less leaves than is read on the page. A row of somebody's text is taken along only where k voices stand behind what was
found and its number may be told; what authorities and media published is taken along always. A row says a channel, a
factor or a month only where the table of counts tells that number: rows that are counted tell nothing that is hidden.
Posts are not quoted: whoever searches the web for their words finds the account (P-08, P-27).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from api.counting import Facet, FacetName, Interval
from api.desk import Desk
from api.finding import Beside, Finder, Found, FoundText
from api.policy import Figure, is_published, trimmed
from api.policy.wording import ON_VOICES
from api.tables.sheet import QUOTED, Cell, Column, Table, rows_of
from api.tables.words import ATTITUDE_ZH, KIND_ZH
from api.tables.xlsx import sheets
from index import Search
from index.days import BEIJING
from models.gazetteer import gazetteer
from models.taxonomy import taxonomy
from pipeline.records import Document, Evidence, Quote

Part = Literal["texts", "facets", "timeline"]
MOST: Final = 500
"""Texts in one export; a search that finds more is narrowed first."""
BEFORE, QUOTED_LENGTH = 20, 80
UNDER_A_NAME: Final = frozenset({"post", "comment"})
"""Genres that stand on the web under their author's account."""
FACETS: Final[tuple[FacetName, ...]] = (
    "source_kind", "attitude", "genre", "category", "factor", "stakeholder", "county", "escalation",
)  # fmt: skip
NAMES: Final[Mapping[str, str]] = {
    "source_kind": "来源类别", "attitude": "态度", "genre": "体裁", "category": "因素类别", "factor": "风险因素",
    "stakeholder": "群体", "county": "县区", "escalation": "激化程度",
}  # fmt: skip
GENRE_ZH: Final[Mapping[str, str]] = {
    "petition": "信访件", "post": "帖子", "news": "报道", "reply": "答复", "notice": "公告", "comment": "评论",
}  # fmt: skip
COVERAGE_ZH: Final[Mapping[str, str]] = {
    "complete": "已读完", "lower_bound": "下限", "missing": "未读", "unknown": "不明",
}  # fmt: skip


@dataclass(frozen=True)
class Taken:
    """An export: its tables by part, and all of them with their limits as a workbook."""

    tables: Mapping[Part, Table]
    workbook: bytes


class SearchExportDesk(Desk):
    """One reader who takes what a search found away. Every export is an audit event."""

    def export(self, project_id: str, purpose: str | None, search: Search, interval: Interval = "week") -> Taken:
        """The texts, counts and periods of a search. Raises Denied, NotFound or QueryError."""
        with self._asked("documents.export", purpose, project_id, "search") as project:
            finder = Finder(self._office.ledgers, project.id, self._k)
            asked = dataclasses.replace(search, size=MOST, after=None, highlight=True)
            found = finder.find(asked, Beside(FACETS, values=1000, histogram=interval))
            months = finder.find(dataclasses.replace(asked, size=0), Beside(histogram="month"))
            documents = self._office.store.documents_by_id(text.hit.id for text in found.texts)
            tables: dict[Part, Table] = {
                "texts": _texts(found, documents, _Told.of(found, months)).checked(),
                "facets": _counts(found).checked(),
                "timeline": _periods(found).checked(),
            }
            title, now = f"{project.name_zh}　检索结果", self._office.store.clock()
            subtitle = f"导出时间 {now.astimezone(BEIJING):%Y-%m-%d %H:%M}（北京时间）；数量与页面一致。"
            return Taken(tables, sheets(title, subtitle, now, list(tables.values()), _limits(self._k)))


@dataclass(frozen=True)
class _Told:
    """The values whose numbers the tables of counts tell."""

    rows: bool
    kinds: frozenset[str]
    factors: frozenset[str]
    months: frozenset[date]

    @classmethod
    def of(cls, found: Found, months: Found) -> _Told:
        """What a search tells of channels, factors and months."""
        periods = months.timeline.periods if months.timeline else ()
        return cls(
            found.total.form == "exact",
            _exact(found.facets["source_kind"]),
            _exact(found.facets["factor"]),
            frozenset(one.first for one in periods if one.count and one.count.form == "exact"),
        )


def _exact(facet: Facet) -> frozenset[str]:
    return frozenset(row.value for row in facet.rows if row.count.form == "exact")


def _texts(found: Found, documents: Mapping[str, Document], told: _Told) -> Table:
    leaving = [one for one in found.texts if one.hit.id in documents and _leaves(documents[one.hit.id], told)]
    rows = [_row(f"S{number:03d}", one, documents[one.hit.id], told) for number, one in enumerate(leaving, 1)]
    columns = (
        Column("编号", width=8), Column("文档编号", width=28), Column("发布", width=12), Column("来源类别", width=8),
        Column("风险因素", width=36), Column("摘句", width=80),
    )  # fmt: skip
    notes = [f"共找到 {found.total} 条。群众文本只写到月；来源类别、因素、月份的数量不显示的，逐条也不写。"]
    if any(documents[one.hit.id].genre in UNDER_A_NAME for one in leaving):
        notes.append("帖子和评论凭原句能在网上查到账号，不摘句；请凭文档编号在系统内查看。")
    if not told.rows:
        notes.append("找到的文本涉及的声音不足，或数量会透露少数人的情况：只列新闻和官方文本，其余请在系统内查看。")
    if found.next_cursor:
        notes.append(f"只看前 {MOST} 条；请缩小范围后分次导出。")
    return Table("S1", "检索文本", columns, rows_of(rows), tuple(notes), "没有可以列出的文本。")


def _leaves(document: Document, told: _Told) -> bool:
    return not document.tombstone and (told.rows or is_published(document))


def _row(number: str, text: FoundText, document: Document, told: _Told) -> tuple[Cell | str, ...]:
    known, public = taxonomy().factors, is_published(document)
    factors = [code for code in text.hit.entry.factors if code in known and (public or code in told.factors)]
    kind = document.source_kind if public or document.source_kind in told.kinds else ""
    return (
        number,
        document.id,
        _when(document, told),
        KIND_ZH.get(kind, kind),
        "、".join(known[code].name_zh for code in factors),
        _quote(text, document),
    )


def _when(document: Document, told: _Told) -> str:
    """The day of what was published; of what somebody wrote the month."""
    if document.published_at is None:
        return ""
    day = document.published_at.astimezone(BEIJING).date()
    if is_published(document):
        return f"{day:%Y-%m-%d}"
    return f"{day:%Y-%m}" if day.replace(day=1) in told.months else ""


def _quote(text: FoundText, document: Document) -> Cell:
    """The first passage that was found with the words around it, trimmed (P-08); else how the text begins."""
    if document.genre in UNDER_A_NAME:
        return Cell()
    length, begin = len(document.text), len(document.title) + 1
    start = max(0, text.hit.highlights[0][0] - BEFORE) if text.hit.highlights else begin
    end = min(length, start + QUOTED_LENGTH)
    if start >= end:
        return Cell()
    quote = Quote.of(Evidence(document_id=document.id, start=start, end=end), document)
    words = trimmed(quote.text).replace("\n", " ")
    return Cell(QUOTED.format(words), (words,)) if words else Cell()


def _counts(found: Found) -> Table:
    rows: list[tuple[Cell | str, ...]] = [("合计", "", str(found.total))]
    for name, facet in found.facets.items():
        rows += [(NAMES[name], _name(name, row.value), str(row.count)) for row in facet.rows]
        rows += [(NAMES[name], "其他", str(facet.others))] if facet.others else []
    columns = (Column("分类", width=14), Column("取值", width=36), Column("文本数", width=12))
    return Table("S2", "数量", columns, rows_of(rows), ("“<”为声音不足，“≥”为不显示具体数。",))


def _name(facet: str, value: str) -> str:
    known = taxonomy()
    match facet:
        case "factor":
            return known.factors[value].name_zh
        case "category" if value in known.categories:
            return known.categories[value].name_zh
        case "stakeholder" if value in known.stakeholders:
            return known.stakeholders[value].name_zh
        case "county" if value in gazetteer().by_code:
            return gazetteer().by_code[value].name
    lists: Mapping[str, Mapping[str, str]] = {"source_kind": KIND_ZH, "attitude": ATTITUDE_ZH, "genre": GENRE_ZH}
    return lists.get(facet, {}).get(value, value)


def _periods(found: Found) -> Table:
    rows = [
        (f"{one.first:%Y-%m-%d}", f"{one.last:%Y-%m-%d}", _said(one.count), COVERAGE_ZH[one.coverage])
        for one in (found.timeline.periods if found.timeline else ())
    ]
    columns = (Column("起"), Column("止"), Column("文本数"), Column("覆盖"))
    return Table("S3", "按时间", columns, rows_of(rows), ("北京时间，周从周一起。",), "没有可以列出的时段。")


def _said(count: Figure | None) -> str:
    return "未读" if count is None else str(count)


def _limits(k: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    lines = (
        f"数量按不同声音控制显示：“<{k}”为不足{k}个声音，“≥{k}”为不显示具体数；与系统页面一致。",
        "引文已脱敏、不超过80字、略去句尾、不附链接，且须有足够独立声音或为新闻、官方文本。",
        ON_VOICES,
        "未见不等于没有，沉默不等于同意。未读完的时段，数量为下限。",
        "评估对象是决策事项，不是反映人：本表不得用于识别、联系或追究任何人。",
    )
    return (("限制", lines),)

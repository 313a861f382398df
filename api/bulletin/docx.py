"""The bulletin as a Word document: the office's fonts (仿宋, 黑体), real headings and tables, charts as pictures."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Any, Final

from docx import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from api.bulletin import words
from api.bulletin.content import Bulletin
from api.charts import png, volume_spec
from api.policy.wording import without_control

BODY_FONT: Final = "仿宋"
HEAD_FONT: Final = "黑体"
LATIN_FONT: Final = "Times New Roman"
RED: Final = RGBColor(0x8C, 0x1D, 0x18)
GREY: Final = RGBColor(0x55, 0x60, 0x6B)


def docx(bulletin: Bulletin) -> bytes:
    """Raises ControlWording (E833) where a name of the registry proposes control."""
    paper = _Paper(bulletin)
    paper.heading(words.TITLE, 0)
    paper.small(words.subtitle(bulletin), centred=True)
    paper.text(words.summary(bulletin))
    paper.heading("一、分级情况", 1)
    paper.table(words.REGION_HEADS, words.region_rows(bulletin))
    paper.heading("二、分项目情况", 1)
    paper.small(words.CHART_KEY)
    for at in range(len(bulletin.projects)):
        paper.project(at)
    paper.heading("三、转办情况（按单位）", 1)
    paper.table(words.DISPATCH_HEADS, words.dispatch_rows(bulletin), words.NONE_RECORDED)
    paper.heading("四、超过法定时限未见答复（按单位）", 1)
    paper.table(words.CLOCK_HEADS, words.clock_rows(bulletin), words.NO_PETITION)
    paper.small(words.CLOCK_NOTE)
    paper.heading("五、来源与缺口", 1)
    paper.table(words.SOURCE_HEADS, words.source_rows(bulletin), words.NO_SOURCE)
    if bulletin.late:
        paper.text(words.late(bulletin))
    paper.heading("六、说明", 1)
    for line in words.limits(bulletin):
        paper.text(line, style="List Bullet")
    paper.small(f"生成时间：{bulletin.made_at.astimezone(bulletin.week.begin.tzinfo):%Y-%m-%d %H:%M}")
    return paper.saved()


class _Paper:
    """A document that grows from top to bottom; every text is checked as it is set."""

    def __init__(self, bulletin: Bulletin) -> None:
        self._bulletin, self._document = bulletin, Document()
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.6)
        section.top_margin = section.bottom_margin = Cm(2.5)
        properties = self._document.core_properties
        properties.author, properties.title = "民意", f"{words.TITLE} {bulletin.week.name}"
        properties.created = properties.modified = bulletin.made_at
        self._style("Normal", BODY_FONT, 12)
        for level, size in ((1, 15), (2, 13)):
            self._style(f"Heading {level}", HEAD_FONT, size)
        self._style("Title", HEAD_FONT, 20, RED)

    def heading(self, text: str, level: int) -> None:
        paragraph = self._document.add_heading(without_control(text), level)
        if level == 0:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def text(self, text: str, style: str | None = None) -> None:
        self._document.add_paragraph(without_control(text), style)

    def small(self, text: str, *, centred: bool = False) -> None:
        paragraph = self._document.add_paragraph()
        run = paragraph.add_run(without_control(text))
        run.font.size, run.font.color.rgb = Pt(9), GREY
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def project(self, at: int) -> None:
        part = self._bulletin.projects[at]
        self.heading(part.name, 2)
        self.small("　".join(filter(None, (part.region, part.stage))))
        self.text(words.volume(part))
        if part.bars:
            self._document.add_picture(io.BytesIO(png(volume_spec(part.bars))), width=Cm(15.5))
            self._describe_picture(f"{part.name}近八周每周新增负面诉求")
        if not part.incidents:
            self.text(f"预警事件：{words.NO_INCIDENT}")
        for line in part.incidents:
            self.text(line, style="List Bullet")
        self.table(words.POINT_HEADS, words.point_rows(self._bulletin, at), f"风险点：{words.NO_POINT}")

    def table(self, heads: Sequence[str], rows: Sequence[Sequence[str]], empty: str = "无。") -> None:
        if not rows:
            self.text(empty)
            return
        table = self._document.add_table(rows=1, cols=len(heads), style="Table Grid")
        for cell, head in zip(table.rows[0].cells, heads, strict=True):
            _fill(cell, head, bold=True)
        _repeat_on_every_page(table.rows[0])
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                _fill(cell, without_control(text))
        self._document.add_paragraph().paragraph_format.space_after = Pt(2)

    def saved(self) -> bytes:
        file = io.BytesIO()
        self._document.save(file)
        return file.getvalue()

    def _describe_picture(self, text: str) -> None:
        self._document.inline_shapes[-1]._inline.docPr.set("descr", text)

    def _style(self, name: str, font: str, size: float, colour: RGBColor | None = None) -> None:
        style = self._document.styles[name]
        style.font.name, style.font.size = LATIN_FONT, Pt(size)
        style.font.color.rgb = colour or RGBColor(0, 0, 0)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for attribute in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(attribute), None)
        fonts.set(qn("w:ascii"), LATIN_FONT)
        fonts.set(qn("w:hAnsi"), LATIN_FONT)
        fonts.set(qn("w:eastAsia"), font)


def _fill(cell: Any, text: str, *, bold: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold, Pt(9.5)
    paragraph.paragraph_format.space_after = Pt(0)


def _repeat_on_every_page(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)

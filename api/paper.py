"""A Word document in the office's fonts (仿宋, 黑体), with real headings and tables, that grows from top to bottom."""

from __future__ import annotations

import io
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Final

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from api.policy.wording import without_control

BODY_FONT: Final = "仿宋"
HEAD_FONT: Final = "黑体"
LATIN_FONT: Final = "Times New Roman"
RED: Final = RGBColor(0x8C, 0x1D, 0x18)
GREY: Final = RGBColor(0x55, 0x60, 0x6B)


class Paper:
    """The document; every text is checked as it is set (P-16), unless it was checked before."""

    def __init__(
        self, title: str, made_at: datetime, *, across: bool = False, checked: Callable[[str], str] = without_control
    ) -> None:
        """``across`` lays the page on its side, for wide tables."""
        self._document, self._checked = Document(), checked
        section = self._document.sections[0]
        section.page_width, section.page_height = (Cm(29.7), Cm(21)) if across else (Cm(21), Cm(29.7))
        if across:
            section.orientation = WD_ORIENT.LANDSCAPE
        section.left_margin = section.right_margin = Cm(1.8 if across else 2.6)
        section.top_margin = section.bottom_margin = Cm(2.5)
        properties = self._document.core_properties
        properties.author, properties.title = "民意", title
        properties.created = properties.modified = made_at
        self._style("Normal", BODY_FONT, 12)
        for level, size in ((1, 15), (2, 13)):
            self._style(f"Heading {level}", HEAD_FONT, size)
        self._style("Title", HEAD_FONT, 20, RED)

    def heading(self, text: str, level: int) -> None:
        """A heading; level 0 is the title."""
        paragraph = self._document.add_heading(self._checked(text), level)
        if level == 0:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def text(self, text: str, style: str | None = None) -> None:
        """A paragraph."""
        self._document.add_paragraph(self._checked(text), style)

    def small(self, text: str, *, centred: bool = False) -> None:
        """A paragraph in small grey letters."""
        paragraph = self._document.add_paragraph()
        run = paragraph.add_run(self._checked(text))
        run.font.size, run.font.color.rgb = Pt(9), GREY
        if centred:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER

    def table(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[str]],
        empty: str = "无。",
        shaded: Callable[[int, int], bool] = lambda row, column: False,
    ) -> None:
        """A table whose heads are repeated on every page; ``shaded`` says which cells wait for a person."""
        if not rows:
            self.text(empty)
            return
        table = self._document.add_table(rows=1, cols=len(heads), style="Table Grid")
        for cell, head in zip(table.rows[0].cells, heads, strict=True):
            _fill(cell, head, bold=True)
        _repeat_on_every_page(table.rows[0])
        for number, row in enumerate(rows):
            for at, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
                _fill(cell, self._checked(text))
                if shaded(number, at):
                    _shade(cell)
        self._document.add_paragraph().paragraph_format.space_after = Pt(2)

    def new_page(self) -> None:
        """What follows begins on a page of its own."""
        self._document.add_paragraph().add_run().add_break(WD_BREAK.PAGE)

    def saved(self) -> bytes:
        """The file."""
        file = io.BytesIO()
        self._document.save(file)
        return file.getvalue()

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


def _shade(cell: Any) -> None:
    mark = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", "FFF6D5")):
        mark.set(qn(f"w:{name}"), value)
    cell._tc.get_or_add_tcPr().append(mark)


def _repeat_on_every_page(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)

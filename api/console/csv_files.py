"""The figures of a chart or table as a CSV file that spreadsheets open without running anything."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from fastapi import Response

MARK: Final = "\ufeff"
"""Lets spreadsheets read the Chinese in it."""
STARTS_FORMULA: Final = re.compile(r"^\s*[=+\-@\t\r＝＋－＠]")
NUMBER: Final = re.compile(r"^-?\d[\d,.]*$")


def csv_file(heads: Sequence[Any], lines: Iterable[Sequence[Any]], name: str) -> Response:
    """A download called ``name``.csv; heads may be those of ``macros/table.html``."""
    written = io.StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([harmless(head if isinstance(head, str) else head[0]) for head in heads])
    writer.writerows([harmless(cell) for cell in line] for line in lines)
    return Response(
        (MARK + written.getvalue()).encode(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
    )


def harmless(cell: Any) -> str:
    """A cell as text; what a spreadsheet would take for a formula gets an apostrophe in front, numbers do not."""
    text = "" if cell is None else str(cell)
    return f"'{text}" if STARTS_FORMULA.match(text) and not NUMBER.match(text) else text

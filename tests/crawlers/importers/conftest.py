"""A registry desk (登记台): it writes the files that offices send, and imports them."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from crawlers.importers import Bad, Good, ImportOptions, open_source
from pipeline.raw import RawItem

TODAY = datetime(2024, 3, 1, 12, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


class Desk:
    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def csv(
        self, rows: Iterable[Sequence[Any]], name: str = "letters.csv", encoding: str = "utf-8", delimiter: str = ","
    ) -> Path:
        path = self.folder / name
        with path.open("w", encoding=encoding, newline="") as stream:
            csv.writer(stream, delimiter=delimiter).writerows(rows)
        return path

    def text(self, text: str, name: str = "letters.csv", encoding: str = "utf-8") -> Path:
        return self.bytes(text.encode(encoding), name)

    def bytes(self, data: bytes, name: str) -> Path:
        path = self.folder / name
        path.write_bytes(data)
        return path

    def jsonl(self, rows: Iterable[dict[str, Any]], name: str = "letters.jsonl") -> Path:
        return self.text("".join(json.dumps(row, ensure_ascii=True) + "\n" for row in rows), name)

    def xlsx(self, sheets: dict[str, Iterable[Sequence[Any]]], name: str = "register.xlsx") -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for title, rows in sheets.items():
            sheet = book.create_sheet(title)
            for row in rows:
                sheet.append(list(row))
        path = self.folder / name
        book.save(path)
        return path

    def rows(self, path: Path, **options: Any) -> list[Good | Bad]:
        return list(open_source(path, ImportOptions(now=TODAY, **options)))

    def good(self, path: Path, **options: Any) -> list[RawItem]:
        rows = self.rows(path, **options)
        assert [row for row in rows if isinstance(row, Bad)] == []
        return [item for row in rows if isinstance(row, Good) for item in row.items]

    def bad(self, path: Path, **options: Any) -> list[Bad]:
        return [row for row in self.rows(path, **options) if isinstance(row, Bad)]

    def bodies(self, path: Path, **options: Any) -> list[str]:
        return [item.body for row in self.rows(path, **options) if isinstance(row, Good) for item in row.items]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)

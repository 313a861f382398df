"""JSON lines: one object a line, whose field names are recognised like column headers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any, Final, TextIO

from crawlers.importers.encoding import encoding_of
from crawlers.importers.files import File, OpenFile, size_of
from crawlers.importers.options import ImportOptions, ImportRefused, NoTextColumn
from crawlers.importers.outcomes import MAX_CELL, TOO_LARGE, Bad, Cell, Cells, Column, Unreadable
from crawlers.importers.personal import LONGEST_HEADER
from crawlers.importers.plan import ColumnPlan, checked_mapping

_SAMPLE: Final = 200
"""Lines from which the columns are planned; a field that comes later is planned when it comes."""
LINE_LIMIT: Final = 8 * MAX_CELL
_PIECE: Final = 1 << 16


class JsonLinesReader:
    """The kept values of each object; lines are numbered from 1, blank ones included."""

    kind = "jsonl"
    unit = "bytes"

    def __init__(self, path: File, options: ImportOptions) -> None:
        self._path = path
        self._mapping = checked_mapping(options.mapping)
        self.encoding: str | None = encoding_of(path, options.encoding)
        self.sheets: tuple[str, ...] = ()
        self.notes: tuple[str, ...] = ()
        self.total_hint = size_of(path)
        self._file: OpenFile | None = None
        self._names: dict[str, None] = {}
        objects = 0
        for _, row in islice(self._objects(), _SAMPLE):
            objects += isinstance(row, dict)
            self._names.update(dict.fromkeys(row if isinstance(row, dict) else ()))
        self._plan = ColumnPlan(list(self._names), self._mapping)
        if not objects:
            raise ImportRefused(f"{path.name}: none of the first {_SAMPLE} lines is a JSON object")
        if "body" not in self._plan.fields:
            raise NoTextColumn(
                f"{path.name}: no field is recognised as the text (such as text, body, 内容); "
                "name it with --map body=FIELD",
                [name for name in self._names if len(name) <= LONGEST_HEADER],
            )

    @property
    def columns(self) -> tuple[Column, ...]:
        return self._plan.columns

    @property
    def mapped(self) -> frozenset[str]:
        return self._plan.has_mapped

    @property
    def position(self) -> int:
        return self._file.position if self._file else 0

    def __iter__(self) -> Iterator[Cells | Bad]:
        for number, row in self._objects():
            if isinstance(row, Bad):
                yield row
                continue
            self._plan_for(row)
            kept = self._plan.kept
            headers = self._plan.headers
            yield Cells(number, "", {field: _cell(row.get(headers[position])) for position, field in kept.items()})

    def _plan_for(self, row: dict[str, Any]) -> None:
        late = [name for name in row if name not in self._names][:_SAMPLE]
        if late and len(self._names) < 10 * _SAMPLE:
            self._names.update(dict.fromkeys(late))
            self._plan = self._plan.extended(late)

    def _objects(self) -> Iterator[tuple[int, dict[str, Any] | Bad]]:
        with OpenFile(self._path) as self._file, self._file.text(self.encoding or "utf-8") as stream:
            for number, line in enumerate(_lines(stream), 1):
                if line is None:
                    yield number, Bad(number, "", "", f"the line holds more than {LINE_LIMIT:,} characters")
                elif line.strip():
                    yield number, _object(number, line)


def _lines(stream: TextIO) -> Iterator[str | None]:
    """Each line; None for one that is too long, which is read past without being kept."""
    while line := stream.readline(LINE_LIMIT):
        if len(line) < LINE_LIMIT or line.endswith("\n"):
            yield line
            continue
        while (piece := stream.readline(_PIECE)) and not piece.endswith("\n"):
            pass
        yield None


def _object(number: int, line: str) -> dict[str, Any] | Bad:
    try:
        row = json.loads(line.lstrip("\ufeff"))
    except json.JSONDecodeError as error:
        return Bad(number, "", "", f"is not JSON: {error.msg} at character {error.colno}")
    except (RecursionError, ValueError):
        return Bad(number, "", "", "is not JSON that can be read: nested too deeply or a number too long")
    if not isinstance(row, dict):
        return Bad(number, "", "", "is not a JSON object with fields")
    return row


def _cell(value: Any) -> Cell:
    if isinstance(value, str) and len(value) > MAX_CELL:
        return TOO_LARGE
    if value is None or isinstance(value, str | int | float):
        return value
    return Unreadable("is a list or an object where a text is expected")

"""The stateless filters' frame: JSONL in, JSONL out, order kept, one line a row, ``error`` instead of a crash."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

Row = dict[str, Any]
MAX_ERROR = 300


class BadLine(Row):
    """Stands for a line that is no row. A row that came with an ``error`` field of its own is still a row."""


def read_rows(lines: Iterable[bytes]) -> Iterator[Row]:
    """Each non-blank line as a row; what is not a JSON object becomes a BadLine with ``error``."""
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:  # ValueError too: a number of five thousand digits
            yield BadLine(uid=None, error=f"line {number}: not JSON: {type(error).__name__}")
            continue
        if isinstance(row, dict):
            yield row
        else:
            yield BadLine(uid=None, error=f"line {number}: expected a JSON object, found {type(row).__name__}")


def text_field(row: Row, name: str, *, required: bool = True) -> str:
    """The string in ``row[name]``. Raises ValueError naming the field when it is missing or not a string."""
    value = row.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"field {name!r}: expected a string, found {type(value).__name__}")
    return value


def run_filter(handle: Callable[[list[Row]], list[Row]], *, batch: int = 64) -> int:
    """Passes stdin through ``handle`` in batches; a batch that fails is tried row by row. Returns failed rows."""
    failed = 0
    rows = read_rows(sys.stdin.buffer)
    while chunk := list(islice(rows, batch)):
        for result in _handled(handle, chunk):
            failed += "error" in result
            sys.stdout.buffer.write(_encoded(result) + b"\n")
        sys.stdout.buffer.flush()
    return failed


def _handled(handle: Callable[[list[Row]], list[Row]], chunk: list[Row]) -> list[Row]:
    good = [row for row in chunk if not isinstance(row, BadLine)]
    try:
        results = iter(handle(good))
    except Exception:
        results = iter([_one(handle, row) for row in good])
    return [row if isinstance(row, BadLine) else next(results) for row in chunk]


def _one(handle: Callable[[list[Row]], list[Row]], row: Row) -> Row:
    try:
        return handle([row])[0]
    except Exception as error:
        return {"uid": row.get("uid"), "error": f"{type(error).__name__}: {error}"[:MAX_ERROR]}


def _encoded(row: Row) -> bytes:
    """UTF-8; a row with a lone surrogate, which UTF-8 cannot hold, is written with \\u escapes."""
    try:
        return json.dumps(row, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return json.dumps(row).encode()

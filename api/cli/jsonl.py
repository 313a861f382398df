"""The stateless filters' frame: JSONL in, JSONL out, order kept, one line a row, ``error`` instead of a crash."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

Row = dict[str, Any]
MAX_ERROR = 300
_PLAIN = json.JSONEncoder(ensure_ascii=False, allow_nan=False)


class BadLine(Row):
    """Stands for a line that is no row. A row that came with an ``error`` field of its own is still a row."""


def read_rows(lines: Iterable[bytes], keys: Sequence[str] = ("uid",)) -> Iterator[Row]:
    """Each non-blank line as a row; what is not a JSON object becomes a BadLine with ``error`` and empty ``keys``."""
    nothing = dict.fromkeys(keys)
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:  # ValueError too: a number of five thousand digits
            yield BadLine(nothing, error=f"line {number}: not JSON: {type(error).__name__}")
            continue
        if isinstance(row, dict):
            yield row
        else:
            yield BadLine(nothing, error=f"line {number}: expected a JSON object, found {type(row).__name__}")


def text_field(row: Row, name: str, *, required: bool = True) -> str:
    """The string in ``row[name]``. Raises ValueError naming the field when it is missing or not a string."""
    value = row.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"field {name!r}: expected a string, found {type(value).__name__}")
    return value


def run_filter(handle: Callable[[list[Row]], list[Row]], *, batch: int = 64, keys: Sequence[str] = ("uid",)) -> int:
    """Passes stdin through ``handle`` in batches; a batch that fails is tried row by row. Returns failed rows.

    ``keys``: the fields by which a row is told from others; they stand in every line that comes out.
    """
    failed = 0
    rows = read_rows(sys.stdin.buffer, keys)
    while chunk := list(islice(rows, batch)):
        for result in _handled(handle, chunk, keys):
            failed += "error" in result
            sys.stdout.buffer.write(_encoded(result) + b"\n")
        sys.stdout.buffer.flush()
    return failed


def _handled(handle: Callable[[list[Row]], list[Row]], chunk: list[Row], keys: Sequence[str]) -> list[Row]:
    good = [row for row in chunk if not isinstance(row, BadLine)]
    try:
        results = iter(handle(good))
    except Exception:
        results = iter([_one(handle, row, keys) for row in good])
    return [row if isinstance(row, BadLine) else next(results) for row in chunk]


def _one(handle: Callable[[list[Row]], list[Row]], row: Row, keys: Sequence[str]) -> Row:
    try:
        return handle([row])[0]
    except Exception as error:
        return {key: row.get(key) for key in keys} | {"error": f"{type(error).__name__}: {error}"[:MAX_ERROR]}


def _encoded(row: Row) -> bytes:
    """UTF-8; a row with a lone surrogate, which UTF-8 cannot hold, is written with \\u escapes."""
    try:
        line = _PLAIN.encode(row)
    except ValueError:
        row = json.loads(json.dumps(row), parse_constant=_nothing)
        line = _PLAIN.encode(row)
    try:
        return line.encode()
    except UnicodeEncodeError:
        return json.dumps(row).encode()


def _nothing(number: str) -> None:
    """What stands for a number that JSON has no word for: what came in as 1e400 or NaN."""

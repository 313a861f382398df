"""Registers of any length are read in flat memory."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from benchmarks.importing import WRITERS
from crawlers.importers import Bad, Good, open_source

MEGABYTE = 2**20


def _peak(path: Path) -> tuple[int, int]:
    """Rows of a file, and the most memory that reading them took, in bytes."""
    tracemalloc.start()
    try:
        rows = sum(isinstance(row, Good) for row in open_source(path))
        return rows, tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("ending", ["csv", "jsonl", "xlsx"])
def test_a_register_four_times_as_long_needs_hardly_more_memory(tmp_path, ending: str) -> None:
    write = WRITERS[ending]
    short = _peak(write(tmp_path / f"short.{ending}", 500, characters=5_000))
    long = _peak(write(tmp_path / f"long.{ending}", 2_000, characters=5_000))
    assert (short[0], long[0]) == (500, 2_000)
    text_added = 1_500 * 5_000 * len("水".encode())
    assert long[1] - short[1] < 0.1 * text_added
    assert long[1] < 16 * MEGABYTE


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
def test_a_cell_of_fifty_megabytes_is_read_past_in_bounded_memory(tmp_path, ending: str) -> None:
    path = tmp_path / f"giant.{ending}"
    quote = '"id","text"\n"1","' if ending == "csv" else '{"id": 1, "text": "'
    with path.open("w", encoding="utf-8") as stream:
        stream.write(quote)
        for _ in range(50):
            stream.write("water, " * (MEGABYTE // 7))
        stream.write('"\n"2","well"\n' if ending == "csv" else '"}\n{"id": 2, "text": "well"}\n')
    tracemalloc.start()
    rows = list(open_source(path))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [type(row) for row in rows] == [Bad, Good]
    assert peak < 16 * MEGABYTE

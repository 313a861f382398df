"""What is free goes back to the system."""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

import pytest

from pipeline.memory import give_back

MANY, SIZE = 60_000, 2_000
"""Blocks that are too large for Python's own pools and too small for the C library to give back one by one."""


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


@pytest.mark.skipif(
    sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "malloc_trim"), reason="glibc alone keeps what is free"
)
def test_what_lies_free_between_what_is_held_goes_back() -> None:
    blocks = [bytes([number % 251]) * SIZE for number in range(MANY)]
    most = resident()
    last = blocks[-1]  # at the top of the heap: nothing below it goes back by itself
    del blocks
    before = resident()
    give_back()
    assert last[0] == (MANY - 1) % 251
    assert before - resident() > MANY * SIZE // 2, f"{most >> 20} MB at most, {before >> 20} MB before"

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

from crawlers.registry import Source, Windows
from pipeline.store import CutReason

TEXT = (Path(__file__).parents[2] / "docs/SOURCES.md").read_text("utf-8")


def test_every_field_of_a_source_file_is_documented() -> None:
    assert set(re.findall(r"^\| `(\w+)` \| [^|]+ \| ", TEXT, re.M)) >= set(Source.model_fields)
    assert [name for name in Windows.model_fields if f"`{name}`" not in TEXT] == []


def test_every_reason_for_a_cut_window_is_documented() -> None:
    assert [reason for reason in get_args(CutReason) if f"`{reason}`" not in TEXT] == []

"""Petitions as pairs of a title and what it should find: own text or official reply, each pair once."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

Pair = tuple[str, str]


def petitions(files: list[Path], answer: str = "text") -> Iterator[Pair]:
    """Distinct (title, text without the title), or (title, reply)."""
    seen: set[str] = set()
    for file in files:
        with gzip.open(file, "rt", encoding="utf-8") as lines:
            for row in map(json.loads, lines):
                title, text = (row.get("title") or "").strip(), (row.get(answer) or "").strip()
                text = text.replace(title, "") if title and answer == "text" else text
                keys = {letters(title), letters(text)[:60]}
                if len(title) >= 4 and len(text) >= 20 and not row.get("text_truncated") and not keys & seen:
                    seen |= keys
                    yield title, text


def letters(text: str) -> str:
    """What is left of a text without punctuation and blanks."""
    return "".join(filter(str.isalnum, text))

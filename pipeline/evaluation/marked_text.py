"""Texts with their redactions marked where they stand: ``联系人：[name|…]，电话[phone|…]``, one text a line.

``\\n`` stands for a line feed, ``official: `` before a text for a notice, reply or news item, ``#`` for a remark.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from pipeline.evaluation.pairs import Row

_MARK: Final = re.compile(r"\[([a-z_]+)\|([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]")
_OFFICIAL: Final = "official: "


def marked_rows(lines: Iterable[str]) -> Iterator[Row]:
    """Each text without its marks, with ``redactions`` in code points and the genre that decides about officials."""
    for line in lines:
        line = line.rstrip("\n")
        if line and not line.startswith("#"):
            yield _row(line)


def _row(line: str) -> Row:
    official = line.startswith(_OFFICIAL)
    line = line.removeprefix(_OFFICIAL).replace("\\n", "\n")
    text, spans, at = "", [], 0
    for mark in _MARK.finditer(line):
        text += line[at : mark.start()]
        spans.append({"start": len(text), "end": len(text) + len(mark.group(2)), "class": mark.group(1)})
        text += mark.group(2)
        at = mark.end()
    return {"text": text + line[at:], "redactions": spans, "genre": "notice" if official else "petition"}

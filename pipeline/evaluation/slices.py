"""Slices (切片) of the labelled rows on which the main figures are given again: kinds of text that fare differently."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final

from pipeline.evaluation.pairs import Row

SHORT: Final = 80
"""Characters of title and text, below which a text is short."""
LEAST: Final = 10
"""Rows that a slice must have; below that its figures say nothing."""
MOST_VALUES: Final = 30
"""A field with more values than this cuts a set into crumbs and makes no slices."""
FIELDS: Final = ("dataset", "target", "script")
_RURAL: Final = re.compile("[乡镇村]")
_POST: Final = re.compile(r"#[^#\n]{1,40}#|//@|@[\w\-]{2,20}[ :：]|收起全文|微博视频|秒拍视频")
_NEWS: Final = re.compile(r"\s*(?:#[^#\n]{1,40}#\s*)*【[^】\n]{6,60}】")
_REPLY: Final = re.compile(r"\s*回复@|//@|(?:网友|市民|来信人)[^\n]{0,30}您好|现(?:将[^。\n]{0,20})?(?:回复|答复)如下")
_TRUNCATED: Final = re.compile(r"(?:\.\.\.|…|展开全文)\s*$")


def text_of(row: Row) -> str:
    """Title, line feed and text without white space around them."""
    return f"{row.get('title') or ''}\n{row.get('text') or ''}".strip()


def _short(row: Row) -> bool:
    return len(text_of(row)) < SHORT


def _rural(row: Row) -> bool:
    named = (row.get("region") or "", *(row.get("places") or ()))
    return any(_RURAL.search(name) for name in named)


def _of_kind(kind: str, signs: re.Pattern[str]) -> Callable[[Row], bool]:
    """Rows whose genre or kind of source says so; where neither is known, the signs in the text decide."""

    def holds(row: Row) -> bool:
        told = [row[name] for name in ("source_kind", "genre") if row.get(name)]
        return kind in told if told else bool(signs.search(text_of(row)))

    return holds


def _truncated(row: Row) -> bool:
    return bool(row.get("text_truncated")) or bool(_TRUNCATED.search(text_of(row)))


KINDS: Final[dict[str, Callable[[Row], bool]]] = {
    f"short (< {SHORT} characters)": _short,
    "rural": _rural,
    "Weibo": lambda row: row.get("source_kind") == "weibo" or bool(_POST.search(text_of(row))),
    "news": _of_kind("news", _NEWS),
    "replies": lambda row: row.get("genre") == "reply" or bool(_REPLY.search(text_of(row))),
    "truncated": _truncated,
}


def slices(rows: Sequence[Row]) -> dict[str, list[int]]:
    """Row numbers by slice: the kinds above and the values of fields that cut the set. None holds all rows."""
    found = {name: [n for n, row in enumerate(rows) if holds(row)] for name, holds in KINDS.items()}
    for field in FIELDS:
        values = Counter(str(row[field]) for row in rows if row.get(field) is not None)
        if len(values) <= MOST_VALUES:
            for value, _ in values.most_common():
                found[f"{field}: {value}"] = [n for n, row in enumerate(rows) if str(row.get(field)) == value]
    return {name: numbers for name, numbers in found.items() if LEAST <= len(numbers) < len(rows)}

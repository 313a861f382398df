"""Words before a hit that take back what it says: denials and suppositions (否定、假设)."""

from __future__ import annotations

import re

from models.lexicon.matching import clause_start

NEGATION_WINDOW = 6
"""Characters before a hit in which a denial counts (taxonomy meta ``negation_window_chars``)."""
_DENIED = re.compile(
    "不会|不存在|没有发现|未发现|并不|并没有|并无|杜绝|防止|避免|以免|免得|严禁|禁止|不得|不要|绝不|从未|不想|不愿|不是要|不再"
)
_SUPPOSED = re.compile(
    "如果|假如|假设|倘若|要是|若是|万一|一旦|要不是|难道要|是不是要|否则|不然|别逼|如遇|若发生|如发生|会不会|以后|将会|恐怕会|可能会|很可能"
)


def denied(text: str, start: int) -> bool:
    """Whether a denial stands within six characters before the hit, in its clause."""
    left = max(clause_start(text, start), start - NEGATION_WINDOW)
    return _DENIED.search(text, left, start) is not None


def supposed(text: str, start: int, reach: int = 14) -> bool:
    """Whether the hit's clause opens as a supposition (如果, 一旦 …)."""
    left = max(clause_start(text, start), start - reach)
    return _SUPPOSED.search(text, left, start) is not None


def doubtful(text: str, start: int, end: int) -> bool:
    """Whether a hit is denied or merely supposed, and so asserts nothing."""
    return denied(text, start) or supposed(text, start)

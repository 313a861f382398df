"""The code lists as the query language speaks them: names of codes, and the other names of an office."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from index.bigrams import fold
from index.query.expansion import Synonyms
from index.query.names import Codes
from models.taxonomy import Unit, taxonomy

_KINDS: Final = frozenset({"functional", "supervisory", "judicial", "channel", "party"})
"""Kinds of units whose names mean one office; 社区 or 指挥部 stand for thousands."""
_OFFICE: Final = re.compile(r"\w*(?:局|委|委员会|厅|办|办公室|部门|总局)")
"""What a name of a whole office ends with; 派出所 and 户籍科 are parts of one."""


@cache
def codes() -> Codes:
    """Field of the index → folded Chinese or English name → code."""
    known = taxonomy()
    return {
        "factors": {fold(name): f.code for f in known.factors.values() for name in (f.name_zh, f.name_en, f.code)},
        "categories": {
            fold(name): c.code for c in known.categories.values() for name in (c.name_zh, c.name_en, c.code)
        },
        "stakeholder_groups": {
            fold(name): s.code for s in known.stakeholders.values() for name in (s.name_zh, s.name_en, s.code)
        },
    }


@cache
def other_names() -> Synonyms:
    """Folded name of an office → its other names (国土局 → 自然资源和规划局 …), from the departments list."""
    found: dict[str, dict[str, None]] = {}
    for unit in taxonomy().units.values():
        if unit.kind in _KINDS:
            names = _names(unit)
            for name in names:
                found.setdefault(fold(name), {}).update(dict.fromkeys(other for other in names if other != name))
    return {name: tuple(others) for name, others in found.items() if others}


def _names(unit: Unit) -> tuple[str, ...]:
    names = (unit.name_zh, *unit.aliases, *unit.legacy_names)
    return tuple(dict.fromkeys(name for name in names if _OFFICE.fullmatch(name)))

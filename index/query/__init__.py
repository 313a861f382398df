"""The query language: what people type, the tree it becomes, and the tree written out again.

``tree`` has the types that engines compile, ``reading`` the parser over ``grammar.lark``, ``names`` and ``values`` what
fields are called and what they take, ``rendering`` the way back, ``expansion`` other names of the same office.
"""

from index.query.expansion import expand
from index.query.reading import DESCRIPTION_SHARE, MAX_TYPED, SENTENCE, parse
from index.query.rendering import render
from index.query.tree import (
    MAX_CLAUSES,
    MAX_SLOP,
    MAX_STRING,
    All,
    And,
    Bound,
    Near,
    Not,
    Or,
    Query,
    Range,
    Scope,
    Term,
    Text,
    Words,
    absolute,
    clauses,
    from_json,
    guarded,
    to_json,
)

__all__ = [
    "DESCRIPTION_SHARE", "MAX_CLAUSES", "MAX_SLOP", "MAX_STRING", "MAX_TYPED", "SENTENCE",
    "All", "And", "Bound", "Near", "Not", "Or", "Query", "Range", "Scope", "Term", "Text", "Words",
    "absolute", "clauses", "expand", "from_json", "guarded", "parse", "render", "to_json",
]  # fmt: skip

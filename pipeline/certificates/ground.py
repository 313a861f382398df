"""What a certificate asks, and what its answer stands on: both can be compared with what is there later."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from index.query import Or, Query, Term
from pipeline.records import Versions

HALF = 32
"""Hex digits of each of the two parts of a ground."""


def question_of(factors: Sequence[str], query: Query | None) -> Query:
    """What finds a text: a model says that it carries one of the factors, or the query matches it.

    Raises ValueError (E652) without either.
    """
    parts: list[Query] = [Term("factors", (code,)) for code in factors]
    parts += [] if query is None else [query]
    if not parts:
        raise ValueError("E652: name a factor, or give a query; see: minyi certificate --help")
    return parts[0] if len(parts) == 1 else Or(tuple(parts))


def ground_of(texts: Iterable[str], versions: Versions) -> str:
    """Hashes of the ids of the texts on the project and of the versions that read them, one behind the other."""
    told = "\n".join(sorted(texts)).encode()
    return hashlib.sha256(told).hexdigest()[:HALF] + _digest(versions)


def changes_between(before: str, now: str) -> tuple[str, ...]:
    """What of the ground is another now: ``texts``, ``versions``."""
    parts = {"texts": slice(0, HALF), "versions": slice(HALF, None)}
    return tuple(name for name, part in parts.items() if before[part] != now[part])


def _digest(versions: Versions) -> str:
    return hashlib.sha256(versions.canonical_json().encode()).hexdigest()[:HALF]

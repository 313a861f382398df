"""From documents to what k-anonymity looks at: how many, of how many origins, by how many voices."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import NamedTuple, TypeAlias

from api.policy.suppression import Cell
from pipeline.ledger import Crowd, Numbers, Tally
from pipeline.store import Hearing


class Grouped(NamedTuple):
    """Groups of a crowd's documents under their keys, as pairs of a group and a place; one without key is no cell."""

    keys: Sequence[str]
    parents: Sequence[str | None]
    groups: Numbers
    places: Numbers


Grouping: TypeAlias = Callable[[Crowd], Grouped]


def cell_of(hearing: Hearing, key: str, ids: Collection[str]) -> Cell:
    """These documents as a cell of a table."""
    low, high = hearing.voices(ids)
    return Cell(key, len(ids), low, high, hearing.origins(ids))


def whole(crowd: Crowd, key: str = "") -> Cell:
    """All documents as one cell."""
    return cells([key], crowd.whole())[0]


def part(crowd: Crowd, key: str, places: Numbers) -> Cell:
    """The documents at these places as one cell."""
    return cells([key], crowd.together(places))[0]


def counted(crowd: Crowd, by: Grouping) -> list[Cell]:
    """The crowd in groups, one cell a group that has a key."""
    keys, parents, groups, places = by(crowd)
    return [cell for cell in cells(keys, crowd.tally(groups, places, len(keys)), parents) if cell.key]


def cells(keys: Sequence[str], tally: Tally, parents: Sequence[str | None] | None = None) -> list[Cell]:
    """One cell a group, in the order of the groups."""
    numbers = zip(*(column.tolist() for column in tally), strict=True)
    above = parents or [None] * len(keys)
    return [
        Cell(key, documents, low, high, origins, parent)
        for key, (documents, low, high, origins), parent in zip(keys, numbers, above, strict=True)
    ]

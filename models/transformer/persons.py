"""Where the model sees persons and places in stretches of a text: what the redactor asks it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from models.transformer.decode import passages
from models.transformer.reader import Reader

PERSON: Final = "person"
PERSON_HEADS: Final = (PERSON, "cluener.name", "weibo.PER.NAM")
"""Heads that mark names of persons, learned from petitions, news and posts."""
PLACE_HEADS: Final = ("place", "cluener.address")
OFFICE_HEADS: Final = ("organisation", "cluener.company", "cluener.organization", "cluener.government", "cluener.scene")


@dataclass(frozen=True, slots=True)
class Seen:
    """A half-open span in code points of the text, the head that marks it, and how sure that head is (0 … 1)."""

    start: int
    end: int
    head: str
    p: float


def seen(reader: Reader, text: str, stretches: Sequence[tuple[int, int]]) -> list[Seen]:
    """Persons, places and organisations that the heads mark inside these stretches of the text, head by head.

    Raises ModelError (E212) for a model without the head ``person``; heads of other sets that it lacks are left out.
    """
    reader.card.find("tokens", PERSON)
    heads = [head for head in (*PERSON_HEADS, *PLACE_HEADS, *OFFICE_HEADS) if reader.card.has("tokens", head)]
    pieces = [text[start:end] for start, end in stretches]
    found = []
    for (at, _), piece, reading in zip(stretches, pieces, reader.read(pieces), strict=True):
        for head in heads:
            for one in passages(reader.card, reading, head, piece):
                found.append(Seen(at + one.start, at + one.end, head, one.p))
    return found

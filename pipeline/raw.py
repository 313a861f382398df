"""What a crawler or an importer hands over: raw, in memory only, never written (P-01, P-02)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NoReturn

from pipeline.records.document import DocumentGenre, SourceKind
from pipeline.records.handling import Handling


class RawItemCannotBeWritten(TypeError):
    """Somebody tried to serialise a RawItem."""


@dataclass(slots=True, repr=False, eq=False)
class RawItem:
    """One text as it was found, with its author key, on its way to the redactor.

    It has no representation, cannot be pickled, copied or turned into JSON, and lives until
    ``pipeline.intake`` has made a Document of it. ``author_key`` serves the voice token and is then gone (P-03).
    """

    source_kind: SourceKind
    source: str
    """Name of the board, site or file that it came from."""
    item_key: str
    """Key of the item within its source; the same item always has the same key."""
    title: str
    body: str
    genre: DocumentGenre
    platform: str = ""
    """Where ``author_key`` is valid: keys of two platforms are never the same voice."""
    author_key: str | None = None
    url: str | None = None
    published_at: datetime | None = None
    collected_at: datetime | None = None
    region: str | None = None
    reply_to: str | None = None
    """``item_key`` of the petition that this official reply answers (same source)."""
    engagement: dict[str, int] = field(default_factory=dict)
    partial: bool = False
    """Whether only the beginning of the text could be read; it then never replaces a text that is stored."""
    handling: Handling | None = None
    """What the board says about the handling of this petition; None for what no office handles."""

    def __repr__(self) -> str:
        return f"<RawItem of {self.source_kind}: content withheld>"

    def __reduce_ex__(self, protocol: Any) -> NoReturn:
        raise RawItemCannotBeWritten("a RawItem holds unredacted text and is never written; pass it to pipeline.intake")

    def __iter__(self) -> NoReturn:
        raise RawItemCannotBeWritten("a RawItem is not a collection of values to be written")

"""What the caller decides about an import, and how a file as a whole is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, get_args

from pipeline.records.document import DocumentGenre, SourceKind

Field = Literal[
    "title", "body", "published_at", "region", "province", "city", "county", "item_key", "author_key", "url",
    "reply", "reply_time", "reply_org", "likes", "dislikes", "reposts", "comments",
]  # fmt: skip
"""What a column can hold; there is none for a person's name, phone, identity number or address (P-20)."""
FIELDS: Final[tuple[Field, ...]] = get_args(Field)

IGNORE: Final = "ignore"
"""In place of a field: a column that is recognised and yet is not to be read."""
_GENRE_OF_KIND: Final[dict[SourceKind, DocumentGenre]] = {
    "petition": "petition", "hotline": "petition", "weibo": "post", "news": "news", "notice": "notice",
    "survey": "comment",
}  # fmt: skip


class ImportRefused(ValueError):
    """A file, or the request to import it, cannot be used at all; the message says what to do."""


class NoTextColumn(ImportRefused):
    """No column of a table is known to hold the text; ``headers`` are those it has, personal ones among them."""

    def __init__(self, message: str, headers: Sequence[str]) -> None:
        super().__init__(message)
        self.headers = tuple(headers)


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How to read one file or folder. ``mapping`` is header → field (or IGNORE) and wins over recognition."""

    mapping: Mapping[str, str] = field(default_factory=dict)
    source: str | None = None
    """Name of the board or office that exported it; by default the file's name without its ending."""
    source_kind: SourceKind = "petition"
    platform: str | None = None
    """Where author keys are valid; by default the source. Two files of one system need the same name."""
    genre: DocumentGenre | None = None
    sheets: tuple[str, ...] = ()
    """Names of the sheets to read; by default every visible sheet with a recognisable header."""
    delimiter: str | None = None
    encoding: str | None = None
    now: datetime | None = None
    """The moment against which a date is in the future; by default the clock."""

    @property
    def document_genre(self) -> DocumentGenre:
        """The genre of the imported texts: as chosen, else the usual one of the source kind."""
        return self.genre or _GENRE_OF_KIND[self.source_kind]

"""One row becomes a petition and, when it was answered, the official reply that belongs to it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Final, Literal

from crawlers.importers.characters import CharacterRefused, cleaned
from crawlers.importers.counts import count_of
from crawlers.importers.dates import BEIJING, DateUnreadable, moment_of
from crawlers.importers.options import Field, ImportOptions
from crawlers.importers.outcomes import Bad, Cell, Cells, Good, Row, Unreadable
from crawlers.importers.regions import county_of, joined
from crawlers.importers.seen import SeenKeys, digest
from pipeline.raw import RawItem

Count = Literal["likes", "dislikes", "reposts", "comments"]
_COUNTS: Final[tuple[Count, ...]] = ("likes", "dislikes", "reposts", "comments")
_NOTHING: Final = frozenset({"", "无", "暂无", "null", "none", "nan", "-", "--", "/", "n/a", "#n/a"})
_DAMAGED_ID: Final = re.compile(r"\d(\.\d+)?[Ee]\+\d+")


class _Refused(Exception):
    def __init__(self, field: Field, reason: str) -> None:
        self.field, self.reason = field, reason


class PetitionReader:
    """Turns kept cells into items of one source; remembers keys, never texts."""

    def __init__(self, source: str, options: ImportOptions) -> None:
        self._source = source
        self._options = options
        self._platform = options.platform or source
        self._now = options.now or datetime.now(BEIJING)
        self._seen = SeenKeys()
        self._sheets: list[str] = []
        self.duplicates = 0
        """Rows that repeat an earlier row word for word: counted, and not handed over again."""

    def rows(self, cells: Cells) -> Iterator[Row]:
        """The outcomes of one row: Good, Bad, both (a good petition with a bad reply), or none for a repetition."""
        try:
            petition = self._petition(cells)
            first = self._first(petition, cells)
        except _Refused as refused:
            yield Bad(cells.row_number, cells.sheet, refused.field, refused.reason)
            return
        if first is not None:
            yield from first
            return
        try:
            reply = self._reply(petition, cells)
        except _Refused as refused:
            yield Good(cells.row_number, cells.sheet, (petition,))
            reason = f"{refused.reason}; the petition was taken without its reply"
            yield Bad(cells.row_number, cells.sheet, refused.field, reason)
            return
        yield Good(cells.row_number, cells.sheet, (petition,) if reply is None else (petition, reply))

    def _petition(self, cells: Cells) -> RawItem:
        title, body = _text(cells, "title"), _text(cells, "body")
        if not body:
            raise _Refused("body", "is missing")
        published_at = self._moment(cells, "published_at")
        return RawItem(
            source_kind=self._options.source_kind,
            source=self._source,
            item_key=_item_key(cells, title, body, published_at),
            title=title,
            body=body,
            genre=self._options.document_genre,
            platform=self._platform,
            author_key=_author_key(cells),
            url=_url(cells),
            published_at=published_at,
            region=_region(cells),
            engagement={name: count for name in _COUNTS if (count := count_of(cells.values.get(name))) is not None},
        )

    def _reply(self, petition: RawItem, cells: Cells) -> RawItem | None:
        body = _text(cells, "reply")
        if body.lower() in _NOTHING:
            return None
        return RawItem(
            source_kind=petition.source_kind,
            source=petition.source,
            item_key=f"{petition.item_key}#reply",
            title=_text(cells, "reply_org"),
            body=body,
            genre="reply",
            platform=petition.platform,
            published_at=self._moment(cells, "reply_time"),
            region=petition.region,
            reply_to=petition.item_key,
        )

    def _first(self, petition: RawItem, cells: Cells) -> tuple[Row, ...] | None:
        """None for a new key, no rows for a repetition, a Bad row for a key that stood with other content."""
        published = petition.published_at.isoformat() if petition.published_at else ""
        try:
            reply = _text(cells, "reply")
        except _Refused:
            reply = ""
        content = digest(petition.title, petition.body, published, reply)
        if not self._sheets or self._sheets[-1] != cells.sheet:
            self._sheets.append(cells.sheet)
        first = self._seen.first(digest(petition.item_key), content, len(self._sheets) - 1, cells.row_number)
        if first is None:
            return None
        if first.same_content:
            self.duplicates += 1
            return ()
        sheet = self._sheets[first.sheet_number]
        where = f"row {first.row_number}" + (f" of sheet {sheet}" if sheet != cells.sheet else "")
        reason = f"duplicate id: {where} has the same id with another text"
        return (Bad(cells.row_number, cells.sheet, "item_key", reason),)

    def _moment(self, cells: Cells, field: Field) -> datetime | None:
        value = cells.values.get(field)
        if isinstance(value, Unreadable):
            raise _Refused(field, value.reason)
        try:
            return moment_of(value, self._now)
        except DateUnreadable as error:
            raise _Refused(field, str(error)) from None


def _text(cells: Cells, field: Field) -> str:
    value = cells.values.get(field)
    if isinstance(value, Unreadable):
        raise _Refused(field, value.reason)
    try:
        return cleaned(_written(value))
    except CharacterRefused as error:
        raise _Refused(field, str(error)) from None


def _written(value: Cell) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _item_key(cells: Cells, title: str, body: str, published_at: datetime | None) -> str:
    if "item_key" in cells.values:
        key = _text(cells, "item_key")
        if not key:
            raise _Refused("item_key", "is missing, though the file has a column for it")
        if _DAMAGED_ID.fullmatch(key):
            raise _Refused("item_key", "was shortened by a spreadsheet to scientific notation; export it as text")
        return key
    stated = json.dumps([title, body, published_at.isoformat() if published_at else ""], ensure_ascii=False)
    return "sha256:" + hashlib.sha256(stated.encode()).hexdigest()


def _author_key(cells: Cells) -> str | None:
    """A key that cannot be read costs the voice, not the petition."""
    value = cells.values.get("author_key")
    try:
        return _text(cells, "author_key") or None if isinstance(value, str | int | float) else None
    except _Refused:
        return None


def _url(cells: Cells) -> str | None:
    value = cells.values.get("url")
    if not isinstance(value, str) or not re.fullmatch(r"\s*https?://[^\s@\x00-\x1f\ud800-\udfff]{3,1000}\s*", value):
        return None
    return value.strip()


def _region(cells: Cells) -> str | None:
    stated = county_of(_text(cells, "region"))
    if stated:
        return stated
    parts: tuple[Field, ...] = ("province", "city", "county")
    return county_of(joined([text for part in parts if (text := _text(cells, part))]))

"""A row of a board's interface as a petition and the official replies to it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from crawlers.importers.counts import count_of
from crawlers.importers.dates import DateUnreadable, moment_of
from crawlers.spiders.nicknames import is_one_persons, without_nickname
from crawlers.spiders.petition.handling import grade_of, status_of
from crawlers.spiders.petition.settings import FieldNames
from crawlers.spiders.petition.text import visible_text
from pipeline.raw import RawItem
from pipeline.records.handling import Handling


@dataclass(frozen=True, slots=True)
class Board:
    """What all petitions of one answer share."""

    source: str
    fields: FieldNames
    page: str
    """Template of a petition's public address; empty: it has none."""
    collected_at: datetime


class RowReader:
    """Reads one row; nickname and address of its author end here (P-01)."""

    def __init__(self, row: Mapping[str, Any], board: Board) -> None:
        self._row = row
        self._board = board
        self._nickname = self._text("nickname")

    @property
    def key(self) -> str:
        """The board's number of the petition; empty when it has none."""
        return self._text("key")

    @property
    def domain(self) -> str:
        """The field of life under which the board lists it (领域)."""
        return self._text("domain")

    @property
    def forum(self) -> str:
        """The board's number of the list to which it belongs."""
        return self._text("forum")

    @property
    def published_at(self) -> datetime | None:
        """When it was submitted; where the board does not say, when it was published."""
        return self._moment("submitted") or self._moment("published")

    def handling(self) -> Handling:
        """Status and grades."""
        return Handling(
            status=status_of(self._text("state")) or ("replied" if self._text("reply") else None),
            satisfaction=self._grade("satisfaction"),
            satisfaction_attitude=self._grade("satisfaction_attitude"),
            satisfaction_speed=self._grade("satisfaction_speed"),
        )

    def petition(self, region: str | None) -> RawItem | None:
        """The petition; None when the row has no text (yet)."""
        body = self._shown("body")
        if not body:
            return None
        likes = count_of(self._row.get(self._board.fields.likes))
        return RawItem(
            source_kind="petition",
            source=self._board.source,
            item_key=self.key,
            title=" ".join(self._shown("title").split()),
            body=body,
            genre="petition",
            platform=self._board.source,
            author_key=self._nickname if is_one_persons(self._nickname) else None,
            url=self._board.page.replace("{key}", self.key) or None,
            published_at=self.published_at,
            collected_at=self._board.collected_at,
            region=region,
            engagement={} if likes is None else {"likes": likes},
            handling=self.handling(),
        )

    def reply(self, petition: RawItem, position: int = 0) -> RawItem | None:
        """The official reply in this row, to that petition; None when there is none."""
        body = self._shown("reply")
        if not body:
            return None
        return RawItem(
            source_kind="petition",
            source=petition.source,
            item_key=f"{petition.item_key}#reply" + (f"{position + 1}" if position else ""),
            title=self._shown("reply_unit"),
            body=body,
            genre="reply",
            platform=petition.platform,
            url=petition.url,
            published_at=self._moment("reply_date"),
            collected_at=petition.collected_at,
            region=petition.region,
            reply_to=petition.item_key,
        )

    def _value(self, field: str) -> Any:
        return self._row.get(getattr(self._board.fields, field))

    def _text(self, field: str) -> str:
        value = self._value(field)
        return str(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""

    def _shown(self, field: str) -> str:
        return without_nickname(visible_text(self._text(field)), self._nickname)

    def _grade(self, field: str) -> int | None:
        return grade_of(self._value(field))

    def _moment(self, field: str) -> datetime | None:
        value = self._value(field)
        if value in (None, "", 0, "0"):
            return None
        try:
            return moment_of(value, self._board.collected_at)
        except (DateUnreadable, ValueError):
            return None


def replies_of(rows: list[Any], petition: RawItem, board: Board) -> Iterator[RawItem]:
    """The replies of a list of replies, oldest first as the board numbers them."""
    readers = [RowReader(row, board) for row in rows if isinstance(row, Mapping)]
    for position, reader in enumerate(readers):
        reply = reader.reply(petition, position)
        if reply is not None:
            yield reply

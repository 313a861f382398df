"""Validators of pages (ETag, Last-Modified): an unchanged page is not sent again. No page is kept."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from sqlalchemy import delete, select

from pipeline.store.engine import Database, insert_new
from pipeline.store.tables import page_validators


class Validator(NamedTuple):
    """What a server calls the version of a page that was stored."""

    etag: str | None
    last_modified: str | None


class Validators(Database):
    """The store's validators, by window and keyed hash of the page's address."""

    def validators(self, window_id: str) -> dict[str, Validator]:
        """The validators of the pages of a window."""
        query = select(page_validators).where(page_validators.c.window_id == window_id)
        with self.reading() as connection:
            return {row.page: Validator(row.etag, row.last_modified) for row in connection.execute(query)}

    def keep_validators(self, window_id: str, found: Mapping[str, Validator]) -> None:
        """Keeps validators of a window's pages, with its last items: a page whose item was lost is sent again."""
        rows = [
            {"window_id": window_id, "page": page, "etag": _short(found[page].etag, 200),
             "last_modified": _short(found[page].last_modified, 64)}
            for page in sorted(found)
        ]  # fmt: skip
        with self.transaction() as connection:
            for row in rows:
                connection.execute(
                    delete(page_validators).where(
                        page_validators.c.window_id == window_id, page_validators.c.page == row["page"]
                    )
                )
            insert_new(connection, page_validators, rows, "page")

    def forget_validators(self, source: str, before: str) -> int:
        """Forgets the validators of a source's windows with ids below ``before``: they are not read again."""
        ids = page_validators.c.window_id
        with self.transaction() as connection:
            return connection.execute(
                delete(page_validators).where(ids >= f"{source}:", ids < before, ids < f"{source};")
            ).rowcount


def _short(value: str | None, most: int) -> str | None:
    """A validator that the column holds; half of one would mean nothing."""
    return value if value and len(value) <= most else None

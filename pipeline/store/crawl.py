"""How far each source has been read: cursors and the windows behind them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal, NamedTuple, Self

from pydantic import Field, model_validator
from sqlalchemy import Connection, delete, func, insert, select, update

from pipeline.records.base import Instant, Record
from pipeline.records.document import SourceKind
from pipeline.store.engine import Database
from pipeline.store.meta import write_meta
from pipeline.store.tables import cursors, documents, meta, windows

CutReason = Literal["page_cap", "block", "login_wall", "outage", "out_of_order", "budget"]


class CrawlWindow(Record):
    """A stretch of time that was read from one source; when it was cut short, counts from it are lower bounds."""

    id: Annotated[str, Field(pattern=r"^[\w.\-:]{1,64}$")]
    source: Annotated[str, Field(min_length=1, max_length=200)]
    since: Instant | None = None
    until: Instant
    cut_short: CutReason | None = None
    found: Annotated[int, Field(ge=0)] = 0
    """Items seen, whether new or known."""

    @model_validator(mode="after")
    def _runs_forward(self) -> Self:
        if self.since is not None and self.since > self.until:
            raise ValueError("E157: a window ends after it begins")
        return self


class Imported(NamedTuple):
    """What was imported from one source, and not crawled: from its oldest dated text to its newest."""

    source_kind: SourceKind
    source: str
    since: datetime
    until: datetime


class StatedImport(Record):
    """An import as stated by who ran it: from where, which days it covers, who allowed it in writing (P-20)."""

    id: Annotated[str, Field(pattern=r"^[A-Za-z0-9_\-]{8,32}$")]
    source_kind: SourceKind
    source: Annotated[str, Field(min_length=1, max_length=100)]
    since: date | None = None
    until: date | None = None
    """First and last day that the file covers, in Asia/Shanghai; None where nobody says."""
    complete: bool = False
    """Whether the file holds everything of those days, or a part of it."""
    who: Annotated[str, Field(max_length=64)]
    authorised_by: Annotated[str, Field(max_length=200)]
    """Whose written authorisation there is; redacted."""
    begun_at: Instant
    finished_at: Instant | None = None
    """None while it runs, and where the server stopped in its middle."""
    rows: Annotated[int, Field(ge=0)] = 0
    new: Annotated[int, Field(ge=0)] = 0
    rejected: Annotated[int, Field(ge=0)] = 0

    @property
    def is_whole(self) -> bool:
        """Whether everything of the stated days is in: nothing was rejected on the way."""
        return self.complete and self.since is not None and self.finished_at is not None and not self.rejected


class Crawl(Database):
    """The store's cursors and windows."""

    def close_window(self, window: CrawlWindow, cursor: str) -> None:
        """Stores a finished window, in place of those that lie inside it, and moves its source's cursor.

        A window that was once read whole stays so when reading it again fails. Call it inside ``store.transaction()``
        with the ``add_documents`` of the window's last items: a cursor that moves earlier loses them in a crash.
        """
        row = {**{name: getattr(window, name) for name in CrawlWindow.model_fields}, "closed_at": self.clock()}
        moved = {"position": cursor, "moved_at": self.clock()}
        with self.transaction() as connection:
            if window.cut_short is None or not _read_whole(connection, window):
                inside = (windows.c.source == window.source) & (windows.c.until <= window.until)
                if window.since is not None:
                    connection.execute(delete(windows).where(inside, windows.c.since >= window.since))
                connection.execute(delete(windows).where(windows.c.id == window.id))
                connection.execute(insert(windows).values(row))
            known = update(cursors).where(cursors.c.source == window.source).values(moved)
            if not connection.execute(known).rowcount:
                connection.execute(insert(cursors).values(source=window.source, **moved))

    def cursor(self, source: str) -> str | None:
        """Where the next window of a source begins; None before the first."""
        with self.reading() as connection:
            query = select(cursors.c.position).where(cursors.c.source == source)
            return connection.execute(query).scalar_one_or_none()

    def windows(self, source: str | None = None) -> list[CrawlWindow]:
        """The windows of a source, or of all, in order of their end."""
        columns = [windows.c[name] for name in CrawlWindow.model_fields]
        query = select(*columns).order_by(windows.c.until, windows.c.id)
        if source is not None:
            query = query.where(windows.c.source == source)
        with self.reading() as connection:
            return [CrawlWindow.model_validate(dict(row._mapping)) for row in connection.execute(query)]

    def note_import(self, stated: StatedImport) -> None:
        """Keeps what was stated about an import, in place of what was kept of it before."""
        with self.transaction() as connection:
            write_meta(connection, f"import:{stated.id}", stated.model_dump_json())

    def stated_imports(self) -> list[StatedImport]:
        """All imports about which something was stated, the newest first."""
        with self.reading() as connection:
            rows = connection.execute(select(meta.c.value).where(meta.c.key.startswith("import:"))).scalars()
            found = [StatedImport.model_validate_json(row) for row in rows]
        return sorted(found, key=lambda one: (one.begun_at, one.id), reverse=True)

    def kind_of_source(self, source: str) -> SourceKind | None:
        """The kind of a text that the source brought; None where it brought none."""
        mine = documents.c.window_id.startswith(f"{source}:", autoescape=True)
        with self.reading() as connection:
            return connection.execute(select(documents.c.source_kind).where(mine).limit(1)).scalar_one_or_none()

    def imports(self) -> list[Imported]:
        """How far the imports of each source reach, by kind and source; a text dated after its import counts nowhere.

        Reads every imported text's date: a question for reports, not for every request.
        """
        columns = documents.c
        dated = (columns.published_at <= columns.collected_at) & columns.window_id.is_(None) & ~columns.tombstone
        ends = [function(columns.published_at, type_=columns.published_at.type) for function in (func.min, func.max)]
        query = select(columns.source_kind, columns.source, *ends).where(dated)
        query = query.group_by(columns.source_kind, columns.source).order_by(columns.source_kind, columns.source)
        with self.reading() as connection:
            return [Imported(row[0], str(row[1]), row[2], row[3]) for row in connection.execute(query)]


def _read_whole(connection: Connection, window: CrawlWindow) -> bool:
    """Whether one earlier reading, not cut short, covers the whole window."""
    query = select(windows.c.id).where(
        windows.c.source == window.source,
        windows.c.cut_short.is_(None),
        windows.c.since <= window.since,
        windows.c.until >= window.until,
    )
    return connection.execute(query.limit(1)).first() is not None

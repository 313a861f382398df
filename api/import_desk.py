"""The desk for imports: a file is sent, looked at, tried and taken in; who allowed it in writing is noted (P-20)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from itertools import islice
from typing import Final, get_args

from api.desk import Desk, NotFound
from api.imports.job import MOST_REJECTS, ImportJob, ImportJobs
from api.imports.upload import Checked, Stated, Upload, Uploads, UploadsFull
from api.policy import Reader, access
from api.said import said
from crawlers.importers import IGNORE, Bad, Good, ImportOptions, ImportRefused, NoTextColumn, Uploaded, open_source
from crawlers.importers.personal import is_personal
from pipeline.office import Office
from pipeline.records import SourceKind
from pipeline.redact import CannotRedact, redact, redact_document
from pipeline.store import StatedImport

LONGEST: Final = 100
"""Characters of a source's name, and of the note on who allowed the import."""
SAMPLES: Final = 3
_SAMPLE_LENGTH: Final = 80


class BadImport(ValueError):
    """E912: what is stated about a file is missing or cannot be; ``field`` names it and ``flaw`` says which."""

    def __init__(self, field: str, flaw: str, message: str) -> None:
        super().__init__(f"E912: {field}: {message}")
        self.field = field
        self.flaw = flaw


@dataclass(frozen=True)
class ImportRoom:
    """What the imports of one process share: files that wait, and imports that run."""

    office: Office

    @cached_property
    def uploads(self) -> Uploads:
        return Uploads(self.office.store.clock, self.office.settings.upload_megabytes)

    @cached_property
    def jobs(self) -> ImportJobs:
        return ImportJobs(self.office)


@dataclass(frozen=True)
class ColumnShown:
    """A column of the file: what becomes of it, and whether somebody may say so (never of a personal one, P-20)."""

    header: str
    sheets: tuple[str, ...]
    field: str
    """The field it is read as; empty where it is not read."""
    is_personal: bool
    note: str = ""


@dataclass(frozen=True)
class Sample:
    """The beginning of one row as it would be stored: without personal data."""

    row: int
    sheet: str
    title: str
    body: str
    published: date | None


@dataclass(frozen=True)
class Preview:
    """What a file holds: its columns and the first rows, as they would be stored."""

    columns: tuple[ColumnShown, ...]
    samples: tuple[Sample, ...]
    notes: tuple[str, ...]
    encoding: str | None
    sheets: tuple[str, ...]


@dataclass(frozen=True)
class Shown:
    """An import of the past or present; ``job`` is there while this process knows its progress and rejected rows."""

    stated: StatedImport
    job: ImportJob | None


class ImportDesk(Desk):
    """One person who brings files; ``holder`` is their session."""

    def __init__(self, office: Office, reader: Reader, room: ImportRoom, holder: str) -> None:
        super().__init__(office, reader)
        self._room = room
        self._holder = holder

    def imports(self, purpose: str | None, *, offset: int = 0, limit: int = 20) -> tuple[list[Shown], int]:
        """The imports, the newest first, and how many there are."""
        with self._granted("imports.read", "imports.read", purpose):
            every = self._office.store.stated_imports()
        shown = [Shown(one, self._room.jobs.get(one.id)) for one in every[offset : offset + limit]]
        return shown, len(every)

    def source_names(self) -> list[str]:
        """Names of sources from which something was imported, for those who bring the next file of one."""
        return sorted({one.source for one in self._office.store.stated_imports()})

    def send(self, purpose: str | None, file: Uploaded, size: int, stated: Stated) -> Upload:
        """Keeps a file in memory for the next steps. Raises ImportRefused, BadImport, UploadsFull."""
        with self._refusals_noted("imports.run"):
            access().check(self._reader, "imports.run", purpose, None)
        stated = _checked(stated)
        headers: tuple[str, ...] = ()
        try:
            kind = open_source(file, ImportOptions(source=stated.source, source_kind=stated.source_kind)).kind
        except NoTextColumn as headless:
            if not headless.headers:
                raise
            kind, headers = "table", headless.headers
        with self._granted("imports.run", "imports.send", purpose):
            return self._room.uploads.keep(self._holder, file, size, kind=kind, stated=stated, headers=headers)

    def upload(self, purpose: str | None, upload_id: str) -> Upload:
        """The file that waits. Raises UploadGone."""
        with self._granted("imports.run", "imports.open", purpose, upload_id):
            return self._room.uploads.get(self._holder, upload_id)

    def preview(self, upload: Upload) -> Preview:
        """Columns and first rows of a file that waits, redacted."""
        try:
            source = open_source(upload.file, upload.options)
        except NoTextColumn as headless:
            columns = tuple(ColumnShown(name, (), "", is_personal(name)) for name in dict.fromkeys(headless.headers))
            return Preview(columns, (), (), None, ())
        found: dict[str, ColumnShown] = {}
        for column in source.columns:
            known = found.get(column.header)
            sheets = (*(known.sheets if known else ()), column.sheet)
            field = column.field or (known.field if known else "")
            dropped = column.disposition == "dropped (personal)"
            found[column.header] = ColumnShown(column.header, sheets, field, dropped, column.note)
        good: list[Good] = []
        with suppress(ImportRefused):  # the dry run says where the file is damaged
            good = list(islice((row for row in source if isinstance(row, Good)), SAMPLES))
        samples = tuple(sample for row in good if (sample := _sample(row)) is not None)
        return Preview(tuple(found.values()), samples, source.notes, source.encoding, source.sheets)

    def try_out(self, purpose: str | None, upload_id: str, mapping: Mapping[str, str]) -> Upload:
        """A dry run with these columns (header → field or IGNORE); nothing is stored.

        Raises ImportRefused where the file cannot be read so; a personal column cannot be read at all (P-20).
        """
        with self._granted("imports.run", "imports.try", purpose, upload_id):
            upload = self._room.uploads.change(self._holder, upload_id, mapping=dict(mapping), checked=None)
        source = open_source(upload.file, upload.options)
        good, rejected, bad, refused = 0, 0, list[Bad](), ""
        try:
            for row in source:
                if isinstance(row, Good):
                    good += 1
                    continue
                rejected += 1
                if len(bad) < MOST_REJECTS:
                    bad.append(row)
        except ImportRefused as error:
            refused = str(error)
        checked = Checked(good, tuple(bad), rejected, source.duplicates, source.columns, source.notes, refused)
        return self._room.uploads.change(self._holder, upload_id, checked=checked)

    def run(self, purpose: str | None, upload_id: str) -> ImportJob:
        """Takes a file in that was tried, beside the pages. Raises UploadGone, BadImport, UploadsFull (E911)."""
        with self._granted("imports.run", "imports.run", purpose, upload_id):
            upload = self._room.uploads.get(self._holder, upload_id)
            if upload.checked is None or not upload.checked.good:
                raise BadImport("file", "not_tried", "the file was not tried, or no row of it is good")
            if self._room.jobs.are_full:
                raise UploadsFull("E911: too many imports wait for their turn; the file waits, try again later")
            stated = upload.stated
            noted = StatedImport(
                id=upload.id, source_kind=stated.source_kind, source=stated.source, since=stated.since,
                until=stated.until, complete=stated.complete, who=self._reader.who,
                authorised_by=stated.authorised_by, begun_at=self._office.store.clock(),
            )  # fmt: skip
            self._office.store.note_import(noted)
            self._note("imports.authorised", access().stated(self._reader, purpose), None, upload.id)
        job = ImportJob(upload.id, "" if upload.kind == "letters" else upload.name, noted)
        self._room.uploads.drop(upload.id)
        self._room.jobs.begin(job, upload)
        return job

    def forget(self, purpose: str | None, upload_id: str) -> None:
        """Drops a file that waits."""
        with self._granted("imports.run", "imports.forget", purpose, upload_id):
            self._room.uploads.get(self._holder, upload_id)
            self._room.uploads.drop(upload_id)

    def shown(self, purpose: str | None, import_id: str) -> Shown:
        """One import. Raises NotFound."""
        with self._granted("imports.read", "imports.read", purpose, import_id):
            return self.progress(import_id)

    def progress(self, import_id: str) -> Shown:
        """How an import stands, for a page that asks again and again: numbers alone, so no event of its own."""
        job = self._room.jobs.get(import_id)
        stated = job.stated if job else None
        stated = stated or next((one for one in self._office.store.stated_imports() if one.id == import_id), None)
        if stated is None:
            raise NotFound("E311: no import by that id")
        return Shown(stated, job)

    @contextmanager
    def _granted(self, action: str, event: str, purpose: str | None, subject: str | None = None) -> Iterator[None]:
        with self._refusals_noted(action):
            granted = access().check(self._reader, action, purpose, None)
            with self._office.store.transaction():
                yield
                self._note(event, granted, None, subject)


def _checked(stated: Stated) -> Stated:
    """What was stated, with redacted words. Raises BadImport (E912)."""
    if stated.source_kind not in get_args(SourceKind):
        raise BadImport("source_kind", "unknown", "there is no such kind of source")
    source, authorised_by = stated.source.strip(), stated.authorised_by.strip()
    for name, words in (("source", source), ("authorised_by", authorised_by)):
        if not words:
            raise BadImport(name, "missing", "is missing")
        if len(words) > LONGEST or not words.isprintable():
            raise BadImport(name, "too_long", f"has at most {LONGEST} characters, without line breaks")
    try:
        redacted = redact(source).text
    except CannotRedact:
        redacted = None
    if redacted != source:
        raise BadImport("source", "personal", "holds personal data; name the board, office or system")
    if (stated.since is None) != (stated.until is None):
        raise BadImport("until" if stated.until is None else "since", "half", "both days or none")
    if stated.since and stated.until and stated.since > stated.until:
        raise BadImport("until", "backwards", "the last day is before the first")
    if stated.complete and stated.since is None:
        raise BadImport("since", "complete", "say which days the file holds everything of")
    return replace(stated, source=source, authorised_by=str(said(authorised_by)))


def _sample(row: Good) -> Sample | None:
    item = row.items[0]
    try:
        clean = redact_document(item.title, item.body, official=item.genre in ("news", "notice"))
    except CannotRedact:
        return None
    body = str(clean.body)
    shown = body[:_SAMPLE_LENGTH] + ("…" if len(body) > _SAMPLE_LENGTH else "")
    published = item.published_at.date() if item.published_at else None
    return Sample(row.row_number, row.sheet, str(clean.title)[:_SAMPLE_LENGTH], shown, published)


__all__ = ["IGNORE", "BadImport", "ColumnShown", "ImportDesk", "ImportRoom", "Preview", "Sample", "Shown", "Stated"]

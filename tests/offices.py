"""An office for tests: a whole deployment in a temporary folder, with the words people use for it."""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from databases import sqlite_with_tables

from api.desk import Desk
from api.policy import Reader
from crawlers.importers import Good, ImportOptions, open_source
from models.transformer.chosen import choose, chosen
from pipeline.intake import Receipt
from pipeline.office import Office
from pipeline.raw import RawItem
from pipeline.records import DecisionProject, Document
from pipeline.settings import Settings
from pipeline.timed_index import TimedIndex
from pipeline.work import Done, work

PURPOSE = "risk_identification"


class TestOffice(Office):
    """An office whose data folder can be looked through."""

    __test__ = False

    @property
    def folder(self) -> Path:
        return self.settings.home

    def import_file(self, path: Path, **options: Any) -> Receipt:
        """Takes the good rows of a file in."""
        source = open_source(path, ImportOptions(**options))
        return self.receive(item for row in source if isinstance(row, Good) for item in row.items)

    def import_texts(self, texts: Iterable[str], **fields: Any) -> Receipt:
        """Takes petitions in that are given as "title|body"."""
        return self.receive([petition(text, **fields) for text in texts])

    def work(self) -> Done:
        """Analyses, indexes and proposes."""
        return work(self)

    def documents(self) -> list[Document]:
        return list(self.store.all_documents())

    def risk_points(self, project_id: str, role: str = "assessor", purpose: str = PURPOSE) -> list[dict[str, Any]]:
        """The cards that somebody in that role is shown."""
        return self.desk(role).risk_points(project_id, purpose, limit=1000).rows

    def desk(self, role: str = "assessor", who: str = "tester") -> Desk:
        return Desk(self, Reader(who, role))  # type: ignore[arg-type]

    def remove_index(self) -> None:
        """Takes the office's index off the cluster."""
        from index.elastic import ElasticIndex

        assert isinstance(self.index, TimedIndex) and isinstance(self.index.engine, ElasticIndex)
        self.index.engine.remove()

    def files(self) -> dict[str, bytes]:
        """Every byte at rest, by file; compressed files opened."""
        found = {}
        for path in sorted(self.folder.rglob("*")):
            if path.is_file():
                content = path.read_bytes()
                found[str(path.relative_to(self.folder))] = (
                    gzip.decompress(content) if path.suffix == ".gz" else content
                )
        return found

    def texts_at_rest(self) -> str:
        """All that can be read from the folder as text, and all that store and index give out."""
        loose = "\n".join(content.decode("utf-8", "replace") for content in self.files().values())
        stored = "\n".join(document.canonical_json() for document in self.documents())
        entries = self.index.get([document.id for document in self.documents()]).values()
        return "\n".join([loose, stored, *(repr(entry) for entry in entries)])


def petition(text: str, number: int | None = None, **fields: Any) -> RawItem:
    """A raw petition from "title|body"; without a number its text is its key."""
    title, _, body = text.partition("|")
    values: dict[str, Any] = {
        "source_kind": "petition", "source": "县长信箱", "item_key": str(number if number is not None else hash(text)),
        "title": title, "body": body, "genre": "petition",
    }  # fmt: skip
    return RawItem(**{**values, **fields})


def office_in(folder: Path, *projects: DecisionProject, **settings: Any) -> TestOffice:
    """An office in a folder, with projects registered."""
    settled = Settings(**{"home": folder, "processes": 1, **settings})
    if "database_url" not in settings:
        sqlite_with_tables(settled.home / "minyi.sqlite3")
    office = TestOffice(settled)
    office.register(projects)
    return office


@pytest.fixture
def office(tmp_path: Path) -> Iterable[TestOffice]:
    """An empty office."""
    with office_in(tmp_path / "office") as opened:
        yield opened


@pytest.fixture
def rules_alone() -> Iterator[None]:
    """Lexicon and linear model read alone: for tests of who reads, not of what is found."""
    before = chosen()
    choose(Path("/nonexistent/model"))
    yield
    choose(before.folder)

"""A search engine whose questions are timed; everything else is the engine's own business."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from enum import Enum

from index import Change, Health, IndexEntry, Page, Search, SearchIndex
from index.query import Query
from index.states import States
from pipeline import meters
from pipeline.tracing import Step, span


class Operation(Enum):
    """What is timed."""

    SEARCH = "search"
    COUNT = "count"
    STATES = "states"
    COMMIT = "commit"


class TimedIndex:
    """Hands everything on to an engine and notes how long its answers take, by operation."""

    def __init__(self, engine: SearchIndex) -> None:
        self.engine = engine

    def write(self, changes: Iterable[Change]) -> int:
        return self.engine.write(changes)

    def delete(self, ids: Iterable[str]) -> int:
        return self.engine.delete(ids)

    def commit(self) -> None:
        with _timed(Operation.COMMIT):
            self.engine.commit()

    def vacuum(self) -> bool:
        return self.engine.vacuum()

    def search(self, search: Search) -> Page:
        with _timed(Operation.SEARCH):
            return self.engine.search(search)

    def count(self, query: Query) -> int:
        with _timed(Operation.COUNT):
            return self.engine.count(query)

    def get(self, ids: Iterable[str]) -> dict[str, IndexEntry]:
        return self.engine.get(ids)

    def states(self, query: Query) -> States:
        with _timed(Operation.STATES):
            return self.engine.states(query)

    def members(self, query: Query, field: str) -> Iterator[tuple[str, str]]:
        return self.engine.members(query, field)

    def last_sequence(self) -> int:
        return self.engine.last_sequence()

    def verify(self) -> Health:
        return self.engine.verify()

    def release(self) -> None:
        self.engine.release()

    def close(self) -> None:
        self.engine.close()


@contextmanager
def _timed(operation: Operation) -> Iterator[None]:
    with span(Step.INDEX, operation=operation), meters.index_question(operation.value):
        yield

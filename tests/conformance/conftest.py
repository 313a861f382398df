"""The engines that must answer alike, and a small office archive to ask them about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from archive import Archive

from index import EmbeddedIndex, SearchIndex

ENGINES: dict[str, Callable[[Path], SearchIndex]] = {"embedded": EmbeddedIndex}


@pytest.fixture(params=sorted(ENGINES))
def backend(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[SearchIndex]:
    """An empty index of every engine in turn."""
    engine = ENGINES[request.param](tmp_path / "index")
    yield engine
    engine.close()


@pytest.fixture
def archive(backend: SearchIndex) -> Archive:
    """An empty archive: what is filed in it is committed at once."""
    return Archive(backend)


@pytest.fixture
def town(archive: Archive) -> Archive:
    """The archive of an invented town: eight documents on two projects."""
    archive.file_the_town()
    return archive

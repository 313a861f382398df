"""The engines that must answer alike, and a small office archive to ask them about."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal
from uuid import uuid4

import pytest
from archive import Archive

from index import EmbeddedIndex, SearchIndex

Engine = Callable[[pytest.FixtureRequest], AbstractContextManager[SearchIndex]]


@contextmanager
def embedded(request: pytest.FixtureRequest) -> Iterator[SearchIndex]:
    """An empty index in a folder of its own."""
    with TemporaryDirectory(prefix="minyi-index-") as folder, EmbeddedIndex(Path(folder)) as index:
        yield index


@contextmanager
def elasticsearch(
    request: pytest.FixtureRequest, partition: Literal["none", "month"] = "none"
) -> Iterator[SearchIndex]:
    """An empty index under a name of its own on the server of this run."""
    url = request.getfixturevalue("elastic_url")

    from index.elastic import ElasticIndex, ElasticSettings

    index = ElasticIndex(ElasticSettings(urls=(url,), alias=f"t-{uuid4().hex[:12]}", partition=partition))
    try:
        yield index
    finally:
        index.remove()
        index.close()


ENGINES: dict[str, Engine] = {
    "elasticsearch": elasticsearch,
    "elasticsearch by month": partial(elasticsearch, partition="month"),
    "embedded": embedded,
}


@pytest.fixture(params=sorted(ENGINES))
def backend(request: pytest.FixtureRequest) -> Iterator[SearchIndex]:
    """An empty index of every engine in turn."""
    with ENGINES[request.param](request) as index:
        yield index


@pytest.fixture
def archive(backend: SearchIndex) -> Archive:
    """An empty archive: what is filed in it is committed at once."""
    return Archive(backend)


@pytest.fixture(scope="module", params=sorted(ENGINES))
def town(request: pytest.FixtureRequest) -> Iterator[Archive]:
    """The archive of an invented town, to read: eight documents on two projects."""
    with ENGINES[request.param](request) as index:
        archive = Archive(index)
        archive.file_the_town()
        yield archive


@pytest.fixture
def changing_town(archive: Archive) -> Archive:
    """The archive of the same town, to change."""
    archive.file_the_town()
    return archive

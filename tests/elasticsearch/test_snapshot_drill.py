"""The restore drill of docs/OPERATIONS.md: snapshot, loss, restore, and the outbox brings what came later."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from letters import ROAD
from offices import TestOffice, office_in

from index.elastic import ElasticSettings
from index.query import All, Text


@pytest.fixture
def repository(operator: Elasticsearch, settings: ElasticSettings) -> Iterator[str]:
    """A snapshot repository in a folder that the server may write (path.repo)."""
    operator.snapshot.create_repository(
        name=settings.alias, repository={"type": "fs", "settings": {"location": settings.alias}}
    )
    yield settings.alias
    operator.snapshot.delete(repository=settings.alias, snapshot="*")
    operator.snapshot.delete_repository(name=settings.alias)


def test_after_a_restore_the_index_has_also_what_was_filed_since_the_snapshot(
    tmp_path: Path,
    settings: ElasticSettings,
    operator: Elasticsearch,
    repository: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MINYI_INDEX_URL", settings.urls[0])
    monkeypatch.setenv("MINYI_INDEX_NAME", settings.alias)
    with office_in(tmp_path / "office", ROAD) as office:
        file_and_work(office, "先来的信|青石坳采石场进场道路工程的补偿标准太低，请重新核算。")
        taken = operator.snapshot.create(
            repository=repository,
            snapshot="nightly",
            indices=f"{settings.alias}-v*",
            include_global_state=False,
            wait_for_completion=True,
        )
        assert taken["snapshot"]["state"] == "SUCCESS"
        file_and_work(office, "后来的信|青石坳采石场进场道路工程夜里施工，噪音很大。")
        operator.indices.delete(index=f"{settings.alias}-v0001")
        operator.snapshot.restore(
            repository=repository,
            snapshot="nightly",
            indices=f"{settings.alias}-v*",
            include_aliases=True,
            wait_for_completion=True,
        )
        assert office.index.count(All()) == 1
        office.work()
        assert office.index.count(Text("补偿标准")) == office.index.count(Text("噪音")) == 1
        assert office.index.verify().problems == ()
        office.remove_index()


def file_and_work(office: TestOffice, letter: str) -> None:
    office.import_texts([letter])
    office.work()

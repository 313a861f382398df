"""An office on a cluster that searches by meaning: its vectors lie there too, and go when it is switched off."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from letters import ROAD
from offices import TestOffice, office_in

from index import Search
from index.elastic import ElasticSettings
from index.query import Term, Text
from pipeline.backup import RestoreRefused, back_up, restore
from pipeline.semantics import VACUUM_DUE
from pipeline.work import Silent

NOISE = "半夜放炮|青石坳采石场进场道路工程夜里放炮，老人睡不着。"
SLEEP = "施工太吵|青石坳采石场进场道路工程凌晨爆破，孩子没法休息。"


@pytest.fixture
def office(tmp_path: Path, settings: ElasticSettings) -> Iterator[TestOffice]:
    """An office with index and vectors on the cluster, and two letters worked on."""
    place = {"index_url": ",".join(settings.urls), "index_name": settings.alias}
    with office_in(tmp_path / "office", ROAD, semantic=True, **place) as opened:
        opened.import_texts([NOISE, SLEEP])
        opened.work()
        yield opened
        opened.remove_index()


def id_of(office: TestOffice, words: str) -> str:
    return next(document.id for document in office.documents() if words in document.text)


def vectors_there(operator: Elasticsearch, settings: ElasticSettings) -> list[str]:
    return sorted(operator.indices.get(index=f"{settings.alias}-vectors-v*", features="aliases").body)


def test_meaning_is_found_kept_over_a_rebuild_and_leaves_the_disks_when_withdrawn_or_switched_off(
    office: TestOffice, operator: Elasticsearch, settings: ElasticSettings
) -> None:
    asked = Search(query=Text("放炮"), filters={"project_ids": ROAD.id})
    answer = office.semantics.search(office.index, asked)
    assert [hit.id for hit in answer.page.hits] == [id_of(office, "放炮"), id_of(office, "爆破")]
    assert answer.by_meaning == {id_of(office, "爆破")}
    assert not office.settings.vectors_folder.exists()
    office.semantics.rebuild(office.store)
    assert vectors_there(operator, settings) == [f"{settings.alias}-vectors-v0002"]
    letter = next(document for document in office.documents() if "放炮" in document.text)
    about = Term("project_ids", (ROAD.id,))
    found = office.semantics.more_like(office.index, letter, 0, 4, among=about)
    assert [hit.id for hit in found] == [id_of(office, "爆破")]
    until = time.monotonic() + 300
    office.store.withdraw_documents([id_of(office, "爆破")])
    office.work()
    assert office.store.fact(VACUUM_DUE), "it is gone by itself: this proves nothing"
    assert office.semantics.vectors.verify().documents == 1
    while office.store.fact(VACUUM_DUE):  # the cluster looks every 30 seconds at what it may merge away
        assert time.monotonic() < until, "the withdrawn letter's vector is still in the files"
        time.sleep(2)
        office.work()
    held = operator.indices.stats(index=f"{settings.alias}-vectors", metric="docs")["_all"]["total"]["docs"]
    assert (held["count"], held["deleted"]) == (2, 0), "one vector, one tombstone"
    TestOffice(office.settings.model_copy(update={"semantic": False})).work()
    assert vectors_there(operator, settings) == []


def test_a_restore_takes_the_place_of_a_live_index_and_of_its_vectors_only_when_it_is_told_to(
    office: TestOffice, operator: Elasticsearch, settings: ElasticSettings, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    for name, value in (("URL", settings.urls[0]), ("NAME", settings.alias)):
        monkeypatch.setenv(f"MINYI_INDEX_{name}", value)
    monkeypatch.setenv("MINYI_SEMANTIC", "true")
    source = back_up(office, tmp_path / "backup", "tester", Silent()).folder
    office.import_texts(["后来的信|青石坳采石场进场道路工程的补偿标准太低。"])
    office.work()
    with pytest.raises(RestoreRefused, match=r"E244: .* with 3 documents.*--replace-index"):
        restore(source, tmp_path / "drill", "tester", Silent())
    assert not (tmp_path / "drill").exists()
    monkeypatch.setenv("MINYI_INDEX_NAME", f"{settings.alias}-drill")
    assert restore(source, tmp_path / "drill", "tester", Silent()).indexed == 2
    with TestOffice.open(tmp_path / "drill") as drill:
        assert drill.semantics.vectors.verify().documents == 2
        drill.remove_index()
    assert office.index.verify().documents == office.semantics.vectors.verify().documents == 3
    monkeypatch.setenv("MINYI_INDEX_NAME", settings.alias)
    assert restore(source, tmp_path / "new", "tester", Silent(), replace_index=True).indexed == 2
    with TestOffice.open(tmp_path / "new") as new:
        assert new.semantics.vectors.verify().documents == 2, "those of the office before are newer than the store"
    versions = sorted(operator.indices.get(index=f"{settings.alias}-v0*", features="aliases").body)
    assert versions == [f"{settings.alias}-v0001", f"{settings.alias}-v0002"], "there is a way back"

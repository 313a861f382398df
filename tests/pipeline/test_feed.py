"""Feeding the index: what is withdrawn, or sealed after it could be searched, leaves the files of the index as well."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from offices import TestOffice, office_in

from index import EmbeddedIndex
from pipeline.feed import VACUUM_DUE
from pipeline.work import work


def deleted_on_disk(office: TestOffice) -> int:
    """Documents that the segments hold and no search finds."""
    (meta,) = office.settings.index_folder.glob("v*/meta.json")
    segments = json.loads(meta.read_text("utf-8"))["segments"]
    return sum(segment["deletes"]["num_deleted_docs"] for segment in segments if segment["deletes"])


@pytest.fixture
def office(tmp_path: Path) -> TestOffice:
    """Ten letters that can be searched."""
    office = office_in(tmp_path)
    office.import_texts([f"来信|第{n}封：采石场夜里放炮，睡不着。" for n in range(10)])
    office.work()
    return office


def test_a_withdrawn_text_is_not_in_the_files_of_the_index_any_more(office: TestOffice) -> None:
    withdrawn = office.documents()[3].id
    office.store.withdraw_documents([withdrawn])
    office.work()
    assert deleted_on_disk(office) == 0 and office.index.verify().documents == 9
    assert office.store.fact(VACUUM_DUE) == ""


def test_what_could_not_be_cleared_at_once_is_cleared_by_a_later_run(
    office: TestOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as now:
        now.setattr(EmbeddedIndex, "vacuum", lambda self: False)
        office.store.withdraw_documents([office.documents()[3].id])
        office.work()
    assert deleted_on_disk(office) == 1, "it is gone by itself: this proves nothing"
    assert work(office).indexed == 0
    assert deleted_on_disk(office) == 0


def test_a_text_that_never_was_searchable_has_nothing_cleared(
    office: TestOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.import_texts(["后来的信|第十一封：采石场的路坏了。"])
    (late,) = [document.id for document in office.documents() if "十一" in document.text]
    office.store.withdraw_documents([late])
    office.work()
    assert office.store.fact(VACUUM_DUE) is None

"""A text that was withdrawn is one that never came: after one pass of the work nothing tells the two offices apart (P-12)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mailbag import PROJECTS, candidates, deliver, letters, office_with_keys_of
from offices import TestOffice, office_in

from index import Search
from pipeline.feed import feed
from pipeline.fold import refold_withdrawn
from pipeline.propose import propose
from pipeline.raw import RawItem
from pipeline.records import Analysis


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestOffice]:
    """The office that was given the whole mailbag; what it read is what every other office would read."""
    with office_in(tmp_path_factory.mktemp("all") / "office", *PROJECTS) as office:
        deliver(office, [letters()])
        yield office


def pass_over(office: TestOffice, read: dict[str, Analysis]) -> None:
    """What the work does after reading; each new text has the analysis that follows from it."""
    refold_withdrawn(office.store)
    waiting = {document.id for document in office.documents()} - set(office.store.current_analyses(read))
    office.store.complete_analyses(read[key] for key in sorted(waiting))
    feed(office.store, office.index)
    propose(office.store)


def known(office: TestOffice) -> dict[str, object]:
    """All that the office counts and shows from: candidates, matters, origins, voices, and what can be searched."""
    ids = sorted(document.id for document in office.documents())
    entries = office.index.get(ids)
    return {
        "candidates": candidates(office),
        "origins": {document.id: document.origin_id for document in office.documents()},
        "voices": {project.id: office.store.distinct_voices(project.id, ids) for project in PROJECTS},
        "searched": {key: (entry.origin_id, entry.is_origin, entry.factors) for key, entry in sorted(entries.items())},
        "found": sorted(hit.id for hit in office.index.search(everything()).hits),
    }


def everything() -> Search:
    return Search(size=100)


def keys_of(office: TestOffice, items: Sequence[RawItem]) -> list[str]:
    return [office.keys.document_id(item.source, item.item_key) for item in items]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_is_left_is_what_an_office_has_that_never_saw_it(
    data: st.DataObject, heard: TestOffice, tmp_path_factory: pytest.TempPathFactory
) -> None:
    mailbag, folder = letters(), tmp_path_factory.mktemp("withdrawn")
    chosen = data.draw(st.sets(st.sampled_from([item.item_key for item in mailbag]), min_size=1, max_size=4))
    gone = [item for item in mailbag if item.item_key in chosen or item.reply_to in chosen]
    left = [item for item in mailbag if item not in gone]
    read = heard.store.current_analyses(document.id for document in heard.documents())
    keys = heard.settings.keys_folder
    with office_with_keys_of(keys, folder / "saw") as saw, office_with_keys_of(keys, folder / "never") as never:
        saw.receive(mailbag)
        pass_over(saw, read)
        never.receive(left)
        pass_over(never, read)
        saw.store.withdraw_documents(keys_of(saw, gone))
        pass_over(saw, read)
        assert known(saw) == known(never)

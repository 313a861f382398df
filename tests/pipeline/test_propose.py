"""Proposing by several processes at once: nobody's older reading of the texts replaces a newer one."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from threading import Event, Thread
from typing import Any

import pytest
from opinions import ROAD, opinion

from pipeline.matters import Opinion
from pipeline.propose import propose
from pipeline.risk import risk_point_id
from pipeline.store import Store

FACTOR = "compensation_standard"


def seal(store: Store, heard: Opinion) -> None:
    """Other versions read the text again, as a report of misconduct."""
    genre = heard.analysis.genre.model_copy(update={"label": "misconduct_report"})
    versions = heard.analysis.versions.model_copy(update={"model": "another"})
    again = heard.analysis.model_copy(update={"genre": genre, "links": (heard.link,), "versions": versions})
    store.complete_analyses([again])


class SlowOffice(Store):
    """An office that reads the texts and then takes its time, until somebody else is done or half a second is over."""

    def wait_for(self, others: Event) -> None:
        self.has_read, self._others = Event(), others

    def analysed_documents_of(self, *args: Any, **options: Any) -> Iterator[Any]:
        rows = list(super().analysed_documents_of(*args, **options))
        self.has_read.set()
        self._others.wait(0.5)
        return iter(rows)


def hear(store: Store, *heard: Opinion) -> None:
    store.add_documents([one.document for one in heard])
    store.complete_analyses(one.analysis.model_copy(update={"links": (one.link,)}) for one in heard)


def test_a_slow_process_does_not_undo_what_a_quick_one_proposed(store: Store, database_url: str) -> None:
    said = [opinion(f"柳湾村第{n}组的旱地补偿标准比邻镇低{n}成。", (FACTOR, "补偿标准", 0.9), number=n) for n in (1, 2)]
    store.upsert_projects([ROAD])
    hear(store, said[0])
    quick_is_done = Event()
    with SlowOffice.open(database_url) as slow:
        slow.wait_for(quick_is_done)
        slowly = Thread(target=propose, args=(slow,))
        slowly.start()
        slow.has_read.wait()
        hear(store, said[1])
        propose(store)
        quick_is_done.set()
        slowly.join()
    assert documents_of_point(store) == 2


class BusyOffice(Store):
    """An office in which, whenever the texts of a project are read, somebody else writes before the reading is over."""

    def is_busy_with(self, another: Store, *coming: Opinion) -> None:
        self._happens, self.readings = [partial(hear, another, one) for one in coming], 0

    def loses(self, another: Store, *leaving: str) -> None:
        self._happens, self.readings = [partial(another.withdraw_documents, [one]) for one in leaving], 0

    def seals(self, another: Store, *reported: Opinion) -> None:
        self._happens, self.readings = [partial(seal, another, one) for one in reported], 0

    def analysed_documents_of(self, *args: Any, **options: Any) -> Iterator[Any]:
        rows = list(super().analysed_documents_of(*args, **options))
        self.readings += 1
        if self._happens:
            self._happens.pop(0)()
        return iter(rows)


def test_others_write_while_candidates_are_computed_and_what_they_wrote_is_in_them(
    store: Store, database_url: str
) -> None:
    said = [
        opinion(f"柳湾村第{n}组的旱地补偿标准比邻镇低{n}成。", (FACTOR, "补偿标准", 0.9), number=n) for n in (1, 2, 3)
    ]
    store.upsert_projects([ROAD])
    hear(store, said[0])
    with BusyOffice.open(database_url) as busy:
        busy.is_busy_with(store, *said[1:])
        propose(busy)
        assert busy.readings == 3
    assert documents_of_point(store) == 3


def test_texts_that_come_faster_than_they_are_read_hold_nobody_up_and_are_proposed_next(
    store: Store, database_url: str
) -> None:
    said = [
        opinion(f"柳湾村第{n}组的旱地补偿标准比邻镇低{n}成。", (FACTOR, "补偿标准", 0.9), number=n) for n in range(1, 7)
    ]
    store.upsert_projects([ROAD])
    hear(store, said[0])
    with BusyOffice.open(database_url) as busy:
        busy.is_busy_with(store, *said[1:])
        propose(busy)
        assert busy.readings == 3
        assert documents_of_point(store) == 3  # what the third reading saw; a fourth came in meanwhile
        busy.is_busy_with(store)
        propose(busy)
    assert documents_of_point(store) == 4


@pytest.mark.parametrize("what", ["withdrawn", "sealed"])
def test_a_text_that_may_not_be_quoted_any_more_is_in_no_candidate_however_busy_the_office(
    store: Store, database_url: str, what: str
) -> None:
    said = [
        opinion(f"柳湾村第{n}组的旱地补偿标准比邻镇低{n}成。", (FACTOR, "补偿标准", 0.9), number=n) for n in range(1, 5)
    ]
    store.upsert_projects([ROAD])
    hear(store, *said)
    with BusyOffice.open(database_url) as busy:
        if what == "withdrawn":
            busy.loses(store, *(one.document.id for one in said[1:]))
        else:
            busy.seals(store, *said[1:])
        propose(busy)
    assert documents_of_point(store) == 1


def test_a_project_may_have_the_longest_of_names(store: Store) -> None:
    long = ROAD.model_copy(update={"id": "q" * 64})
    said = opinion("柳湾村的旱地补偿标准比邻镇低三成。", (FACTOR, "补偿标准", 0.9), number=1)
    store.upsert_projects([long])
    store.add_documents([said.document])
    link = said.link.model_copy(update={"project_id": long.id})
    store.complete_analyses([said.analysis.model_copy(update={"links": (link,)})])
    assert propose(store) == 1
    assert store.risk_point(risk_point_id(long.id, FACTOR)) is not None


def documents_of_point(store: Store) -> int:
    point = store.risk_point(risk_point_id(ROAD.id, FACTOR))
    assert point is not None and point.candidate is not None
    return point.candidate.counts.documents

"""Proposing by several processes at once: nobody's older reading of the texts replaces a newer one."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event, Thread
from typing import Any

from opinions import ROAD, opinion

from pipeline.matters import Opinion
from pipeline.propose import propose
from pipeline.risk import risk_point_id
from pipeline.store import Store

FACTOR = "compensation_standard"


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
    point = store.risk_point(risk_point_id(ROAD.id, FACTOR))
    assert point is not None and point.candidate is not None
    assert point.candidate.counts.documents == 2


class BusyOffice(Store):
    """An office in which, whenever the texts of a project are read, somebody else writes before the reading is over."""

    def is_busy_with(self, another: Store, *coming: Opinion) -> None:
        self._another, self._coming, self.readings = another, list(coming), 0

    def analysed_documents_of(self, *args: Any, **options: Any) -> Iterator[Any]:
        rows = list(super().analysed_documents_of(*args, **options))
        self.readings += 1
        if self._coming:
            hear(self._another, self._coming.pop(0))
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
    point = store.risk_point(risk_point_id(ROAD.id, FACTOR))
    assert point is not None and point.candidate is not None
    assert point.candidate.counts.documents == 3

"""Counts under k-anonymity on one project: the ledger against counting set by set, in one run.

    python -m benchmarks.counts --sentences ../shared/data/petitions/*.jsonl.gz [--documents 20000]

One project with recombined documents (as in benchmarks.search), voices of two accounts in three documents over two
years of weekly periods, one document in ten a copy. "Set by set" is what was done before there were ledgers: voices,
origins and dates of everything found are read from the store, and every cell is counted as a set of ids; the values
of the fields are given to it, so that it is not charged for the index.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import random
import statistics
import tempfile
import time
import tracemalloc
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from api.counting import FACETS
from api.counting.facets import FIELDS
from api.desk import Desk
from api.finding import Beside
from api.policy import Cell, Reader, suppress
from benchmarks.search import BATCH, START, documents, sentences
from index import IndexEntry, Search
from index.days import BEIJING
from index.query import All, Text
from index.states import counted_under
from models.taxonomy import taxonomy
from pipeline.ledger import Ledgers
from pipeline.office import Office
from pipeline.records import DecisionProject, Document
from pipeline.redacted import seal
from pipeline.settings import Settings
from pipeline.voices import Voice

PROJECT = DecisionProject(id="counted", name_zh="青石坳采石场进场道路工程", stage="in_assessment")
PURPOSE = "risk_identification"
WORDS = ("问题", "小区", "领导", "希望", "居民", "政府")


def entries(pool: list[str], count: int) -> Iterator[IndexEntry]:
    """The documents of benchmarks.search, all about one project, with factors of the taxonomy, some copies."""
    chance, codes = random.Random(1), [code for code, factor in taxonomy().factors.items() if not factor.confidential]
    for entry in documents(pool, count):
        factors = tuple(chance.sample(codes, len(entry.factors)))
        number = entry.sequence - 1
        origin = f"d{chance.randrange(number):024x}" if number and chance.random() < 0.1 else entry.id
        yield dataclasses.replace(
            entry, project_ids=(PROJECT.id,), factors=factors, origin_id=origin, is_origin=origin == entry.id,
            categories=tuple(dict.fromkeys(taxonomy().factors[code].category for code in factors)),
            stakeholder_groups=tuple(chance.sample(("resident", "shop", "farmer"), chance.randrange(2))),
        )  # fmt: skip


def fill(office: Office, pool: list[str], count: int) -> None:
    """Store and index of one project."""
    chance, batch = random.Random(2), []
    office.register([PROJECT])

    def put() -> None:
        heard = [
            Voice(
                one.id, PROJECT.id, f"w{((one.published_at or START) - START).days // 7:03}",
                chance.randrange(2 * count // 3 // 10 + 1).to_bytes(16),
            )
            for one in batch
        ]  # fmt: skip
        office.store.add_documents([document_of(one) for one in batch], heard)
        office.index.write(batch)
        office.index.commit()
        batch.clear()

    for entry in entries(pool, count):
        batch.append(entry)
        if len(batch) == BATCH:
            put()
    put()


def document_of(entry: IndexEntry) -> Document:
    """The store's side of a document; its text is the index's matter here."""
    return Document(
        id=entry.id, source_kind="petition", source=seal(entry.source), genre="petition",
        published_at=entry.published_at, collected_at=START + timedelta(days=800), title=seal(""), body=seal("x"),
        redactor_version="r1", origin_id=entry.origin_id,
    )  # fmt: skip


class SetBySet:
    """The way before: sets of ids and the voices of all of them, read anew for every question."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._values: dict[str, list[tuple[str, str]]] = {
            field: [
                (value, entry.id)
                for entry in office.index.states(All()).every()
                for value in counted_under(entry, field)
            ]
            for field in set(FIELDS.values())
        }

    def ask(self, word: str, facets: tuple[str, ...]) -> None:
        """Facets and days of what a word finds."""
        found = [entry.id for entry in self._office.index.states(Text(word)).every()]
        hearing = self._office.store.hearing(PROJECT.id, found)
        groups: dict[str, dict[str, set[str]]] = {"day": defaultdict(set)}
        for one in hearing.ids:
            moment = hearing[one].published_at
            if moment is not None:
                groups["day"][str(moment.astimezone(BEIJING).date())].add(one)
        for name in facets:
            groups[name] = defaultdict(set)
            for value, one in self._values[FIELDS[name]]:  # type: ignore[index]
                if one in hearing:
                    groups[name][value].add(one)
        whole = self._cell(hearing, "", set(hearing.ids))
        for sets in groups.values():
            suppress(whole, [self._cell(hearing, value, ids) for value, ids in sets.items()], 5)

    @staticmethod
    def _cell(hearing: object, key: str, ids: set[str]) -> Cell:
        low, high = hearing.voices(ids)  # type: ignore[attr-defined]
        return Cell(key, len(ids), low, high, hearing.origins(ids))  # type: ignore[attr-defined]


class Times(NamedTuple):
    """Milliseconds of a question: median and 95th percentile on the clock, mean of the processor."""

    median: float
    late: float
    processor: float

    def __str__(self) -> str:
        return (
            f"median {self.median:.1f} ms, 95th percentile {self.late:.1f} ms, "
            f"processor {self.processor:.1f} ms a question"
        )


def timed(ask: Callable[[str], object], runs: int) -> Times:
    """Asks word after word."""
    times, used = [], time.process_time()
    for number in range(runs):
        started = time.perf_counter()
        ask(WORDS[number % len(WORDS)])
        times.append((time.perf_counter() - started) * 1e3)
    used = (time.process_time() - used) * 1e3 / runs
    return Times(statistics.median(times), statistics.quantiles(times, n=20)[-1], used)


def main() -> None:
    """Fills an office, asks it both ways, prints one line a figure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", nargs="+", type=Path, required=True)
    parser.add_argument("--documents", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=30)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, Office(Settings(home=Path(folder) / "office")) as office:
        fill(office, sentences(asked.sentences), asked.documents)
        print(f"{asked.documents} documents of one project, load {os.getloadavg()[0]:.1f}")
        found = {word: office.index.count(Text(word)) for word in WORDS}
        print("found:", ", ".join(f"{word} {count}" for word, count in found.items()))
        desk = Desk(office, Reader("bench", "assessor"))

        def ask(*facets: str, **beside: object) -> Callable[[str], object]:
            shown = Beside(facets=facets, **beside)  # type: ignore[arg-type]
            return lambda word: desk.documents(PROJECT.id, PURPOSE, Search(query=Text(word)), shown)

        started, used = time.perf_counter(), time.process_time()
        desk.documents(PROJECT.id, PURPOSE, Search(), Beside(facets=("source_kind",)))
        wall, used = time.perf_counter() - started, time.process_time() - used
        print(f"first question after a start: {wall:.2f} s, processor {used:.2f} s")
        every = tuple(name for name in FACETS if name != "relation")
        classes = {
            "page alone": ask(),
            "source_kind": ask("source_kind"),
            "factor, category": ask("factor", "category"),
            "four levels of place": ask("province", "city", "county", "township"),
            "source_kind, factor and days": ask("source_kind", "factor", histogram="day"),
            "the same, copies collapsed": ask("source_kind", "factor", histogram="day", collapse=True),
            "all facets and days": ask(*every, histogram="day"),
        }
        for title, question in classes.items():
            print(f"{title}: {timed(question, asked.runs)}")
        fast = timed(ask("source_kind", "factor", histogram="day"), 6)
        before = SetBySet(office)
        slow = timed(lambda word: before.ask(word, ("source_kind", "factor")), 6)
        print(f"source_kind, factor and days set by set: {slow}")
        print(f"ratio {slow.median / fast.median:.1f}, of processor time {slow.processor / fast.processor:.1f}")
        found_alone = timed(lambda word: office.index.states(Text(word)), asked.runs)
        print(f"index alone, all that was found as numbers: {found_alone}")
        facets = Search(query=Text(WORDS[0]), size=0, facets={"source_kind": 10, "factors": 50}, histogram="day")
        print(f"index alone, two facets and days: {timed(lambda _: office.index.search(facets), asked.runs)}")
        office.store.withdraw_documents([f"d{number:024x}" for number in range(10)])
        started = time.perf_counter()
        desk.documents(PROJECT.id, PURPOSE, Search(), Beside(facets=("source_kind",)))
        print(f"first question after ten withdrawals: {(time.perf_counter() - started) * 1e3:.0f} ms")
        tracemalloc.start()
        fresh = Ledgers(office.index, office.store)
        fresh.crowd(PROJECT.id, All())
        print(f"memory of the ledger: {tracemalloc.get_traced_memory()[0] / asked.documents:.0f} bytes a document")


if __name__ == "__main__":
    main()

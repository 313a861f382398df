"""How time, disk and memory grow from a thousand documents to a million, on log axes.

    python -m benchmarks.growth --sentences ../shared/data/petitions/*.jsonl.gz --home /var/tmp/minyi-growth
    python -m benchmarks.growth --sentences … --home … --up-to 1000000 --measure-to 100000 [--out report]

One office grows: petitions of 350 characters are imported, analysed, linked, indexed and proposed on, in steps, each in
a process of its own. At 1,000, 3,000, 10,000, … documents it is asked: a search with its page, facets and days under
k-anonymity, and an alert tick over all projects one hour later. What was found stands in ``growth.jsonl`` in the home
folder; run again, it goes on where it was. A step that was cut off counts what it did itself, so rates stay right.
Beyond ``--measure-to`` points are extrapolated and marked so: time and disk at the rate of the last step, the rest
along a line through the last three points on log axes, memory as its last point.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import numpy as np

from api.desk import Desk
from api.finding import Beside
from api.policy import Reader
from benchmarks.console_office import projects
from benchmarks.plots import Point, lines
from benchmarks.search import size_of
from benchmarks.shaped import NoTexts, petitions, pool_of
from benchmarks.sheet import Sheet, Table
from benchmarks.usage import Peak, processor
from index import Search
from index.query import Text
from pipeline.alerts.watch import watch
from pipeline.feed import feed
from pipeline.office import Office
from pipeline.propose import propose
from pipeline.settings import Settings
from pipeline.work import work

STEP: Final = 10_000
"""Documents that one process takes in at most."""
WORDS: Final = ("问题", "小区", "领导", "希望", "居民", "政府")
STAGES: Final = ("import", "work")
ASKED: Final = ("search, ms", "facets and days, ms", "alert tick, ms")
PURPOSE: Final = "risk_identification"


def sizes(up_to: int) -> list[int]:
    """1,000, 3,000, 10,000, … and the last size itself."""
    found = [round(10 ** (half / 2)) if half % 2 == 0 else 3 * 10 ** (half // 2) for half in range(6, 19)]
    return [size for size in found if size < up_to] + [up_to]


def stops(up_to: int) -> list[int]:
    """Where a process ends: all sizes, and every step between them."""
    return sorted({*sizes(up_to), *range(STEP, up_to, STEP)})


def grow(home: Path, pool: list[str], begin: int, end: int, asked: bool) -> dict[str, Any]:
    """Takes the office from one number of documents to another; what that cost, and, if asked, answers there."""
    row: dict[str, Any] = {"documents": end}
    with Office(Settings(home=home)) as office, Peak() as peak:
        if not begin:
            office.register(projects())
        before, used = time.perf_counter(), processor(os.getpid())
        receipt = office.receive(petitions(pool, end - begin, begin))
        row["import"] = [receipt.new, time.perf_counter() - before, processor(os.getpid()) - used]
        before, used = time.perf_counter(), processor(os.getpid())
        done = work(office)
        row["work"] = [done.analysed, time.perf_counter() - before, processor(os.getpid()) - used]
        feed(office.store, office.index)
        propose(office.store)
        if asked:
            row["disk, bytes"] = size_of(home)
            row.update(answers(office))
    row["peak, MB"] = peak.megabytes
    return row


def answers(office: Office) -> dict[str, float]:
    """Milliseconds of what people ask: medians over words, after the first answer."""
    desk, largest = Desk(office, Reader("bench", "assessor")), projects()[0].id

    def ask(beside: Beside) -> Callable[[str], object]:
        return lambda word: desk.documents(largest, PURPOSE, Search(query=Text(word)), beside)

    now = office.store.clock() + timedelta(hours=1)
    watch(office.store, office.settings, now)  # brings projects that were never judged up to date
    return {
        "search, ms": _milliseconds(ask(Beside())),
        "facets and days, ms": _milliseconds(ask(Beside(facets=("source_kind", "factor"), histogram="day"))),
        "alert tick, ms": _once(lambda: watch(office.store, office.settings, now + timedelta(hours=1))),
    }


def _milliseconds(ask: Callable[[str], object]) -> float:
    ask(WORDS[0])
    return statistics.median(min(_once(lambda w=word: ask(w)) for _ in range(3)) for word in WORDS)  # type: ignore[misc]


def _once(do: Callable[[], object]) -> float:
    begun = time.perf_counter()
    do()
    return (time.perf_counter() - begun) * 1e3


def rows_of(home: Path) -> list[dict[str, Any]]:
    """What was measured so far, by size; a line that was cut off is left out."""
    path, found = home / "growth.jsonl", dict[int, dict[str, Any]]()
    for line in path.read_text("utf-8").splitlines() if path.exists() else ():
        try:
            row = json.loads(line)
        except json.JSONDecodeError:
            continue
        found[row["documents"]] = row
    return [found[size] for size in sorted(found)]


def measure(home: Path, sentences: list[Path], up_to: int) -> None:
    """Grows the office step by step, each in a process of its own, from where it is."""
    begin = max((row["documents"] for row in rows_of(home)), default=0)
    for end in (stop for stop in stops(up_to) if stop > begin):
        started = time.perf_counter()
        command = [sys.executable, "-m", "benchmarks.growth", "--home", str(home), "--step", str(begin), str(end)]
        command += ["--up-to", str(up_to)]
        subprocess.run([*command, "--sentences", *map(str, sentences)], check=True)
        rate = (end - begin) / (time.perf_counter() - started)
        left = (up_to - end) / rate / 60
        print(f"{end:,} documents, {rate:.0f}/s, about {left:.0f} min left", file=sys.stderr, flush=True)
        begin = end


def points_of(rows: list[dict[str, Any]], up_to: int) -> dict[str, list[Point]]:
    """Every figure over the number of documents, extrapolated beyond what was measured."""
    last, found = rows[-1]["documents"], dict[str, list[Point]]()
    wanted = sorted({*sizes(up_to), last})
    for stage in STAGES:
        shown: list[Point] = []
        for size in (one for one in wanted if one <= last):
            until = [row[stage] for row in rows if row["documents"] <= size and row[stage][0]]
            shown.append(Point(size, size * sum(s for _, s, _ in until) / max(1, sum(n for n, _, _ in until))))
        count, seconds, _ = next(row[stage] for row in reversed(rows) if row[stage][0])
        base = shown[-1].y if shown else 0.0
        shown += [Point(size, base + (size - last) * seconds / count, True) for size in wanted if size > last]
        found[f"{stage}, s"] = shown
    for name in (*ASKED, "disk, bytes", "peak, MB"):
        shown = [Point(row["documents"], row[name]) for row in rows if name in row and row["documents"] in wanted]
        ahead = [size for size in wanted if size > last]
        found[name] = shown + [Point(size, _ahead(name, shown, size), True) for size in ahead if len(shown) > 1]
    return found


def _ahead(name: str, shown: list[Point], size: int) -> float:
    if name == "peak, MB":
        return shown[-1].y
    if name == "disk, bytes":
        first, second = shown[-2:]
        return second.y + (size - second.x) * (second.y - first.y) / (second.x - first.x)
    x, y = zip(*((math.log(p.x), math.log(max(p.y, 1e-3))) for p in shown[-3:]), strict=True)
    slope, base = np.polyfit(x, y, 1)
    return float(math.exp(base + slope * math.log(size)))


def sheet_of(rows: list[dict[str, Any]], up_to: int) -> Sheet:
    """Table and plots of what was measured."""
    sheet, points = Sheet("growth", "Growth"), points_of(rows, up_to)
    table = Table("By number of documents; * extrapolated", ["documents", *points])
    for size in sorted({*sizes(up_to), rows[-1]["documents"]}):
        cells = [next((p for p in line if p.x == size), None) for line in points.values()]
        table.rows.append([f"{size:,}", *(f"{p.y:,.4g}{'*' * p.extrapolated}" if p else "–" for p in cells)])
    sheet.tables.append(table)
    groups = {
        "time to take in, seconds": [f"{stage}, s" for stage in STAGES], "answers, milliseconds": ASKED,
        "disk, bytes": ["disk, bytes"], "peak memory, MB": ["peak, MB"],
    }  # fmt: skip
    for title, names in groups.items():
        drawn = {name: points[name] for name in names}
        sheet.plots.append(
            (f"{title} (hollow in white: extrapolated)", lines(drawn, "documents", title, logarithmic=True))
        )
    last = rows[-1]["documents"]
    sheet.notes = [
        f"Measured up to {last:,} documents" + (f"; beyond that extrapolated to {up_to:,}." if last < up_to else "."),
        "`work` is all that minyi work does: analyse, link, index, propose, watch. Memory is of the process with its "
        "readers, shared pages counted once; each step is a process of its own.",
        f"`facets and days` counts under k-anonymity on the largest project; the tick judges {len(projects())}.",
    ]
    sheet.figures = {name: [list(point) for point in line] for name, line in points.items()}
    return sheet


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", nargs="+", type=Path, required=True, help="JSONL.gz files with a field text")
    parser.add_argument("--home", type=Path, required=True, help="folder of the office that grows; keep it to go on")
    parser.add_argument("--up-to", type=int, default=1_000_000, help="last point (default 1,000,000)")
    parser.add_argument("--measure-to", type=int, help="points beyond are extrapolated (default: none is)")
    parser.add_argument("--out", type=Path, help="folder for growth.json, .md and plots")
    parser.add_argument("--step", nargs=2, type=int, metavar=("FROM", "TO"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    try:
        pool = pool_of(asked.sentences)
    except NoTexts as error:
        parser.error(str(error))
    asked.home.mkdir(parents=True, exist_ok=True)
    if asked.step:
        begin, end = asked.step
        row = grow(asked.home / "office", pool, begin, end, end in sizes(asked.up_to))
        with (asked.home / "growth.jsonl").open("a", encoding="utf-8") as kept:
            kept.write(json.dumps(row) + "\n")
        return
    measure(asked.home, asked.sentences, min(asked.up_to, asked.measure_to or asked.up_to))
    sheet = sheet_of(rows_of(asked.home), asked.up_to)
    sheet.command = f"python -m benchmarks.growth --sentences … --home … --up-to {asked.up_to}"
    if asked.measure_to:
        sheet.command += f" --measure-to {asked.measure_to}"
    sheet.tell(asked.out)


if __name__ == "__main__":
    main()

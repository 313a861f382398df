"""Texts a second from a raw item to a candidate: redact, store, analyse, link, index, propose; by stage, with memory.

    python -m benchmarks.throughput --sentences ../shared/data/petitions/*.jsonl.gz \\
        --posts ../shared/data/nlp/weibo_2020_unlabelled/sample.jsonl.gz [--texts 3000] [--cores 2] [--out report]

Petitions are cut to 350 characters; posts are as long as they are. A fresh office with fourteen projects takes the
items in and does all that ``minyi work`` does, with the default models and one reading process a core; the process and
its children are bound to so many cores. The rate of the whole holds the start of the reading processes and the load of
the models; beside it stands the rate without that start, which is what a long run comes to. Then one process
alone takes a sample through each step by itself: processor time a text. Texts stay in a temporary folder that is
deleted. Goals: 50 petitions and 150 posts a second.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Final

from benchmarks.console_office import projects
from benchmarks.plots import bars
from benchmarks.shaped import CHARACTERS, NoTexts, petitions, pool_of, posts, posts_of
from benchmarks.sheet import Sheet, Table
from benchmarks.usage import Peak, processor
from pipeline.office import Office
from pipeline.raw import RawItem
from pipeline.settings import Settings
from pipeline.work import work

GOALS: Final = {"petitions": 50.0, "posts": 150.0}
SAMPLE: Final = 300
"""Texts in the sample that one process takes through each step."""
DRAWN: Final = 0.3
"""Milliseconds a text from which a step is drawn."""


class Stages:
    """Wall and processor seconds of each step of the work; a step ends where the next begins."""

    def __init__(self) -> None:
        self.wall: dict[str, float] = {}
        self.used: dict[str, float] = {}
        self.first_read = 0.0
        """Seconds from the beginning of the reading to the first texts that were read, and their number."""
        self.read_first = 0
        self._name = ""
        self._begun = (time.perf_counter(), processor(os.getpid()))

    def step(self, name: str, total: int) -> None:
        """Ends the present step and begins another."""
        now = (time.perf_counter(), processor(os.getpid()))
        if self._name:
            self.wall[self._name] = self.wall.get(self._name, 0) + now[0] - self._begun[0]
            self.used[self._name] = self.used.get(self._name, 0) + now[1] - self._begun[1]
        self._name, self._begun = name, now
        print(f"  {time.strftime('%H:%M:%S')} {name}", file=sys.stderr, flush=True)

    def advance(self, count: int) -> None:
        """Notes when the first texts were read."""
        if self._name == "analyse" and not self.read_first:
            self.first_read, self.read_first = time.perf_counter() - self._begun[0], count


def whole(items: Iterator[RawItem], count: int, cores: int) -> tuple[Stages, float, int]:
    """Takes all items to candidates in a fresh office; the stages, peak megabytes, and how many were indexed."""
    stages = Stages()
    with (
        tempfile.TemporaryDirectory(prefix="minyi-throughput-") as name,
        Office(Settings(home=Path(name) / "office", processes=cores)) as office,
        Peak() as peak,
    ):
        office.register(projects())
        stages.step("receive", count)
        office.receive(items)
        stages.step("prepare", 0)
        done = work(office, stages)
        stages.step("", 0)
        if done.quarantined:
            print(f"  {done.quarantined} texts could not be read", file=sys.stderr)
        indexed = office.store.counts_by_state().get("indexed", 0)
    return stages, peak.megabytes, indexed


def steps(items: Sequence[RawItem]) -> dict[str, float]:
    """Milliseconds of this process's processor time a text, step by step."""
    from models import nlp
    from models.context import make_doc
    from pipeline.analyse import analyse
    from pipeline.intake import PUBLISHED_BY_AUTHORITIES
    from pipeline.link import Asked, Linker
    from pipeline.origins import signature
    from pipeline.redact import redact_document
    from pipeline.stance import StanceReader
    from pipeline.versions import current_versions

    known, threshold, times = projects(), Settings().link_threshold, dict[str, float]()
    language, linker, stances = nlp.load(), Linker.with_model(known, threshold=threshold), StanceReader(known)
    versions = current_versions(known, threshold)

    @contextmanager
    def timed(step: str) -> Iterator[None]:
        begun = time.process_time()
        yield
        times[step] = times.get(step, 0.0) + (time.process_time() - begun) * 1e3 / len(items)

    with tempfile.TemporaryDirectory() as name, Office(Settings(home=Path(name) / "office")) as office:
        office.register(known)
        redact_document("预热", "预热")
        nlp.read_one("预热")
        for item in items:
            with timed("redact"):
                redact_document(item.title, item.body, official=item.genre in PUBLISHED_BY_AUTHORITIES)
        with timed("intake: redact, store, fold"):
            office.receive(items)
        documents = list(office.store.all_documents())
        for document in documents:
            with timed("find copies: signature"):
                signature(document.text, document.genre)
        with timed("link"):
            links = linker.links([Asked(one.text, one.published_at, one.region) for one in documents])
        with timed("segment"):
            docs = [make_doc(language, d.text, d.published_at, d.source_kind, d.region) for d in documents]
        parts = iter(language.pipeline)
        for part, component in parts:  # up to the transformer, which reads several texts ahead
            with timed(f"analyse: {part}"):
                docs = list(component.pipe(docs)) if hasattr(component, "pipe") else [component(doc) for doc in docs]
            if part == "transformer":
                break
        rest = list(parts)
        for doc in docs:  # a text through all of them, as it is read: what one has found out the next one is told
            for part, component in rest:
                with timed(f"analyse: {part}"):
                    component(doc)
        for document, doc, found in zip(documents, docs, links, strict=True):
            with timed("analyse: record"):
                analyse(document, doc, found, versions)
            with timed("stance"):
                stances.read(document.text, found)
    return times


def sheet_of(kinds: dict[str, Callable[[int], Iterator[RawItem]]], count: int, cores: int) -> Sheet:
    """Measures each kind of text."""
    sheet = Sheet("throughput", "Throughput, raw item to candidate")
    rates = Table(
        f"{count} texts of each kind, {cores} cores",
        ["texts", "characters, mean", "whole, s", "texts/s", "texts/s after the start", "goal, texts/s", "peak MB"],
    )
    sheet.tables.append(rates)
    for kind, items in kinds.items():
        print(f"{kind}: {count} texts", file=sys.stderr, flush=True)
        length = statistics.mean(len(one.title) + len(one.body) for one in islice(items(count), 500))
        stages, peak, indexed = whole(items(count), count, cores)
        seconds = sum(stages.wall.values())
        started = max(0.0, stages.first_read - _pace(stages, count) * stages.read_first)
        rates.rows.append([
            kind, f"{length:.0f}", f"{seconds:.1f}", f"{count / seconds:.1f}", f"{count / (seconds - started):.1f}",
            f"≥ {GOALS[kind]:.0f}", f"{peak:.0f}",
        ])  # fmt: skip
        broken = Table(f"{kind}: stages of the whole", ["stage", "wall, s", "processor, s", "processor, ms a text"])
        for name, wall in stages.wall.items():
            used = stages.used[name]
            broken.rows.append([name, f"{wall:.2f}", f"{used:.2f}", f"{used * 1e3 / count:.2f}"])
        alone = steps(list(items(min(count, SAMPLE))))
        fine = Table(f"{kind}: one process, {min(count, SAMPLE)} texts", ["step", "processor, ms a text"])
        fine.rows = [[name, f"{value:.2f}"] for name, value in alone.items()]
        sheet.tables += [broken, fine]
        drawn = {step: value for step, value in alone.items() if value >= DRAWN}
        sheet.plots.append((f"{kind}: steps from {DRAWN} ms on", bars(drawn, "ms of processor time a text")))
        sheet.figures[kind] = {
            "texts": count, "indexed": indexed, "seconds": seconds, "texts_per_second": count / seconds,
            "texts_per_second_after_start": count / (seconds - started), "goal": GOALS[kind], "peak_mb": peak,
            "stages_wall": stages.wall, "stages_processor": stages.used, "steps_ms": alone,
        }  # fmt: skip
    sheet.notes = [
        "`receive` redacts on all cores, stores and folds copies in one process; `analyse` starts the reading "
        "processes, loads models, reads and links; in runs of more than a minute it spreads what was read to index and "
        "candidates now and then, which counts as `analyse`.",
        "`redact` and `signature` are parts of `intake`; they are measured by themselves as well.",
        "`propose` ends with the alert tick of all projects and the retention steps of the work.",
    ]
    return sheet


def _pace(stages: Stages, count: int) -> float:
    """Seconds a text once the readers read."""
    left = count - stages.read_first
    return (stages.wall.get("analyse", 0.0) - stages.first_read) / left if left > 0 else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", nargs="+", type=Path, required=True, help="JSONL.gz files with a field text")
    parser.add_argument("--posts", type=Path, help="JSONL.gz file of Weibo posts; without it petitions only")
    parser.add_argument("--texts", type=int, default=3000, help="of each kind (default 3000)")
    parser.add_argument("--characters", type=int, default=CHARACTERS, help=f"of a petition (default {CHARACTERS})")
    parser.add_argument("--cores", type=int, default=2, help="cores to use (default 2)")
    parser.add_argument("--out", type=Path, help="folder for throughput.json, .md and plots")
    asked = parser.parse_args()
    try:
        pool = pool_of(asked.sentences)
        messages = posts_of(asked.posts) if asked.posts else []
    except NoTexts as error:
        parser.error(str(error))
    os.sched_setaffinity(0, set(sorted(os.sched_getaffinity(0))[: asked.cores]))
    kinds: dict[str, Callable[[int], Iterator[RawItem]]] = {
        "petitions": lambda count: petitions(pool, count, characters=asked.characters)
    }
    if messages:
        kinds["posts"] = lambda count: posts(messages, count)
    sheet = sheet_of(kinds, asked.texts, len(os.sched_getaffinity(0)))
    sheet.command = f"python -m benchmarks.throughput --sentences … --texts {asked.texts} --cores {asked.cores}"
    sheet.tell(asked.out)


if __name__ == "__main__":
    main()

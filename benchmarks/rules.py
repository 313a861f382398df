"""Saved rules against new documents: documents a second, beside testing every rule on every document in the same run.

    python -m benchmarks.rules --sentences ../shared/data/petitions/*.jsonl.gz [--rules 1000] [--documents 20000]

Documents are recombined as in ``benchmarks.search``. Rules are what offices save: one to three strings of two to six
characters out of other sentences, joined, excluded or near, half of them on one project, a factor or the last days.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import time
from collections.abc import Callable, Iterable
from itertools import islice
from pathlib import Path

from benchmarks.search import documents, sentences, strings
from index import IndexEntry
from index.matching import Subject, tester
from index.query import Query, parse
from index.rules import Rules


def rules(pool: list[str], count: int) -> dict[str, Query]:
    """Made-up rules, the same for the same pool and count."""
    chance = random.Random(163)
    words = {length: strings(pool, length, count, seed=length) for length in range(2, 7)}
    found: dict[str, Query] = {}
    while len(found) < count:
        a, b, c = (chance.choice(words[chance.choice((2, 2, 3, 4, 4, 6))]) for _ in range(3))
        form = chance.choice(
            ("{a}", "{a} {b}", "{a} OR {b}", "({a} OR {b}) -{c}", '"{a} {b}"~8', "{a} {b} {c}", "{a} -{b}")
        )
        field = chance.choice(("", "", "", "project:project{n}", "factor:factor{n}", "published:last400d"))
        typed = f"{field.format(n=chance.randrange(40))} ({form.format(a=a, b=b, c=c)})".strip()
        found[typed] = parse(typed)
    return found


def per_second(match: Callable[[IndexEntry], object], entries: Iterable[IndexEntry]) -> tuple[float, int]:
    """Documents a second, and how many there were."""
    read = list(entries)
    started = time.perf_counter()
    for entry in read:
        match(entry)
    return len(read) / (time.perf_counter() - started), len(read)


def main() -> None:
    """Prints one line of JSON. Exits with 1 when the rules and the exhaustive test disagree."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sentences", nargs="+", type=Path, required=True)
    parser.add_argument("--rules", type=int, default=1000)
    parser.add_argument("--documents", type=int, default=20_000)
    asked = parser.parse_args()

    pool = sentences(asked.sentences)
    queries = rules(pool, asked.rules)
    stream = documents(pool, asked.documents + 1000)
    sample = list(islice(stream, 1000))
    started = time.perf_counter()
    found = Rules(queries, sample)
    ready = time.perf_counter() - started
    matched: list[int] = []
    rate, count = per_second(lambda entry: matched.append(len(found.matching(entry))), stream)

    tests = {name: tester(query) for name, query in queries.items()}

    def every(entry: IndexEntry) -> tuple[str, ...]:
        subject = Subject(entry)
        return tuple(sorted(name for name, test in tests.items() if test(subject)))

    exhaustive, _ = per_second(every, sample[:300])
    if any(every(entry) != found.matching(entry) for entry in sample[:300]):
        raise SystemExit("rules and exhaustive test disagree")
    print(
        json.dumps(
            {
                "rules": len(found),
                "documents": count,
                "documents_per_second": round(rate),
                "every_rule_tested_per_second": round(exhaustive),
                "ratio": round(rate / exhaustive, 1),
                "rules_matched_per_document": round(sum(matched) / count, 2),
                "seconds_to_make_ready": round(ready, 2),
                "machine": f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
            }
        )
    )


if __name__ == "__main__":
    main()

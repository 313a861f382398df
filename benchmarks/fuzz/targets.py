"""What takes input from outside, and what counts as an answer: a result, or a refusal that says why."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from random import Random
from typing import Any, Final

from benchmarks.fuzz import bases, mutations

NOW: Final = datetime(2026, 6, 1, tzinfo=UTC)
CLEAR: Final = 600
"""Longest refusal, in characters: a person reads it."""


class Unclear(AssertionError):
    """A refusal that does not say what is wrong, or an answer that breaks its own rules."""


@dataclass(frozen=True)
class Target:
    """``make`` invents an input; ``judge`` gives it to the product and says what became of it, or raises."""

    name: str
    share: int
    """Of a hundred inputs."""
    make: Callable[[Random], bytes]
    judge: Callable[[bytes], str]


def clear(message: str) -> str:
    """``refused``, if a person can read why. Raises Unclear."""
    readable = all(one.isprintable() or one == "\n" for one in message)
    if not readable or not 12 <= len(message) <= CLEAR or " " not in message or "Traceback" in message:
        raise Unclear(f"this says nothing: {message[:200]!r}")
    return "refused"


def _text(content: bytes) -> str:
    return content.decode("utf-8", "surrogatepass")


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _queries(random: Random) -> bytes:
    if random.random() < 0.4:
        words = [*bases.QUERIES, *mutations.ODD, "(", ")", '"', " OR ", " ", "-", ":", "~9", "*", "[", "]"]
        return _bytes(" ".join(random.choice(words) for _ in range(random.randint(1, 9))))
    return _bytes(mutations.text(random, " ".join(random.sample(bases.QUERIES, random.randint(1, 3)))))


def _query(content: bytes) -> str:
    from index.errors import QueryError
    from index.query import parse

    typed = _text(content)
    try:
        parse(typed)
    except QueryError as error:
        if error.position is not None and not 0 <= error.position <= len(typed):
            raise Unclear(f"points at {error.position} of {len(typed)}") from error
        return clear(str(error)) if str(error).startswith("E60") else clear("")
    return "taken"


def _importer(suffix: str, *fixed: Callable[[], bytes]) -> Target:
    """A file under this name, as it is imported."""

    def make(random: Random) -> bytes:
        base = random.choice(fixed)()
        if suffix == "gz" and random.random() < 0.6:
            return gzip.compress(mutations.data(random, bases.csv_file()), mtime=0)
        within = base[:2] == b"PK" and random.random() < 0.6
        if within:
            return mutations.members(random, base)
        return mutations.data(random, base, [one() for one in (bases.csv_file, bases.workbook, bases.printed)])

    def judge(content: bytes) -> str:
        from crawlers.importers import Bad, ImportOptions, ImportRefused, Uploaded, open_source

        bad = 0
        try:
            for row in open_source(Uploaded(f"file.{suffix}", content), ImportOptions(now=NOW)):
                if isinstance(row, Bad):
                    bad += 1
                    if not row.reason.isprintable() or len(row.reason) < 8:
                        raise Unclear(f"this says nothing: {row.reason!r}")
        except ImportRefused as error:
            return clear(str(error))
        return "taken in part" if bad else "taken"

    return Target(suffix, 5, make, judge)


def _pages(random: Random) -> bytes:
    if random.random() < 0.5:
        return _bytes(mutations.text(random, bases.PAGE))
    return mutations.data(random, bases.PAGE.encode(random.choice(("utf-8", "gb18030", "utf-16", "big5")), "replace"))


def _page(content: bytes) -> str:
    from crawlers.extraction import NotAPage, extract

    try:
        article = extract(
            content, url="https://news.example/2026/0301/1.html", content_type="text/html", fetched_at=NOW
        )
    except NotAPage as error:
        return clear(str(error))
    json.dumps([article.title, article.text, article.url])
    return "taken"


def _passages(random: Random) -> bytes:
    return _bytes(mutations.text(random, "".join(random.sample(bases.TEXTS, random.randint(1, 3)))))


def _redacted(content: bytes) -> str:
    from pipeline.redact import CannotRedact, redact

    text = _text(content)
    try:
        once = redact(text)
    except CannotRedact as error:
        if error.reason == "failed":  # a defect of ours, which the intake only hides
            raise Unclear("the redactor failed") from error
        return "refused"
    if redact(once.text).redactions:
        raise Unclear("what is redacted once is not redacted for good")
    return "taken"


def _rows(random: Random) -> bytes:
    """A line for a filter: most of them rows with a spoilt text, some no rows at all."""
    row: dict[str, Any] = {"uid": "1", "title": random.choice(("", "停水", "公示")), "text": _text(_passages(random))}
    if random.random() < 0.3:
        row[random.choice(("uid", "title", "text", "time", "region", "source_kind"))] = random.choice(
            (None, 7, [], {}, True, "2026-99-99", "x" * 5000, "\ud800", -1e308, "weibo")
        )
    line = json.dumps(row).encode()
    return mutations.data(random, line) if random.random() < 0.15 else line


@cache
def _linking() -> Any:
    from pipeline.annotate import Linking

    return Linking.to([])


def _annotated(content: bytes) -> str:
    from pipeline.annotate import annotate

    return _filtered(content, lambda rows: annotate(rows, _linking()))


def _ticks(random: Random) -> bytes:
    rows = [dict(row) for row in bases.COUNTS[: random.randint(3, 28)]]
    for _ in range(random.randint(1, 6)):
        random.choice(rows)[random.choice(("series", "timestamp", "count", "exposure", "capped"))] = random.choice(
            (None, -1, 1e308, float("nan"), "x", [], True, 0, "2026-03-01", "1-1-1", 2**70, "9999-12-31T23:59:59")
        )
    lines = "\n".join(json.dumps(row) for row in rows).encode()
    return mutations.data(random, lines) if random.random() < 0.3 else lines


def _judged(content: bytes) -> str:
    from api.cli.detect import _judged
    from pipeline.alerts.stream import Streams

    streams = Streams(None)
    return _filtered(content, lambda rows: _judged(streams, rows))


def _filtered(content: bytes, handle: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> str:
    """As ``minyi annotate`` and its kin do it: line by line, an ``error`` in place of a row that cannot be read."""
    from api.cli.jsonl import BadLine, read_rows

    refused = False
    rows = list(read_rows(content.splitlines()))
    for row in rows:
        if isinstance(row, BadLine):
            refused = clear(row["error"]) == "refused"
    good = [row for row in rows if not isinstance(row, BadLine)]
    try:
        for done in handle(good) if good else []:
            json.dumps(done)
            if "error" in done:
                refused = clear(done["error"]) == "refused"
    except ValueError as error:
        return clear(str(error))
    return "refused" if refused else "taken"


TARGETS: Final = (
    Target("query", 25, _queries, _query),
    _importer("csv", bases.csv_file),
    _importer("jsonl", bases.json_lines),
    _importer("xlsx", bases.workbook),
    _importer("docx", bases.letter),
    _importer("pdf", bases.printed),
    _importer("zip", bases.archive),
    _importer("gz", bases.packed),
    Target("html", 8, _pages, _page),
    Target("redact", 14, _passages, _redacted),
    Target("annotate", 4, _rows, _annotated),
    Target("detect", 4, _ticks, _judged),
)
"""Together with ``requests`` (10) they make a hundred."""

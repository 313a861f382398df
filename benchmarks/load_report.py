"""What benchmarks.load noted, as tables and plots: errors, waiting times, slopes of memory, texts that came through."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

import numpy as np

from benchmarks.plots import Point, lines
from benchmarks.questions import percentile
from benchmarks.sheet import Sheet, Table

Rows = list[dict[str, Any]]
PIECES: Final = 60
"""Pieces of the time over which waiting times are drawn."""
GOAL: Final = 1.0
"""MB a minute that server and worker may grow after the warm-up."""


def slope(samples: Rows, who: str, warm: float) -> float | None:
    """MB a minute of a line through the longest stretch after its warm-up; None below five samples."""
    best: list[tuple[float, float]] = []
    for stretch in {row["stretch"] for row in samples}:
        mine = [(row["at"], row["mb"][who]) for row in samples if row["stretch"] == stretch and row["mb"].get(who)]
        kept = [(at, mb) for at, mb in mine if at >= mine[0][0] + warm]
        best = max(best, kept, key=len)
    if len(best) < 5:
        return None
    at, mb = zip(*best, strict=True)
    return float(np.polyfit(np.array(at) / 60, np.array(mb), 1)[0])


def sheet_of(rows: Rows, warm: float) -> Sheet:
    """The findings over all stretches; ``warm`` in seconds."""
    requests = [row for row in rows if row["kind"] == "request"]
    samples = [row for row in rows if row["kind"] == "memory"]
    sheet = Sheet("load", "Readers while petitions come in")
    seconds = sum(row["for"] for row in samples)
    waits = Table("Answers", ["question", "answers", "errors", "p50, ms", "p95, ms", "p99, ms", "longest, ms"])
    for name in ("all", *dict.fromkeys(row["name"] for row in requests)):
        mine = [row for row in requests if name in ("all", row["name"])]
        ms, wrong = [row["ms"] for row in mine], sum(row["status"] != 200 for row in mine)
        shown = [f"{percentile(ms, share):,.0f}" for share in (0.5, 0.95, 0.99, 1.0)]
        waits.rows.append([name, f"{len(mine):,}", f"{wrong} ({wrong / max(1, len(mine)):.4%})", *shown])
        sheet.figures[name] = {"answers": len(mine), "errors": wrong} | {
            f"p{share * 100:g}": percentile(ms, share) for share in (0.5, 0.95, 0.99)
        }
    whose = list(dict.fromkeys(name for row in samples for name in row["mb"]))
    held = Table(
        "Memory",
        ["process", "first, MB", "last, MB", "most, MB", f"slope after warm-up, MB/min (≤ {GOAL:g})",
         "mapped files at the end, MB"],
    )  # fmt: skip
    for who in whose:
        mb = [row["mb"][who] for row in samples if row["mb"].get(who)]
        grows = slope(samples, who, warm)
        ends = [f"{value:,.0f}" for value in (mb[0], mb[-1], max(mb))] if mb else ["–"] * 3
        files = samples[-1].get("files", {}).get(who, 0.0)
        held.rows.append([who, *ends, "too short" if grows is None else f"{grows:+.2f}", f"{files:,.0f}"])
        sheet.figures[f"{who}, MB/min"] = grows
    sheet.tables = [waits, held]
    sheet.plots = [
        ("waiting times, all questions", _waits(requests)),
        ("memory, MB", lines(
            {who: [Point(row["at"] / 60, row["mb"][who]) for row in samples if row["mb"].get(who)] for who in whose},
            "minutes", "MB", marks=False,
        )),
        ("texts by state", lines(
            {state: [Point(row["at"] / 60, row["states"].get(state, 0)) for row in samples]
             for state in ("received", "analysed", "indexed")},
            "minutes", "texts", marks=False,
        )),
    ]  # fmt: skip
    sheet.notes = _notes(rows, samples, requests, seconds, warm)
    return sheet


def _waits(requests: Rows) -> str:
    end = max((row["at"] for row in requests), default=1.0)
    pieces: dict[int, list[float]] = {}
    for row in requests:
        pieces.setdefault(min(PIECES - 1, int(row["at"] / end * PIECES)), []).append(row["ms"])
    middle = [(piece + 0.5) * end / PIECES / 60 for piece in sorted(pieces)]
    return lines(
        {
            f"p{share * 100:g}": [
                Point(at, percentile(pieces[piece], share)) for at, piece in zip(middle, sorted(pieces), strict=True)
            ]
            for share in (0.5, 0.95, 0.99)
        },
        "minutes", "ms", marks=False,
    )  # fmt: skip


def _notes(rows: Rows, samples: Rows, requests: Rows, seconds: float, warm: float) -> list[str]:
    stretches = len({row["stretch"] for row in samples})
    notes = [f"{seconds / 60:.1f} minutes in {stretches} stretch(es); warm-up {warm / 60:.1f} minutes; "
             f"{len(requests) / max(1.0, seconds):.1f} answers a second."]  # fmt: skip
    if samples:
        first, last = samples[0]["states"], samples[-1]["states"]
        came, through = sum(last.values()) - sum(first.values()), last.get("indexed", 0) - first.get("indexed", 0)
        notes.append(f"{came:,} texts came in and {through:,} became searchable between the first and the last look; "
                     f"{last.get('received', 0):,} were waiting to be read at the end.")  # fmt: skip
    wrong = Counter(f"{row['name']}: {row['status'] or ''} {row.get('error', '')}" for row in requests
                    if row["status"] != 200)  # fmt: skip
    notes += [f"error {kind}: {count}" for kind, count in wrong.most_common(10)]
    notes += [f"ended by itself at {row['at'] / 60:.1f} minutes: {', '.join(row['who'])}"
              for row in rows if row["kind"] == "ended"]  # fmt: skip
    return notes

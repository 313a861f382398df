"""``minyi detect``: JSONL in, JSONL out, counts judged against each series' own habit."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from api.cli.jsonl import Row, run_filter, text_field

if TYPE_CHECKING:
    from pipeline.alerts import stream

_LOOK_AHEAD = 32768
"""Rows read before the step is known."""
_AT_ONCE = 64


@click.command(
    epilog="""\b
Examples:
  minyi detect < counts.jsonl > verdicts.jsonl
  tail -f counts.jsonl | minyi detect --step 3600
  echo '{"series":"quarry-road","timestamp":"2026-03-01T08:00:00","count":3}' | minyi detect
"""
)
@click.option("--step", type=click.IntRange(min=1), help="Seconds between the rows of a series, 3600 for hourly ones.")
def command(step: int | None) -> None:
    """Judge counts: {series,timestamp,count,exposure?,capped?} in, {series,timestamp,expected,upper,p,level,alarm} out.

    Rows are in time order within a series; series may be interleaved. Timestamps without zone are civil time of
    China. "exposure" is how much of the usual collection was at work (1); "capped" marks a count that is a lower
    bound; a count of null, or a row left out, is a tick about which nothing is known.

    expected, upper: this tick alone, mean and 95 % bound. level: blue, yellow, orange or red while a rise lasts;
    hourly series reach them about every 4 months, 20 months, 8 years and 80 years without cause. alarm: the rise
    reaches yellow, once a rise (below an hour a step: it begins). p: how likely a quiet series is to begin such a
    rise at this tick; 1 while a rise already told goes on. A new series is learnt first and says nothing: for a day
    (steps up to hours), 14 days (daily), 4 weeks (weekly). Without --step the first rows are read ahead to find each
    series' step. A row that cannot be judged gets an "error" field; exit code 1 if any did.
    """
    from pipeline.alerts.stream import Streams

    streams = Streams(step)
    batch = _AT_ONCE if step else _LOOK_AHEAD
    failed = run_filter(lambda rows: _judged(streams, rows), batch=batch, keys=("series", "timestamp"))
    sys.exit(1 if failed else 0)


def _judged(streams: stream.Streams, rows: list[Row]) -> list[Row]:
    """Never raises: what was stepped must not be stepped again."""
    results: list[Row] = [{"series": row.get("series"), "timestamp": row.get("timestamp")} for row in rows]
    good, at = [], []
    for i, row in enumerate(rows):
        try:
            good.append(_row(row))
            at.append(i)
        except (ValueError, OverflowError) as error:
            results[i]["error"] = str(error)[:300]
    for i, verdict in zip(at, streams.read(good), strict=True):
        if isinstance(verdict, str):
            results[i]["error"] = verdict
        else:
            results[i] |= {
                "expected": round(verdict.expected, 4),
                "upper": verdict.upper,
                "p": float(f"{verdict.p:.6g}"),
                "level": verdict.level.word if verdict.level else None,
                "alarm": verdict.alarm,
            }
    return results


def _row(row: Row) -> stream.Row:
    from pipeline.alerts import stream

    count = row.get("count")
    return stream.Row(
        series=text_field(row, "series"),
        moment=stream.parse_moment(row.get("timestamp")),
        count=None if count is None else _number("count", count),
        exposure=_number("exposure", row.get("exposure", 1.0)),
        capped=row.get("capped") is True,
    )


def _number(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError(f"E801: {name} {str(value)[:40]!r}: give a number")
    return float(value)

"""``minyi analyse --status``: how far the runs are, who reads, how fast, until when; from every machine."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from pipeline.office import Office
    from pipeline.store.reanalysis import AnalysisRun
    from pipeline.store.workers import Worker


def status(office: Office) -> dict[str, Any]:
    """The open runs and the workers of the last day, as plain values."""
    store, now = office.store, office.store.clock()
    workers, queued = store.workers(), store.queued()
    runs = [_run(run, queued.get(run.id, 0), workers, now) for run in store.analysis_runs() if run.state == "open"]
    signs = [_worker(one, now) for one in workers]
    return {"at": now, "runs": runs, "waiting": store.waiting("received"), "workers": signs}


def _run(run: AnalysisRun, left: int, workers: list[Worker], now: datetime) -> dict[str, Any]:
    mine = [one for one in workers if one.digest == run.digest and one.alive(now)]
    rate = sum(one.again_per_second for one in mine)
    return {
        "id": run.id, "model": run.versions.model, "begun_at": run.begun_at, "scope": run.scope, "texts": run.texts,
        "read": run.read, "failed": run.failed, "left": left, "workers": len(mine), "per_second": round(rate, 2),
        "seconds_left": round(left / rate) if rate > 0 else None,
    }  # fmt: skip


def _worker(one: Worker, now: datetime) -> dict[str, Any]:
    return {
        **one._asdict(), "alive": one.alive(now), "silent_seconds": round((now - one.seen_at).total_seconds()),
        "new_per_second": round(one.new_per_second, 2), "again_per_second": round(one.again_per_second, 2),
    }  # fmt: skip


def show(told: dict[str, Any]) -> None:
    """Prints the status for people."""
    for run in told["runs"]:
        share = (run["read"] + run["failed"]) / run["texts"] if run["texts"] else 1.0
        failed = f", {run['failed']:,} failed" if run["failed"] else ""
        click.echo(
            f"{run['id']}  {run['read']:,} of {run['texts']:,} read ({share:.1%}){failed}, "
            f"{run['per_second']:.1f}/s by {run['workers']} workers, {_ahead(run)}"
        )
    if not told["runs"]:
        click.echo("No run is open.")
    click.echo(f"{told['waiting']:,} new texts wait.")
    for one in told["workers"]:
        life = f"silent for {one['silent_seconds']} s" if not one["alive"] and one["step"] != "ended" else one["step"]
        failed = f", {one['failed']:,} failed" if one["failed"] else ""
        click.echo(
            f"  {one['name']:40}  {life:18}  {one['new']:,} new at {one['new_per_second']:.1f}/s, "
            f"{one['again']:,} again at {one['again_per_second']:.1f}/s{failed}"
        )


def _ahead(run: dict[str, Any]) -> str:
    if not run["left"]:  # what was not read by it, a later run took over, or its source changed or withdrew it
        return "nothing left: the next work ends it"
    if run["seconds_left"] is not None:
        return f"{run['left']:,} left, {timedelta(seconds=run['seconds_left'])}"
    why = "time not known yet" if run["workers"] else "nobody reads it now: minyi work --watch"
    return f"{run['left']:,} left, {why}"

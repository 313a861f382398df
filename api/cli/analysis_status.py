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
    workers = store.workers()
    runs = [_run(run, workers, now) for run in store.analysis_runs() if run.state == "open"]
    signs = [_worker(one, now) for one in workers]
    return {"at": now, "runs": runs, "waiting": store.waiting("received"), "workers": signs}


def _run(run: AnalysisRun, workers: list[Worker], now: datetime) -> dict[str, Any]:
    mine = [one for one in workers if one.digest == run.digest and one.alive(now)]
    rate = sum(one.again_per_second for one in mine)
    left = max(0, run.texts - run.read - run.failed)
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
        ahead = f"{timedelta(seconds=run['seconds_left'])} left" if run["seconds_left"] is not None else _unknown(run)
        failed = f", {run['failed']:,} failed" if run["failed"] else ""
        click.echo(
            f"{run['id']}  {run['read']:,} of {run['texts']:,} read ({share:.1%}){failed}, "
            f"{run['per_second']:.1f}/s by {run['workers']} workers, {ahead}"
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


def _unknown(run: dict[str, Any]) -> str:
    return "nobody reads it now: minyi work --watch" if not run["workers"] else "time left not known yet"

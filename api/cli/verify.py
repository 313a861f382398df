"""``minyi verify``: whether store, index and evidence agree."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.options import clear_errors, home_option, json_option, opened, print_json

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.findings import Finding


@click.command(epilog="Example: minyi verify --json")
@home_option
@json_option
@clear_errors
def command(home: Path | None, as_json: bool) -> None:
    """Check that store, index, evidence, voices and audit trail agree; exit with 1 and what to do where they do not.

    Run it while no other minyi process works: what comes in meanwhile may show as behind.
    """
    from api.agreement import agreement

    with opened(home) as office:
        show(agreement(office), as_json)


def show(findings: Iterable[Finding], as_json: bool) -> None:
    """Prints findings as they come (as JSON: all together); exits with 1 when one is a problem."""
    shown = []
    for finding in findings:
        shown.append(finding)
        if not as_json:
            click.echo(finding.line())
    ok = all(finding.ok for finding in shown)
    if as_json:
        print_json({"ok": ok, "findings": [{"ok": finding.ok, **asdict(finding)} for finding in shown]})
    if not ok:
        raise SystemExit(1)

"""What a machine cannot test: in CI a failure, elsewhere left out, and the end of the run says how to have it tested."""

from __future__ import annotations

import os
import re
from collections import Counter
from typing import NoReturn

import pytest

REASON = re.compile(r"Skipped: (?P<what>.+? (?:was|were) left out): .+?; (?P<how_to>[^']+)")


def leave_out(what: str, missing: str, ci: str, how_to: str) -> NoReturn:
    """Ends the test, for want of ``missing``; ``what`` ends in "left out", ``ci`` says what CI must test."""
    if os.environ.get("CI"):
        pytest.fail(f"{missing}, and CI {ci}: {how_to}", pytrace=False)
    pytest.skip(f"{what}: {missing}; {how_to}")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Says at the end of the run what was not tested, and how to have it tested."""
    found: Counter[tuple[str, str]] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        if told := REASON.search(reason):
            found[told["what"], told["how_to"]] += 1
    for (what, how_to), count in found.items():
        terminalreporter.write_sep("=", f"{what}: {count} tests did not run", yellow=True)
        terminalreporter.write_line(f"To run them {how_to}")

"""Runs the tests of the privacy rules and writes what came of them into docs/PRIVACY.md: ``python -m tests.privacy.table``.

The section between the two marks is written anew; with ``--result FILE`` the results are those of a run that is over
(JUnit, as ``pytest tests/privacy --junitxml FILE`` writes it). Exit code 1 when a test failed or a rule has none.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PAGE = ROOT / "docs" / "PRIVACY.md"
BEGIN = "<!-- written by `make privacy`: begin -->"
END = "<!-- written by `make privacy`: end -->"
RULES = tuple(f"P-{number:02d}" for number in range(1, 31))
Results = Mapping[str, Counter[str]]
"""Name of a module → how many of its tests passed, failed and were skipped."""


def modules() -> dict[str, list[str]]:
    """Rule → names of the modules of its tests; a rule without any is there, too."""
    return {rule: sorted(path.stem for path in HERE.glob(f"test_p{rule[2:]}_*.py")) for rule in RULES}


def statements() -> dict[str, str]:
    """Rule → what it says, from the table that is written by hand."""
    return dict(re.findall(r"^\| (P-\d\d) \| ([^|]+) \|", PAGE.read_text("utf-8").partition(BEGIN)[0], re.M))


def results(file: Path) -> Results:
    """What a JUnit file says of every module."""
    found: dict[str, Counter[str]] = {}
    for case in ElementTree.parse(file).iter("testcase"):
        module = re.sub(r"^tests\.privacy\.", "", case.get("classname", "")).split(".")[0]
        kinds = {child.tag for child in case}
        outcome = "failed" if kinds & {"failure", "error"} else "skipped" if "skipped" in kinds else "passed"
        found.setdefault(module, Counter())[outcome] += 1
    return found


def section(told: Results, when: str) -> str:
    """The section of the page, without its marks."""
    lines = [f"Last run: {when}.", "", "| rule | what it says | modules in `tests/privacy/` | tests | last result |",
             "| --- | --- | --- | --- | --- |"]  # fmt: skip
    said = statements()
    for rule, names in modules().items():
        counts = sum((told.get(name, Counter()) for name in names), Counter[str]())
        listed = ", ".join(f"`{name}.py`" for name in names) or "none"
        outcome = ", ".join(f"{counts[kind]} {kind}" for kind in ("passed", "failed", "skipped") if counts[kind])
        lines.append(f"| {rule} | {said.get(rule, '')} | {listed} | {counts.total()} | {outcome or 'not run'} |")
    return "\n".join(lines)


def write(told: Results, when: str) -> None:
    """Puts the section into the page."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}\n{section(told, when)}\n{END}{rest.partition(END)[2]}", "utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--result", type=Path, help="JUnit file of a run that is over")
    file = parser.parse_args().result
    with tempfile.TemporaryDirectory() as folder:
        if file is None:
            file = Path(folder) / "privacy.xml"
            files = sorted(str(path) for path in HERE.glob("test_p[0-9]*.py"))
            subprocess.run([sys.executable, "-m", "pytest", *files, f"--junitxml={file}"], cwd=ROOT, check=False)
        told = results(file)
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    write(told, f"commit {commit.stdout.strip() or 'unknown'}, {datetime.now(UTC):%Y-%m-%d}")
    failed = sum(counts["failed"] for counts in told.values())
    without = [
        rule for rule, names in modules().items() if not any(told.get(name, Counter()).total() for name in names)
    ]
    print(f"{sum(counts.total() for counts in told.values())} tests of {len(RULES)} rules, {failed} failed → {PAGE}")
    if without:
        print(f"without a test that ran: {', '.join(without)}")
    return 1 if failed or without else 0


if __name__ == "__main__":
    sys.exit(main())

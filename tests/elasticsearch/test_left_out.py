"""Without Maven: in CI a failure, elsewhere left out, and in both cases told how to have it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
ONE_TEST = "tests/conformance/test_changes_and_highlights.py::test_a_newer_state_replaces_the_older"


def run_without_maven(**variables: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MINYI_", "PYTEST_", "CI"))}
    environment = kept | {"PATH": str(Path(sys.executable).parent)} | variables
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", ONE_TEST]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)


def test_on_a_machine_without_maven_the_run_says_what_was_left_out() -> None:
    run = run_without_maven()
    assert run.returncode == 0, run.stdout
    assert "Elasticsearch was left out: 2 tests did not run" in run.stdout
    assert "install Maven 3.8 and a JDK 21 or newer" in run.stdout and "tests/elasticsearch/README.md" in run.stdout


def test_in_ci_a_missing_server_is_a_failure() -> None:
    run = run_without_maven(CI="true")
    assert run.returncode == 1
    assert "Maven is not installed, and CI tests both engines" in run.stdout

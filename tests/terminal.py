"""A terminal for tests: types commands at a data folder, in this process or as a program of its own."""

from __future__ import annotations

import json
import os
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from api.cli.main import cli

REPOSITORY = Path(__file__).parent.parent
EXAMPLES = REPOSITORY / "examples"
PURPOSE = ("--purpose", "risk_identification")


class Terminal:
    """Somebody at a command line whose data folder is set."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environment = {"MINYI_HOME": str(home), "MINYI_PROCESSES": "1"}

    def minyi(self, *arguments: Any) -> Result:
        """Runs a command in this process; a defect raises."""
        result = CliRunner(env=self.environment).invoke(cli, [str(argument) for argument in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    def typed(self, line: str) -> Result:
        """Runs a line as it stands in a help text."""
        return self.minyi(*shlex.split(line)[1:])

    def json(self, *arguments: Any) -> Any:
        """What a command prints with ``--json``: one JSON value on stdout, and success."""
        result = self.minyi(*arguments, "--json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)

    def program(self, *arguments: Any, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
        """Runs the installed program."""
        program = Path(sys.executable).parent / "minyi"
        return subprocess.run(
            [program, *map(str, arguments)],
            env={**os.environ, **self.environment},
            cwd=self.home.parent,
            capture_output=True,
            encoding=encoding,
            check=False,
        )


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Terminal]:
    """A terminal in an empty folder, whose data folder does not exist yet."""
    monkeypatch.chdir(tmp_path)
    yield Terminal(tmp_path / "office")

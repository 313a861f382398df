"""P-21: the whole product runs where there is no network at all: a namespace of its own that has loopback alone."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
UNSHARE = ["unshare", "--net"] if os.geteuid() == 0 else ["unshare", "--net", "--map-root-user"]


def namespaces() -> bool:
    """Whether this machine lets us have a network namespace."""
    return (
        bool(shutil.which("unshare"))
        and subprocess.run([*UNSHARE, "true"], capture_output=True, check=False).returncode == 0
    )


@pytest.mark.slow
@pytest.mark.skipif(not namespaces(), reason="needs util-linux and the right to make a network namespace")
def test_import_work_serve_search_files_and_filters_need_no_network(tmp_path: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MINYI_", "COV"))}
    run = subprocess.run(
        [*UNSHARE, sys.executable, str(Path(__file__).with_name("whole_thread.py")), str(tmp_path / "office")],
        cwd=ROOT, env={**environment, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False, timeout=900,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr[-3000:]
    done: dict[str, Any] = json.loads(run.stdout.splitlines()[-1])
    assert done.pop("alone") and done.pop("annotated") is True and done.pop("detected") == 28
    assert {name: code for name, code in done.items() if code not in (0, 200)} == {}

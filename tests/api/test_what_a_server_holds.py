"""A server starts without what only the work and rare questions need: it would cost a second and 80 MB."""

from __future__ import annotations

import subprocess
import sys

HEAVY = ("spacy", "scipy.stats", "scipy.optimize", "onnxruntime", "torch")


def test_what_only_the_work_and_rare_questions_need_is_not_loaded() -> None:
    said = "import sys, api.app; print(*sorted(set(sys.argv[1:]) & set(sys.modules)))"
    loaded = subprocess.run([sys.executable, "-c", said, *HEAVY], capture_output=True, text=True, check=True)
    assert loaded.stdout.split() == []

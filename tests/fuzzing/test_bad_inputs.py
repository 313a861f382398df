"""What once made something crash, hang or say nothing is answered; and so are some inputs that were never seen before."""

from __future__ import annotations

import signal
from pathlib import Path
from random import Random

import pytest
from county import CountyOffice

from benchmarks.fuzz.__main__ import CORPUS, judged, on_time
from benchmarks.fuzz.requests import PURPOSES, Asked
from benchmarks.fuzz.targets import TARGETS, Target

ANSWERS = {"taken", "taken in part", "refused", "not sent"}
UNSEEN = {"query": 200, "redact": 30, "pdf": 6, "annotate": 4, "detect": 8}
"""Inputs of a target in every run, the same each time; fifteen of the others."""


@pytest.fixture(scope="module", autouse=True)
def _hanging_is_noticed():
    before = signal.signal(signal.SIGPROF, on_time)
    yield
    signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_every_input_is_taken_or_refused_with_a_reason(target: Target) -> None:
    random = Random(target.name)
    target.judge(target.make(Random(0)))  # models and tables are read once
    kept = [path.read_bytes() for path in sorted((CORPUS / target.name).glob("*"))]
    for content in [*kept, *(target.make(random) for _ in range(UNSEEN.get(target.name, 15)))]:
        outcome, error, _ = judged(target.judge, content)
        assert outcome in ANSWERS, f"{content[:2000]!r}\n{error}"


def test_every_request_is_answered_or_refused_with_a_problem(county: CountyOffice) -> None:
    asked = Asked(county.app, {role: county.store.issue_api_key(f"bad-{role}", role) for role in PURPOSES})
    random = Random("http")
    kept = [path.read_bytes() for path in sorted((CORPUS / "http").glob("*"))]
    for content in [*kept, *(asked.make(random) for _ in range(25))]:
        outcome, error, _ = judged(asked.judge, content)
        assert outcome in ANSWERS, f"{content.decode()}\n{error}"


def test_what_was_kept_belongs_to_something_that_is_tried() -> None:
    assert {path.name for path in Path(CORPUS).iterdir()} <= {target.name for target in TARGETS} | {"http"}

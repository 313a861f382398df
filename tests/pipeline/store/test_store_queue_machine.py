from __future__ import annotations

import shutil
import tempfile
from datetime import timedelta
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from letters import MONDAY, ROAD, analysis, document_id, petition

from pipeline.redacted import seal
from pipeline.store import Store

NUMBERS = st.integers(0, 7)
WORKERS = st.sampled_from(["one", "two"])
MODELS = st.sampled_from(["m1", "m2"])


class Queue(RuleBasedStateMachine):
    """Whatever workers do, in whatever order, each document has one place, one holder and one current analysis."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="minyi-queue-"))
        self.now = MONDAY
        self.store = Store.open(f"sqlite:///{self.folder / 'minyi.sqlite3'}", clock=lambda: self.now)
        self.store.upsert_projects([ROAD])
        self.states: dict[str, str] = {}
        self.held: dict[str, tuple[str, float]] = {}
        self.models: dict[str, list[str]] = {}
        self.elapsed = 0.0
        self.told = 0
        self.again: set[str] = set()

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    @rule(number=NUMBERS)
    def arrives(self, number: int) -> None:
        known = document_id(number) in self.states
        assert bool(self.store.add_documents([petition(number)]).new) is not known
        self.states.setdefault(document_id(number), "received")

    @rule(worker=WORKERS, limit=st.integers(1, 4), seconds=st.sampled_from([10, 60]))
    def is_claimed(self, worker: str, limit: int, seconds: int) -> None:
        free = sorted(
            key
            for key, state in self.states.items()
            if state == "received" and self.held.get(key, ("", 0))[1] <= self.elapsed
        )
        new, old = ([key for key in free if (key in self.again) is again] for again in (False, True))
        claimed = [document.id for document in self.store.claim("received", limit, worker, seconds)]
        shared = min(len(old), max(int(limit > 1), limit - len(new)))
        assert set(claimed) == {*new[: limit - shared], *old[:shared]}, "new ones, and a share of what is read again"
        self.held.update(dict.fromkeys(claimed, (worker, self.elapsed + seconds)))

    @rule(number=NUMBERS, model=MODELS)
    def is_analysed(self, number: int, model: str) -> None:
        key = document_id(number)
        if key not in self.states:
            return
        models = self.models.setdefault(key, [])
        new = self.store.complete_analysis(key, analysis(petition(number), "quarry-road", model=model))
        assert new is (not models or models[-1] != model)
        self.held.pop(key, None)
        if new or self.states[key] in {"received", "quarantined"}:
            self.states[key] = "analysed"
            self.told += 1
        if new:
            models.append(model)

    @rule(number=NUMBERS)
    def is_set_aside(self, number: int) -> None:
        key = document_id(number)
        if key not in self.states:
            return
        self.store.quarantine(key, "analysis", "too_long", seal("青石坳信箱"))
        if self.states[key] == "received":
            self.states[key] = "quarantined"
            self.held.pop(key, None)

    @rule()
    def is_retried(self) -> None:
        self.store.retry_quarantined()
        self.states = {key: "received" if state == "quarantined" else state for key, state in self.states.items()}

    @rule()
    def is_indexed(self) -> None:
        self.store.mark_indexed(self.store.outbox_end())

        def told(key: str, state: str) -> str:
            return "indexed" if state == "analysed" else state

        self.states = {key: told(key, state) for key, state in self.states.items()}

    @rule(model=MODELS)
    def versions_change(self, model: str) -> None:
        read = {key for key, state in self.states.items() if state in {"analysed", "indexed"}}
        outdated = {key for key in read if self.models[key][-1] != model}
        assert self.store.requeue_outdated(analysis(petition(1), model=model).versions) == sorted(outdated)
        self.states |= dict.fromkeys(outdated, "received")
        self.again |= outdated

    @rule(seconds=st.sampled_from([5, 30]))
    def time_passes(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        self.elapsed += seconds

    @rule(worker=WORKERS, seconds=st.sampled_from([10, 60]))
    def goes_on(self, worker: str, seconds: int) -> None:
        ours = {key for key, (who, until) in self.held.items() if who == worker and until > self.elapsed}
        assert self.store.renew(worker, seconds) == len(ours)
        self.held |= dict.fromkeys(ours, (worker, self.elapsed + seconds))

    @rule(worker=WORKERS)
    def restarts(self, worker: str) -> None:
        self.store.release(worker)
        self.held = {key: holder for key, holder in self.held.items() if holder[0] != worker}

    @invariant()
    def every_document_is_where_it_should_be(self) -> None:
        expected: dict[str, int] = {}
        for state in self.states.values():
            expected[state] = expected.get(state, 0) + 1
        assert self.store.counts_by_state() == expected
        current = self.store.current_analyses(list(self.states))
        assert {key: found.versions.model for key, found in current.items()} == {
            key: models[-1] for key, models in self.models.items() if models
        }
        assert len(self.store.outbox_after(0, 10_000)) == self.told


TestQueue = Queue.TestCase
TestQueue.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)

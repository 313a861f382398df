"""Meters: what this process counted and timed since it began, for a monitoring system; codes and numbers, never a text.

Each process has its own. What stands in the store is counted there (``pipeline.store.figures``), for all processes.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram

OUTCOMES: Final[dict[str, tuple[str, ...]]] = {
    "import": ("read", "rejected"),
    "intake": ("received", "redacted", "known", "revised", "other_text", "quarantined"),
    "analysis": ("analysed", "quarantined"),
    "link": ("linked", "unlinked"),
    "index": ("indexed",),
    "proposal": ("proposed",),
}
"""Stage → what may become of an item in it. The sum of all is how many items were handled."""
SECONDS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
QUICK: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0)

METERS: Final = CollectorRegistry()
_STAGES: Final = Counter(
    "minyi_stage", "Items by stage and outcome since the process began.", ["stage", "outcome"], registry=METERS
)
_MODEL_BATCHES: Final = Histogram(
    "minyi_model_batch_seconds", "Time of the models for one batch of texts.", buckets=SECONDS, registry=METERS
)
_MODEL_TEXTS: Final = Counter("minyi_model_texts", "Texts that the models read.", registry=METERS)
_INDEX: Final = Histogram(
    "minyi_index_seconds", "Time of the search engine for one question.", ["operation"], buckets=QUICK, registry=METERS
)
_REQUESTS: Final = Histogram(
    "minyi_http_request_seconds", "Time of requests by route template, method and status.",
    ["route", "method", "status"], buckets=SECONDS, registry=METERS,
)  # fmt: skip
_REFUSED: Final = Counter(
    "minyi_http_refused", "Requests turned away before they reached a route, by code.", ["code"], registry=METERS
)
_SUPPRESSED: Final = Counter(
    "minyi_suppressed_cells", "Cells of tables whose number was withheld (P-06).", registry=METERS
)

for _stage, _outcomes in OUTCOMES.items():
    for _outcome in _outcomes:
        _STAGES.labels(_stage, _outcome)


def count(stage: str, outcome: str, number: int = 1) -> None:
    """Counts items; only stages and outcomes of :data:`OUTCOMES` exist (KeyError, ValueError for others)."""
    if outcome not in OUTCOMES[stage]:
        raise ValueError(f"{outcome!r} is no outcome of stage {stage}")
    if number:
        _STAGES.labels(stage, outcome).inc(number)


def model_read(texts: int, seconds: float) -> None:
    """Notes a batch that the models read, in whichever process they did."""
    if texts:
        _MODEL_BATCHES.observe(seconds)
        _MODEL_TEXTS.inc(texts)


@contextmanager
def index_question(operation: str) -> Iterator[None]:
    """Times one question to the search engine, whether it is answered or not."""
    begun = time.perf_counter()
    try:
        yield
    finally:
        _INDEX.labels(operation).observe(time.perf_counter() - begun)


def request(route: str, method: str, status: int, seconds: float) -> None:
    """Notes an answered request under its route template; the address itself may hold what people typed."""
    _REQUESTS.labels(route, method, str(status)).observe(seconds)


def refused(code: str) -> None:
    """Notes a request that was turned away at the door, by the code it was told."""
    _REFUSED.labels(code).inc()


def suppressed(cells: int) -> None:
    """Notes cells of a table whose number is not shown."""
    if cells:
        _SUPPRESSED.inc(cells)

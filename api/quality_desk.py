"""The desk for quality (质量): how well texts are read, alerts are right and personal data is taken out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from api.charts import Calibrated
from api.desk import Desk
from api.drift_shown import DriftShown, drift_shown
from api.missed_shown import MissedShown, missed_shown
from api.model_figures import ModelFigures, model_figures
from api.policy import access, concerns
from index import SearchError
from pipeline.alerts.quality import Quality, quality
from pipeline.drift import drift
from pipeline.records.incident import LEVELS, AlertLevel
from pipeline.redact import marked
from pipeline.risk.decided import REAL, decided_candidates
from pipeline.risk.validity import ENOUGH, shipped

CASES: Final = 20
"""Decisions in one bin of the calibration curve, at least."""
BINS: Final = 10


@dataclass(frozen=True)
class LevelQuality:
    """Verdicts of people on all incidents of one level."""

    level: AlertLevel
    true: int
    false: int
    duplicate: int
    unanswered: int

    @property
    def precision(self) -> Calibrated | None:
        """True of true and false, with how many were judged; None before anything was."""
        judged = self.true + self.false
        return Calibrated(0.0, self.true / judged, judged) if judged else None


@dataclass(frozen=True)
class Decisions:
    """How people decided on candidates, and whether p_valid kept its word; no curve while decisions are too few."""

    accepted: int
    rejected: int
    needed: int
    """Decisions from which on there is a curve."""
    bins: tuple[Calibrated, ...]
    labelled: int
    """Labelled cases on which the calibration that ships rests."""

    @property
    def share(self) -> Calibrated | None:
        """The share that was accepted."""
        decided = self.accepted + self.rejected
        return Calibrated(0.0, self.accepted / decided, decided) if decided else None


@dataclass(frozen=True)
class Measured:
    """All figures. ``drift`` None: the index cannot be asked; ``missed`` None: it was never measured."""

    model: ModelFigures
    alerts: tuple[LevelQuality, ...]
    decisions: Decisions
    drift: DriftShown | None
    missed: MissedShown | None


class QualityDesk(Desk):
    """Somebody who asks how far the service can be trusted; figures cover the projects that concern them."""

    def measured(self, purpose: str | None) -> Measured:
        """What is known at this moment, from the model's card, the verdicts and decisions of people, and the index."""
        with self._read(purpose):
            office = self._office
            every = [project.id for project in office.store.projects()]
            mine = [project.id for project in office.store.projects() if concerns(self._reader, project)]
            try:
                drifted = drift_shown(drift(office.index, tuple(every), office.store.clock()), self._k)
            except SearchError:
                drifted = None
            return Measured(
                model_figures(),
                by_level(quality(office.store, mine)),
                decisions([(c.p_valid.p, c.state in REAL) for c in decided_candidates(office.store, mine)]),
                drifted,
                missed_shown(),
            )

    def redaction(self, purpose: str | None) -> marked.Tried | None:
        """Runs the redactor of this machine on its marked texts; None where these did not come with the program."""
        with self._read(purpose):
            try:
                return marked.tried()
            except FileNotFoundError:
                return None

    @contextmanager
    def _read(self, purpose: str | None) -> Iterator[None]:
        with self._refusals_noted("quality.read"):
            granted = access().check(self._reader, "quality.read", purpose, None)
        self._note("quality.read", granted)
        yield


def by_level(rows: Sequence[Quality]) -> tuple[LevelQuality, ...]:
    """Verdicts of all projects together, levels that never occurred left out."""
    return tuple(
        LevelQuality(
            level,
            sum(row.true for row in mine),
            sum(row.false for row in mine),
            sum(row.duplicate for row in mine),
            sum(row.unanswered for row in mine),
        )
        for level in LEVELS
        if (mine := [row for row in rows if row.level == level])
    )


def decisions(cases: Sequence[tuple[float, bool]]) -> Decisions:
    """From (p_valid, accepted) of every decided candidate; bins hold equally many, twenty at least."""
    accepted = sum(real for _, real in cases)
    bins: list[Calibrated] = []
    if len(cases) >= ENOUGH:
        ordered = sorted(cases)
        count = min(BINS, len(cases) // CASES)
        edges = [len(ordered) * at // count for at in range(count + 1)]
        for start, end in pairwise(edges):
            some = ordered[start:end]
            stated, observed = (sum(float(row[at]) for row in some) / len(some) for at in (0, 1))
            bins.append(Calibrated(stated, observed, len(some)))
    return Decisions(accepted, len(cases) - accepted, ENOUGH, tuple(bins), shipped().cases)

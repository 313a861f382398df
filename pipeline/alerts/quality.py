"""How often alerts were right, from the verdicts of people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.records.incident import LEVELS, AlertLevel
from pipeline.store import Store


@dataclass(frozen=True)
class Quality:
    """Verdicts on one project's incidents of one level. ``precision``: true of true and false, None without any."""

    project_id: str
    level: AlertLevel
    true: int
    false: int
    duplicate: int
    unanswered: int

    @property
    def precision(self) -> float | None:
        """Duplicates are neither right nor wrong."""
        judged = self.true + self.false
        return self.true / judged if judged else None


def quality(store: Store, project_ids: Iterable[str]) -> tuple[Quality, ...]:
    """Measured precision per project and level, levels that never occurred left out."""
    counts: dict[tuple[str, str], dict[str | None, int]] = {}
    for project_id, level, verdict, number in store.verdict_figures(project_ids):
        counts.setdefault((project_id, level), {})[verdict] = number
    return tuple(
        Quality(
            project_id=project,
            level=level,
            true=found.get("true", 0),
            false=found.get("false", 0),
            duplicate=found.get("duplicate", 0),
            unanswered=found.get(None, 0),
        )
        for project in sorted({project for project, _ in counts})
        for level in LEVELS
        if (found := counts.get((project, level)))
    )

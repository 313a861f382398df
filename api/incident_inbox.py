"""The inbox of incidents: what needs the reader first, then the highest level, then the latest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from pipeline.records import Incident
from pipeline.records.incident import LEVELS, AlertLevel, IncidentState

Need = Literal["life_safety", "assigned", "answer"]
"""Why an incident waits for the reader: a cue whose officer they are, a task of theirs, or that nobody answered."""
Pile = Literal["live", "open", "acknowledged", "silenced", "closed", "all"]
"""``live``: everything that is not closed."""


@dataclass(frozen=True)
class Inbox:
    """A page of the inbox: cards with ``need``, how many there are, and how many by state and by level.

    Counts by state are of the chosen level and project, those by level of the chosen state and project.
    """

    rows: list[dict[str, Any]]
    total: int
    needing: int
    states: dict[str, int]
    levels: dict[str, int]
    late: list[dict[str, Any]]


@dataclass(frozen=True)
class Asked:
    """Which incidents of those that the reader may see."""

    pile: Pile = "live"
    level: AlertLevel | None = None
    needing: bool = False

    def holds(self, state: IncidentState) -> bool:
        """Whether incidents in this state are in the pile."""
        return self.pile == "all" or (state != "closed" if self.pile == "live" else state == self.pile)


@dataclass(frozen=True)
class Sorted:
    """Incidents in their order with what each needs, and the counts beside them."""

    found: list[tuple[Incident, Need | None]]
    needing: int
    states: dict[str, int]
    levels: dict[str, int]


def sort(incidents: Iterable[Incident], need: Callable[[Incident], Need | None], asked: Asked) -> Sorted:
    """The asked incidents, those first that need the reader."""
    everything = [(incident, need(incident)) for incident in incidents]
    of_level = [pair for pair in everything if asked.level is None or pair[0].level == asked.level]
    of_pile = [pair for pair in everything if asked.holds(pair[0].state)]
    chosen = [pair for pair in of_level if asked.holds(pair[0].state)]
    return Sorted(
        found=sorted((pair for pair in chosen if pair[1] or not asked.needing), key=_order),
        needing=sum(one is not None for _, one in chosen),
        states=_counted([incident.state for incident, _ in of_level]),
        levels=dict(Counter(incident.level for incident, _ in of_pile)),
    )


def need_of(incident: Incident, who: Sequence[str | None], may_answer: bool) -> Need | None:
    """What an incident that somebody may see needs of them; ``who`` are their name and their unit."""
    if incident.state == "closed":
        return None
    if incident.kind == "life_safety":
        return "life_safety"
    if incident.assigned_to is not None:
        return "assigned" if incident.assigned_to in who else None
    return "answer" if may_answer and incident.state == "open" else None


def _order(pair: tuple[Incident, Need | None]) -> tuple[Any, ...]:
    incident, need = pair
    grave = -LEVELS.index(incident.level)
    return need != "life_safety", need is None, grave, -incident.begin.timestamp(), incident.id


def _counted(states: Sequence[IncidentState]) -> dict[str, int]:
    counts: Counter[str] = Counter(states)
    counts["all"] = len(states)
    counts["live"] = counts["all"] - counts["closed"]
    return dict(counts)

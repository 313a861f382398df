"""Who is heard less (偏差, P-26) as the models that ship were measured: stored figures beside their baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from models.fingerprint import fingerprint
from pipeline.evaluation.bias import COMPLAINTS, FACTORS, GROUPS, Missed, Moved, moved
from pipeline.evaluation.bias_kept import Kept, baseline, measured


@dataclass(frozen=True)
class GroupMissed:
    """What is missed of one group of texts. ``value`` None: of all texts; ``moved`` None: cannot tell.

    ``apart``: the whole interval of the group lies above the rate of all texts.
    """

    group: str | None
    value: str | None
    now: Missed
    before: Missed | None
    apart: bool
    moved: Moved | None


@dataclass(frozen=True)
class MissedShown:
    """Complaints and factors that were missed, group by group, and of which texts and models that is said."""

    texts: str
    rows: int
    models: str
    baseline_models: str
    in_force: str
    """The models that read here. Of others than the measured ones nothing is known."""
    complaints: tuple[GroupMissed, ...]
    factors: tuple[GroupMissed, ...]

    @property
    def known(self) -> bool:
        """Whether these figures are those of the models that read here."""
        return self.models == self.in_force


def missed_shown() -> MissedShown | None:
    """The stored figures; nothing is measured. None where the models came without them."""
    try:
        now, before = measured(), baseline()
    except FileNotFoundError:
        return None
    in_force = fingerprint()
    told = in_force == now.models
    return MissedShown(
        now.texts, now.rows, now.models, before.models, in_force,
        _groups(COMPLAINTS, now, before, told), _groups(FACTORS, now, before, told),
    )  # fmt: skip


def _groups(figure: str, now: Kept, before: Kept, told: bool) -> tuple[GroupMissed, ...]:
    """All texts first, then group by group, in each those that are missed most."""
    every = now.groups[figure]
    mine = [
        _group(name, one, every, before.groups, told) for name, one in now.groups.items() if name.startswith(figure)
    ]
    order = [None, *GROUPS]
    return tuple(sorted(mine, key=lambda one: (order.index(one.group), -one.now.rate, one.value or "")))


def _group(name: str, now: Missed, every: Missed, before: Mapping[str, Missed], told: bool) -> GroupMissed:
    group, _, value = name.partition(", ")[2].partition(": ")
    was = before.get(name)
    apart = bool(group) and now.bounds()[0] > every.rate
    return GroupMissed(group or None, value or None, now, was, apart, moved(now, was) if told and was else None)

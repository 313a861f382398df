"""How many threads the machine has for reading: its real cores, or fewer where the process may use fewer."""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Final

_CPUS: Final = Path("/sys/devices/system/cpu")
_GROUP: Final = Path("/sys/fs/cgroup")
_share = 1


def divide(processes: int) -> None:
    """From now on this process is one of so many that share the machine."""
    global _share
    _share = max(1, processes)


def threads() -> int:
    """Threads that this process should compute with; at least one."""
    return max(1, cores() // _share)


@cache
def cores() -> int:
    """Real cores that this process may use: two threads of one core compute little more than one does."""
    allowed = os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else set(range(os.cpu_count() or 1))
    siblings = {_siblings(number) for number in allowed}
    quota = _quota()
    return max(1, min(len(siblings), round(quota) if quota else len(siblings)))


def _siblings(number: int) -> str:
    """The processors that share a core with this one; the processor alone where the system does not say."""
    try:
        return (_CPUS / f"cpu{number}" / "topology" / "thread_siblings_list").read_text("ascii").strip()
    except OSError:
        return str(number)


def _quota(group: Path = _GROUP) -> float | None:
    """Processors that the control group grants, None without a limit."""
    try:
        limit, period = (group / "cpu.max").read_text("ascii").split()
        return None if limit == "max" else int(limit) / int(period)
    except (OSError, ValueError):
        pass
    try:
        limit, period = ((group / "cpu" / f"cpu.cfs_{name}_us").read_text("ascii") for name in ("quota", "period"))
        return None if int(limit) <= 0 else int(limit) / int(period)
    except (OSError, ValueError):
        return None

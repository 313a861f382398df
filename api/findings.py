"""What an examination found: one line a check, with what to do where something is wrong."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Final

SHOWN: Final = 5
"""Problems that are named one by one; the others are counted."""


@dataclass(frozen=True)
class Finding:
    """One check: what was examined, the first problems with the number of all, and the command that helps."""

    check: str
    examined: int
    problems: tuple[str, ...] = ()
    count: int = 0
    advice: str = ""

    @property
    def ok(self) -> bool:
        return self.count == 0

    @classmethod
    def of(cls, check: str, examined: int, problems: Iterable[str], advice: str) -> Finding:
        """A finding of all its problems, which are ids and figures, never content."""
        remaining = iter(problems)
        first = tuple(islice(remaining, SHOWN))
        count = len(first) + sum(1 for _ in remaining)
        return cls(check, examined, first, count, advice if count else "")

    def line(self) -> str:
        """The finding as one line of text."""
        if self.ok:
            return f"ok       {self.check}" + (f" ({self.examined:,})" if self.examined else "")
        more = f" and {self.count - len(self.problems):,} more" if self.count > len(self.problems) else ""
        return f"problem  {self.check}: {'; '.join(self.problems)}{more}\n         → {self.advice}"

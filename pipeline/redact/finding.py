"""One thing to take out, and which of two overlapping ones wins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pipeline.records.document import RedactionClass
from pipeline.redact.result import PLACEHOLDERS


@dataclass(frozen=True, slots=True)
class Finding:
    """A span to take out, its class, and what to put there (None: the placeholder of the class)."""

    start: int
    end: int
    cls: RedactionClass
    replacement: str | None = None

    @property
    def substitute(self) -> str:
        """What stands in the text afterwards."""
        return PLACEHOLDERS[self.cls] if self.replacement is None else self.replacement


def settle(findings: Iterable[Finding]) -> list[Finding]:
    """Findings without overlaps, in text order: earlier ones in the input order win, later ones keep what is left."""
    covered: set[int] = set()
    taken: list[Finding] = []
    for finding in findings:
        for start, end in _uncovered(finding, covered):
            taken.append(Finding(start, end, finding.cls, finding.replacement))
        covered.update(range(finding.start, finding.end))
    return sorted(taken, key=lambda finding: finding.start)


def _uncovered(finding: Finding, covered: set[int]) -> Iterator[tuple[int, int]]:
    start: int | None = None
    for position in range(finding.start, finding.end):
        if position not in covered:
            start = position if start is None else start
        elif start is not None:
            yield start, position
            start = None
    if start is not None:
        yield start, finding.end

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
    taken: list[Finding] = []
    for finding in findings:
        for start, end in _uncovered(finding, taken):
            taken.append(Finding(start, end, finding.cls, finding.replacement))
    return sorted(taken, key=lambda finding: finding.start)


def _uncovered(finding: Finding, taken: list[Finding]) -> Iterator[tuple[int, int]]:
    touching = sorted(
        (other.start, other.end) for other in taken if other.start < finding.end and finding.start < other.end
    )
    start = finding.start
    for other_start, other_end in touching:
        if start < other_start:
            yield start, other_start
        start = max(start, other_end)
    if start < finding.end:
        yield start, finding.end

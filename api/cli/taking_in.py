"""Taking files in: what becomes of each file's rows, told file by file."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from api.cli.progress import Bars
    from crawlers.importers import Bad, ImportOptions, ImportRefused, ImportSource, RejectReport
    from pipeline.office import Office

FIRST_REJECTED: Final = 5
"""So many bad rows of a file are named at once; all of them stand in the report."""


@dataclass
class Summary:
    """What became of one file."""

    file: str
    rows: int = 0
    new: int = 0
    known: int = 0
    repeated: int = 0
    quarantined: int = 0
    rejected: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    first_rejected: list[dict[str, Any]] = field(default_factory=list)
    refused: str = ""
    """Why the file could not be read to its end; the rows before are in."""

    @property
    def in_vain(self) -> bool:
        """Whether the file held rows, and none of them was good."""
        return self.rejected > 0 and not (self.new or self.known or self.repeated or self.quarantined)

    def told(self, rejects: Path) -> str:
        """The line for the user."""
        parts = [f"{self.new:,} new", f"{self.known:,} known already"]
        if self.repeated:
            parts.append(f"{self.repeated:,} repeated rows")
        if self.quarantined:
            reasons = ", ".join(f"{reason} {count}" for reason, count in self.reasons.items())
            parts.append(f"{self.quarantined:,} set aside ({reasons})")
        if self.rejected:
            parts.append(f"{self.rejected:,} rejected: see {rejects}")
        if not self.new and not self.rejected and not self.quarantined:
            parts.append("nothing changed")
        return f"{self.file}: " + ", ".join(parts)

    def told_rejected(self) -> Iterator[str]:
        """The first bad rows, each with row, field and reason."""
        for bad in self.first_rejected:
            where = f"row {bad['row']}" + (f" of {bad['sheet']}" if bad["sheet"] else "")
            yield f"  {where}: " + ": ".join(filter(None, [bad["field"], bad["reason"]]))
        if self.rejected > len(self.first_rejected):
            yield f"  … and {self.rejected - len(self.first_rejected):,} more"


def open_sources(
    files: Iterable[Path], options: ImportOptions
) -> tuple[list[tuple[Path, ImportSource]], dict[str, str]]:
    """The files that can be read, and why each of the others cannot: one bad file does not stop the good ones."""
    from crawlers.importers import ImportRefused, open_source

    sources: list[tuple[Path, ImportSource]] = []
    refused: dict[str, str] = {}
    for path in files:
        try:
            sources.append((path, open_source(path, options)))
        except ImportRefused as error:
            refused[str(path)] = _naming(path, error)
    return sources, refused


def take_in(
    office: Office, sources: Sequence[tuple[Path, ImportSource]], report: RejectReport, bars: Bars,
    room: Callable[[Office], str | None],
) -> Iterator[Summary]:  # fmt: skip
    """Stores the good rows of each file, file by file, while there is ``room``; bad rows go to the report."""
    for path, source in sources:
        summary = Summary(path.name)
        bars.step("import" if len(sources) == 1 else path.name, source.total_hint)
        yield _taken_in(office, path, source, report, bars, summary, room)


def _taken_in(
    office: Office, path: Path, source: ImportSource, report: RejectReport, bars: Bars, summary: Summary,
    room: Callable[[Office], str | None],
) -> Summary:  # fmt: skip
    from api.imports import TakingIn

    name = "" if source.kind == "letters" and path.is_file() else path.name  # a letter often bears its writer's name

    def reject(bad: Bad) -> None:
        report.add(bad, name)
        if len(summary.first_rejected) < FIRST_REJECTED:
            summary.first_rejected.append(
                {"row": bad.row_number, "sheet": bad.sheet, "field": bad.field, "reason": bad.reason}
            )

    taking = TakingIn(source, reject, lambda position: bars.reach(position, taking.rows), room)
    receipt = taking.into(office)
    summary.rows, summary.rejected = taking.rows, taking.rejected
    summary.new, summary.known, summary.quarantined = receipt.new, receipt.known, receipt.quarantined
    summary.repeated, summary.reasons = source.duplicates, receipt.reasons
    summary.refused = _naming(path, taking.refused) if taking.refused else ""
    bars.reach(source.total_hint, summary.rows)
    return summary


def _naming(path: Path, refusal: ImportRefused) -> str:
    """The refusal with the file that it is about; one about an option is about no file."""
    message = str(refusal)
    return message if path.name in message or message.startswith("--") else f"{path.name}: {message}"

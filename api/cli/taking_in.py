"""Taking files in: what becomes of each file's rows, told file by file."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from api.cli.progress import Bars
    from crawlers.importers import Bad, Good, ImportOptions, ImportRefused, ImportSource, RejectReport
    from pipeline.office import Office
    from pipeline.raw import RawItem

FIRST_REJECTED: Final = 5
"""So many bad rows of a file are named at once; all of them stand in the report."""
OTHER_TEXT: Final = (
    "the store has another text under this id of this source, and keeps it; is this another file: name its --source"
)


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
    office: Office, sources: Sequence[tuple[Path, ImportSource]], report: RejectReport, bars: Bars
) -> Iterator[Summary]:
    """Stores the good rows of each file, file by file; bad rows go to the report."""
    for path, source in sources:
        summary = Summary(path.name)
        bars.step("import" if len(sources) == 1 else path.name, source.total_hint)
        rows = _Rows("" if source.kind == "letters" and path.is_file() else path.name, report, summary)
        receipt = office.receive(_items(path, source, rows, bars), other_text=rows.refuse)
        summary.new, summary.known, summary.quarantined = receipt.new, receipt.known, receipt.quarantined
        summary.repeated, summary.reasons = source.duplicates, receipt.reasons
        bars.reach(source.total_hint, summary.rows)
        yield summary


class _Rows:
    """The rows of one file on their way in. A letter is named nowhere (``name`` empty): often it bears its writer's."""

    def __init__(self, name: str, report: RejectReport, summary: Summary) -> None:
        from pipeline.intake import BATCH

        self._name = name
        self._report = report
        self.summary = summary
        self.recent: deque[Good] = deque(maxlen=BATCH)  # the intake refuses items of its present batch alone

    def reject(self, bad: Bad) -> None:
        """Lists a bad row in the report and counts it."""
        self._report.add(bad, self._name)
        self.summary.rejected += 1
        if len(self.summary.first_rejected) < FIRST_REJECTED:
            self.summary.first_rejected.append(
                {"row": bad.row_number, "sheet": bad.sheet, "field": bad.field, "reason": bad.reason}
            )

    def refuse(self, item: RawItem) -> None:
        """Rejects the row of an item whose id the store has with another text."""
        from crawlers.importers import Bad

        row = next(row for row in self.recent if any(item is one for one in row.items))
        self.reject(Bad(row.row_number, row.sheet, "reply" if item.reply_to else "item_key", OTHER_TEXT))


def _items(path: Path, source: ImportSource, rows: _Rows, bars: Bars) -> Iterator[RawItem]:
    """The items of the good rows; a file that is damaged in its middle ends there, and what came before goes in."""
    from crawlers.importers import Bad, ImportRefused

    summary = rows.summary
    try:
        for row in source:
            summary.rows += 1
            if isinstance(row, Bad):
                rows.reject(row)
            else:
                rows.recent.append(row)
                yield from row.items
            if summary.rows % 50 == 0:
                bars.reach(source.position, summary.rows)
    except ImportRefused as error:
        summary.refused = _naming(path, error)


def _naming(path: Path, refusal: ImportRefused) -> str:
    """The refusal with the file that it is about; one about an option is about no file."""
    message = str(refusal)
    return message if path.name in message or message.startswith("--") else f"{path.name}: {message}"

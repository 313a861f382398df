"""What an import would do: each column's fate, and the rows that would not go in; nothing is stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from crawlers.importers import ImportSource

SHOWN: Final = 20


def plan_of(path: Path, source: ImportSource) -> dict[str, Any]:
    """How the file is read. Raises ImportRefused where it turns out to be damaged."""
    from crawlers.importers import Bad

    good, bad = 0, []
    for row in source:
        if isinstance(row, Bad):
            bad.append(asdict(row))
        else:
            good += 1
    return {
        "file": path.name, "kind": source.kind, "encoding": source.encoding, "sheets": source.sheets,
        "notes": source.notes, "columns": [asdict(column) for column in source.columns], "good": good, "bad": bad,
        "repeated": source.duplicates,
    }  # fmt: skip


def show(plans: Iterable[dict[str, Any]]) -> None:
    """Prints the plans as tables."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()

    def line(words: str) -> None:
        console.print(Text(words), soft_wrap=True)

    for plan in plans:
        encoding = f", {plan['encoding']}" if plan["encoding"] else ""
        line(f"{plan['file']}: {plan['kind']}{encoding}, {plan['good']:,} rows would go in, "
             f"{len(plan['bad']):,} would not")  # fmt: skip
        for note in plan["notes"]:
            line(f"  {note}")
        table = Table("column", "becomes", "sheet", box=None)
        for column in plan["columns"]:
            fate = column["field"] or " – ".join(filter(None, [column["disposition"], column["note"]]))
            table.add_row(Text(column["header"]), Text(fate), Text(column["sheet"]))
        console.print(table)
        for bad in plan["bad"][:SHOWN]:
            where = f"row {bad['row_number']}" + (f" of {bad['sheet']}" if bad["sheet"] else "")
            line(f"  {where}: " + ": ".join(filter(None, [bad["field"], bad["reason"]])))
        if len(plan["bad"]) > SHOWN:
            line(f"  … and {len(plan['bad']) - SHOWN:,} more")

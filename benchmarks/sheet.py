"""A sheet: what one benchmark found, as tables, plots and sentences; kept as JSON, shown as Markdown and HTML."""

from __future__ import annotations

import json
import os
import platform
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from html import escape
from pathlib import Path
from typing import Any, Self


@dataclass
class Table:
    """Rows under headings; cells are shown as they are given."""

    title: str
    headings: list[str]
    rows: list[list[str]] = field(default_factory=list)


@dataclass
class Sheet:
    """One benchmark's findings. ``plots`` are titles and SVG; ``figures`` the numbers behind, for other programs."""

    name: str
    title: str
    command: str = ""
    tables: list[Table] = field(default_factory=list)
    plots: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    printed: str = ""
    """What a benchmark that makes no tables printed."""
    figures: dict[str, Any] = field(default_factory=dict)
    machine: str = field(default_factory=lambda: machine())
    made_at: str = field(default_factory=lambda: f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC")

    def markdown(self) -> str:
        """The sheet with its plots as files beside it."""
        parts = [f"## {self.title}", f"{self.made_at}; {self.machine}"]
        parts += [f"```\n{self.command}\n```"] if self.command else []
        parts += [f"```\n{self.printed}\n```"] if self.printed else []
        for table in self.tables:
            lines = [f"**{table.title}**", "", "| " + " | ".join(table.headings) + " |"]
            lines.append("|" + " --- |" * len(table.headings))
            parts.append("\n".join(lines + ["| " + " | ".join(row) + " |" for row in table.rows]))
        parts += [f"![{title}]({file})" for file, (title, _) in zip(self.plot_files(), self.plots, strict=True)]
        parts += [f"- {note}" for note in self.notes]
        return "\n\n".join(parts) + "\n"

    def html(self) -> str:
        """The sheet as a section that needs no other file."""
        parts = [f"<section><h2>{escape(self.title)}</h2><p>{escape(self.made_at)}; {escape(self.machine)}</p>"]
        parts += [f"<pre>{escape(self.command)}</pre>"] if self.command else []
        parts += [f"<pre>{escape(self.printed)}</pre>"] if self.printed else []
        for table in self.tables:
            head = "".join(f"<th>{escape(one)}</th>" for one in table.headings)
            rows = "".join(f"<tr>{''.join(f'<td>{escape(cell)}</td>' for cell in row)}</tr>" for row in table.rows)
            parts.append(f"<table><caption>{escape(table.title)}</caption><tr>{head}</tr>{rows}</table>")
        parts += [f"<figure>{svg}<figcaption>{escape(title)}</figcaption></figure>" for title, svg in self.plots]
        parts.append("<ul>" + "".join(f"<li>{escape(note)}</li>" for note in self.notes) + "</ul></section>")
        return "\n".join(parts)

    def plot_files(self) -> list[str]:
        """Names of the plots' files."""
        return [f"{self.name}-{number}.svg" for number, _ in enumerate(self.plots, start=1)]

    def save(self, folder: Path) -> None:
        """Writes NAME.json, NAME.md and the plots."""
        folder.mkdir(parents=True, exist_ok=True)
        for file, (_, svg) in zip(self.plot_files(), self.plots, strict=True):
            (folder / file).write_text(svg, "utf-8")
        (folder / f"{self.name}.md").write_text(self.markdown(), "utf-8")
        (folder / f"{self.name}.json").write_text(json.dumps(asdict(self), ensure_ascii=False, indent=1), "utf-8")

    def tell(self, folder: Path | None) -> None:
        """Prints the sheet and, where a folder is given, saves it there."""
        print(self.markdown(), flush=True)
        if folder:
            self.save(folder)

    @classmethod
    def load(cls, path: Path) -> Self:
        """A sheet that was saved."""
        stored = json.loads(path.read_text("utf-8"))
        stored["tables"] = [Table(**table) for table in stored["tables"]]
        stored["plots"] = [(title, svg) for title, svg in stored["plots"]]
        return cls(**stored)


def machine() -> str:
    """What it was measured on, and how busy that was."""
    cores = len(os.sched_getaffinity(0))
    return f"{cores} cores, {platform.machine()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"

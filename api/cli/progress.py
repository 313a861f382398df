"""Progress on stderr: a bar with rate and time left on a terminal, one line a step elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
)
from rich.text import Text

LABELS: Final = {
    "import": "reading and redacting",
    "analyse": "analysing and linking",
    "index": "indexing",
    "propose": "proposing risk points",
    "reindex": "rebuilding the index",
    "encode": "encoding meaning",
}


class Items(ProgressColumn):
    """How many items are done, and how many a second."""

    def render(self, task: Task) -> Text:
        done, elapsed = task.fields.get("items", 0), task.elapsed or 0.0
        return Text(f"{done:,}" + (f"  {done / elapsed:,.0f}/s" if elapsed >= 0.5 else ""))


class Bars:
    """A :class:`pipeline.work.Progress` that draws."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, quiet=quiet)
        self._progress = Progress(
            TextColumn("{task.description:<24}"),
            BarColumn(),
            TaskProgressColumn(),
            Items(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=self._console,
            disable=quiet or not self._console.is_terminal,
        )
        self._task: TaskID | None = None
        self._name = ""
        self._items = 0

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._finish()
        self._progress.stop()

    def step(self, name: str, total: int) -> None:
        """Begins a step; the one before is finished."""
        self._finish()
        self._name, self._items = LABELS.get(name, name), 0
        self._task = self._progress.add_task(self._name, total=total, items=0) if total else None

    def advance(self, count: int) -> None:
        """``count`` more items are done, each of them one of the total."""
        if self._task is not None:
            self._items += count
            self._progress.update(self._task, advance=count, items=self._items)

    def reach(self, position: int, items: int) -> None:
        """The step stands at ``position`` of its total (bytes of a file, say), with so many items done."""
        if self._task is not None:
            self._items = items
            self._progress.update(self._task, completed=position, items=items)

    def _finish(self) -> None:
        if self._task is not None:
            self._progress.update(self._task, total=self._progress.tasks[self._task].completed)
            if not self._console.is_terminal:
                self._console.print(f"{self._name}: {self._items:,}", highlight=False)
        self._task = None

"""Progress on stderr: a bar with rate and time left on a terminal, plain lines elsewhere."""

from __future__ import annotations

from time import monotonic
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
    "reanalyse": "reading again",
    "index": "indexing",
    "propose": "proposing risk points",
    "reindex": "rebuilding the index",
    "encode": "encoding meaning",
    "backup": "copying the store",
    "clean": "leaving out what must go",
    "verify": "verifying",
    "withdraw": "keeping away withdrawn",
    "restore": "filling the database",
}


EVERY_SECONDS: Final = 15.0
"""Where nobody watches, a long step leaves a line this often, so that a log shows that it goes on."""


class Items(ProgressColumn):
    """How many items are done, and how many a second."""

    def render(self, task: Task) -> Text:
        done, elapsed = task.fields.get("items", 0), task.elapsed or 0.0
        return Text(f"{done:,}" + (f"  {done / elapsed:,.0f}/s" if done and elapsed >= 0.5 else ""))


class Bars:
    """A :class:`pipeline.work.Progress` that draws."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, quiet=quiet)
        self._progress = Progress(
            TextColumn("{task.description:<24}", markup=False),
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
        self._next_line = 0.0

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
        self._name, self._items, self._next_line = LABELS.get(name, name), 0, monotonic() + EVERY_SECONDS
        self._task = self._progress.add_task(self._name, total=total, items=0) if total else None

    def advance(self, count: int) -> None:
        """``count`` more items are done, each of them one of the total."""
        if self._task is not None:
            self._items += count
            self._progress.update(self._task, advance=count, items=self._items)
            self._log()

    def reach(self, position: int, items: int) -> None:
        """The step stands at ``position`` of its total (bytes of a file, say), with so many items done."""
        if self._task is not None:
            self._items = items
            self._progress.update(self._task, completed=position, items=items)
            self._log()

    def _log(self) -> None:
        if self._console.is_terminal or self._task is None or monotonic() < self._next_line:
            return
        self._next_line = monotonic() + EVERY_SECONDS
        task = self._running
        speed = f", {self._items / task.elapsed:,.0f}/s" if task.elapsed else ""
        left = f", {task.time_remaining:,.0f} s left" if task.time_remaining else ""
        self._line(f"{self._items:,} ({task.percentage:.0f} %{speed}{left})")

    @property
    def _running(self) -> Task:
        return next(task for task in self._progress.tasks if task.id == self._task)

    def _line(self, said: str) -> None:
        self._console.print(Text(f"{self._name}: {said}"), soft_wrap=True)

    def _finish(self) -> None:
        """The bar of a step that did something stays, full; one that had nothing to do goes."""
        if self._task is not None and not self._items:
            self._progress.remove_task(self._task)
        elif self._task is not None:
            self._progress.update(self._task, total=self._running.completed)
            if not self._console.is_terminal:
                self._line(f"{self._items:,}")
        self._task = None

"""Progress on stderr: a bar with rate and time left on a terminal, one line a step elsewhere."""

from __future__ import annotations

from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TaskID,
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
}


class Rate(ProgressColumn):
    """Items a second."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


class Bars:
    """A :class:`pipeline.work.Progress` that draws."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True, quiet=quiet)
        self._progress = Progress(
            TextColumn("{task.description:<24}"),
            BarColumn(),
            MofNCompleteColumn(),
            Rate(),
            TimeRemainingColumn(elapsed_when_finished=True),
            console=self._console,
            disable=quiet or not self._console.is_terminal,
        )
        self._task: TaskID | None = None
        self._name = ""
        self._done = 0

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
        self._name, self._done = LABELS.get(name, name), 0
        self._task = self._progress.add_task(self._name, total=total) if total else None

    def advance(self, count: int) -> None:
        """``count`` more are done."""
        self._done += count
        if self._task is not None:
            self._progress.advance(self._task, count)

    def reach(self, completed: int) -> None:
        """So much is done in all."""
        self.advance(completed - self._done)

    def _finish(self) -> None:
        if self._task is not None and not self._console.is_terminal:
            self._console.print(f"{self._name}: {self._done:,}", highlight=False)
        if self._task is not None:
            self._progress.update(self._task, total=self._done)
        self._task = None

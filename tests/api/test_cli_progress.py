"""What a user sees while it works, and what Ctrl-C leaves behind."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.progress import Progress
from terminal import EXAMPLES, Terminal

from api.cli import progress
from api.cli.progress import Bars, Items

PROGRAM = Path(sys.executable).parent / "minyi"


def _hear_ctrl_c() -> None:
    """A terminal's programs hear Ctrl-C; one that is started in the background (``make test &``) is born deaf to it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Screen:
    """A program on a terminal of its own, whose screen is read as it comes."""

    def __init__(self, terminal: Terminal, *arguments: str) -> None:
        self._master, slave = pty.openpty()
        environment = {**os.environ, **terminal.environment, "TERM": "xterm", "COLUMNS": "100"}
        self._process = subprocess.Popen(
            [PROGRAM, *arguments],
            env=environment,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
            preexec_fn=_hear_ctrl_c,
        )
        os.close(slave)
        self.shown = ""

    def until(self, words: str) -> None:
        """Reads until the words stand on the screen. Fails when the program ends before."""
        while words not in self.shown:
            assert self._read(), f"{words!r} never came:\n{self.shown}"

    def interrupt(self) -> None:
        """Presses Ctrl-C: every process on this terminal is told."""
        os.killpg(self._process.pid, signal.SIGINT)

    def end(self) -> int:
        """Reads to the end; the exit code."""
        while self._read():
            pass
        os.close(self._master)
        return self._process.wait()

    def _read(self) -> bool:
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return False
        self.shown += data.decode("utf-8", "replace")
        return bool(data)


def test_a_terminal_shows_a_bar_for_each_step(terminal: Terminal):
    screen = Screen(terminal, "import", str(EXAMPLES / "news.jsonl"), "--kind", "news")
    assert screen.end() == 0
    for step in ("reading and redacting", "analysing and linking", "indexing"):
        assert step in screen.shown
    assert "━" in screen.shown and "100%" in screen.shown


def test_elsewhere_each_step_that_did_something_leaves_one_plain_line(terminal: Terminal):
    run = terminal.program("import", EXAMPLES / "news.jsonl", "--kind", "news")
    assert run.returncode == 0 and "\x1b" not in run.stderr and "━" not in run.stderr
    steps = [line for line in run.stderr.splitlines() if ": 1" in line]
    assert steps == ["reading and redacting: 10", "analysing and linking: 10", "indexing: 10"]
    again = terminal.program("work")
    assert again.stderr == "" and again.stdout == "Nothing was left to do.\n"


def test_of_several_files_each_is_named(terminal: Terminal):
    for name in ("[b]一月.csv", "[b]二月.csv"):
        Path(name).write_text(f"编号,内容\n{name},村口的路坏了半年没有人修\n", "utf-8")
    run = terminal.minyi("import", "[b]一月.csv", "[b]二月.csv", "--no-work")
    assert run.exit_code == 0 and "[b]一月.csv: 1\n[b]二月.csv: 1\n" in run.stderr


def test_a_long_step_leaves_a_line_now_and_then(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]):
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.0)
    with Bars() as bars:
        bars.step("analyse", 200)
        bars.advance(50)
    lines = capsys.readouterr().err.splitlines()
    assert lines[0].startswith("analysing and linking: 50 (25 %") and "/s" in lines[0]
    assert lines[-1] == "analysing and linking: 50"


def test_the_rate_is_in_items_a_second():
    clock = [0.0]
    bars = Progress(get_time=lambda: clock[0], disable=True)
    bars.add_task("reading", total=10**6, items=1500)
    clock[0] = 10.0
    assert Items().render(bars.tasks[0]).plain == "1,500  150/s"


def test_after_ctrl_c_the_same_command_takes_the_rest_in(terminal: Terminal):
    lines = "".join(f"{n},第{n}号来信：柳湾村{n * 7919}号地块边的路坏了，请派人来修\n" for n in range(1200))
    Path("a.csv").write_text("编号,内容\n" + lines, "utf-8")
    screen = Screen(terminal, "import", "a.csv", "--no-work")
    screen.until("reading and redacting")
    screen.interrupt()
    assert screen.end() == 130
    assert "What is done is stored; run the same command again" in screen.shown and "Traceback" not in screen.shown
    [again] = terminal.json("import", "a.csv", "--no-work")["files"]
    assert again["new"] + again["known"] == 1200 and again["known"] % 200 == 0


@pytest.mark.parametrize("processes", ["1", "2"])
def test_after_ctrl_c_no_text_is_lost_done_twice_or_held(terminal: Terminal, processes: str):
    from pipeline.store import Store

    waiting = {}
    for name in ("petitions_ring_road.xlsx", "petitions_waste_plant.csv"):
        waiting[name] = terminal.json("import", EXAMPLES / name, "--no-work")["files"][0]["new"]
    terminal.environment["MINYI_PROCESSES"] = processes
    screen = Screen(terminal, "work")
    screen.until("analysing and linking")
    screen.interrupt()
    assert screen.end() == 130
    assert "What is done is stored" in screen.shown and "Traceback" not in screen.shown
    with Store.open(f"sqlite:///{terminal.home / 'minyi.sqlite3'}") as store:
        assert store.lease_holders() == set()
        done = store.counts_by_state().get("analysed", 0)
    assert terminal.json("work")["analysed"] == sum(waiting.values()) - done

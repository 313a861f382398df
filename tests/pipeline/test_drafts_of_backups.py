"""A backup or restore that is stopped, killed, or made onto a mounted disk: all of it is there, or nothing is."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from county import CountyOffice, what_people_say

from api.cli.main import cli
from pipeline.backup import RestoreRefused, back_up, drafts, making, restore, restoring
from pipeline.backup.drafts import draft_of
from pipeline.office import Office
from pipeline.settings import Settings
from pipeline.withdrawn import Ledger
from pipeline.work import Silent

TEXTS = len(what_people_say())


@pytest.fixture
def source(county: CountyOffice, tmp_path: Path) -> Path:
    return back_up(county.office, tmp_path / "backups" / "one", "tester", Silent()).folder


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def killed(command: Callable[[], object]) -> None:
    """Runs a command in a process of its own, in which something kills it."""
    child = os.fork()
    if child == 0:
        try:
            command()
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL


class KilledWhenVerified(Silent):
    def step(self, name: str, total: int) -> None:
        if name == "verify":
            os.kill(os.getpid(), signal.SIGKILL)


def asked_to_end(*_: object) -> None:
    os.kill(os.getpid(), signal.SIGTERM)


def test_a_folder_that_is_there_stays_the_same_one_as_a_mounted_disk_must(source: Path, tmp_path: Path):
    home = tmp_path / "disk"
    (home / "lost+found").mkdir(parents=True)
    before = home.stat().st_ino
    restore(source, home, "tester", Silent())
    assert home.stat().st_ino == before and home.stat().st_mode & 0o077 == 0
    with Office(Settings(home=home)) as office:
        assert sum(office.store.counts_by_state().values()) == TEXTS
    assert [name for name in names(home) if "unfinished" in name] == []


def test_what_came_into_the_folder_meanwhile_is_not_overwritten(source: Path, tmp_path: Path):
    class SomebodyBegins(Silent):
        def step(self, name: str, total: int) -> None:
            if name == "withdraw":
                (tmp_path / "disk" / "minyi.sqlite3").write_bytes(b"theirs")

    (tmp_path / "disk").mkdir()
    with pytest.raises(RestoreRefused, match="E244"):
        restore(source, tmp_path / "disk", "tester", SomebodyBegins())
    assert names(tmp_path / "disk") == ["minyi.sqlite3"]
    assert (tmp_path / "disk" / "minyi.sqlite3").read_bytes() == b"theirs"


def test_a_restore_killed_as_the_files_get_their_place_is_ended_by_the_next(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home = tmp_path / "disk"
    home.mkdir()
    with monkeypatch.context() as patched:
        sync = drafts.sync

        def dies_at_the_first_file(folder: Path) -> None:
            sync(folder)
            if folder == home:
                os.kill(os.getpid(), signal.SIGKILL)

        patched.setattr(drafts, "sync", dies_at_the_first_file)
        killed(lambda: restore(source, home, "tester", Silent()))
    assert names(home)[1:] == ["keys"], "the keys come first: nobody makes others"
    with pytest.raises(RestoreRefused, match="minyi work"):
        restore(source, home, "tester", Silent())
    with Office(Settings(home=home)) as office:
        assert sum(office.store.counts_by_state().values()) == TEXTS
    assert [name for name in names(home) if "unfinished" in name] == []


def test_a_sqlite_file_in_a_folder_that_is_not_there_yet(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("MINYI_DATABASE_URL", f"sqlite:///{tmp_path}/elsewhere/deep/store.sqlite3")
    restore(source, tmp_path / "new", "tester", Silent())
    assert [name for name in names(tmp_path / "elsewhere" / "deep") if not name.startswith("store.sqlite3")] == []
    assert "minyi.sqlite3" not in names(tmp_path / "new")


def test_a_restore_killed_behind_its_sqlite_file_begins_again_and_takes_no_other_file(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    file = tmp_path / "store.sqlite3"
    monkeypatch.setenv("MINYI_DATABASE_URL", f"sqlite:///{file}")
    file.write_bytes(b"something else")
    with pytest.raises(RestoreRefused, match="E244"):
        restore(source, tmp_path / "new", "tester", Silent())
    file.unlink()
    with monkeypatch.context() as patched:
        patched.setattr(restoring, "hand_on", lambda draft, home: os.kill(os.getpid(), signal.SIGKILL))
        killed(lambda: restore(source, tmp_path / "new", "tester", Silent()))
    restore(source, tmp_path / "new", "tester", Silent())
    with Office(Settings(home=tmp_path / "new")) as office:
        assert sum(office.store.counts_by_state().values()) == TEXTS


def test_sigterm_leaves_no_draft_with_tokens_behind(
    county: CountyOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    home, target = str(county.office.settings.home), tmp_path / "backups" / "one"
    with monkeypatch.context() as patched:
        patched.setattr(making, "clean", asked_to_end)
        stopped = CliRunner().invoke(cli, ["backup", str(target), "--home", home])
    assert stopped.exit_code == 130 and names(target.parent) == []
    assert CliRunner().invoke(cli, ["backup", str(target), "--home", home]).exit_code == 0
    monkeypatch.setattr(Ledger, "apply", asked_to_end)
    stopped = CliRunner().invoke(cli, ["restore", str(target), "--home", str(tmp_path / "new" / "office")])
    assert stopped.exit_code == 130 and names(tmp_path / "new") == []


def test_a_killed_backup_is_tidied_up_by_the_next_one_and_one_that_is_being_made_is_not(
    county: CountyOffice, tmp_path: Path
):
    folder, home = tmp_path / "backups", county.office.settings.home

    def dies() -> None:
        with Office(Settings(home=home)) as office:
            back_up(office, folder / "one", "tester", KilledWhenVerified())

    killed(dies)
    [left] = names(folder)
    assert "unfinished" in left
    with draft_of(folder / "another", folder) as being_made:
        back_up(county.office, folder / "two", "tester", Silent())
        assert names(folder) == sorted([being_made.name, "two"])


def test_a_copy_needs_no_room_in_the_folder_for_temporary_files(tmp_path: Path):
    """That folder may be a small one in memory: a store that is larger could not be backed up."""
    small, store = tmp_path / "temporary", tmp_path / "store.sqlite3"
    small.mkdir()
    os.utime(small, (0, 0))
    connection = sqlite3.connect(store)
    connection.executescript(
        "CREATE TABLE documents (id, leased_by, leased_until, body);"
        "CREATE TABLE voices (project_id, period, token, ordinal);"
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)"
        " INSERT INTO voices SELECT 'road', 'p1', randomblob(32), NULL FROM n;"
        "INSERT INTO documents VALUES ('d', NULL, NULL, randomblob(9000000));"
    )
    connection.close()
    begin = "import sys; from pathlib import Path; from pipeline.backup.cleaning import clean; "
    done = subprocess.run(
        [sys.executable, "-c", f"{begin}print(clean(Path(sys.argv[1]), '1128000000'))", str(store)],
        env={**os.environ, "SQLITE_TMPDIR": str(small), "TMPDIR": str(small)}, capture_output=True, text=True,
    )  # fmt: skip
    assert done.stdout == "{'documents': 1, 'voices': 20000}\n", done.stderr
    assert small.stat().st_mtime == 0, "a file was made there"
    assert names(tmp_path) == ["store.sqlite3", "temporary"]

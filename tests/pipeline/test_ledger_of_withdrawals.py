"""The ledger's copies in backups: brought up by what they lack, told when they lag, and let go when they are deleted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from county import CountyOffice, what_people_say

from api.cli.main import cli
from api.running import backed_up
from pipeline import withdrawn
from pipeline.backup import back_up
from pipeline.erasure import unreachable_backups
from pipeline.withdrawn import FILE_NAME, Ledger, bring_up, lagging_backups, note_withdrawals
from pipeline.work import Silent

SAID = what_people_say()


def line(document: str, stamp: str, at: str = "") -> bytes:
    told = {"kind": "changed", "id": document, "stamp": stamp} | ({"at": at} if at else {})
    return json.dumps(told).encode() + b"\n"


def written(file: Path, *lines: bytes) -> Path:
    file.write_bytes(b"".join(lines))
    return file


def test_a_copy_with_lines_of_its_own_gets_each_line_once(tmp_path: Path):
    lines = [line(f"d{number}", "s", f"2026-11-{number:02}") for number in range(1, 29)]
    copy = written(tmp_path / "copy.jsonl", line("other", "s", "2026-10-01"), *lines[:2])
    for number in range(2, 29):
        bring_up(written(tmp_path / "ledger.jsonl", *lines[:number]), copy)
    assert copy.read_bytes().splitlines(keepends=True) == [line("other", "s", "2026-10-01"), *lines]


def test_a_text_that_was_changed_back_is_so_in_the_copy(tmp_path: Path):
    ledger = written(tmp_path / "ledger.jsonl", line("d", "one"), line("d", "two"), line("d", "one"))
    copy = written(tmp_path / "copy.jsonl", line("e", "other"), line("d", "one"))
    bring_up(ledger, copy)
    assert Ledger.read(copy).changed["d"] == "one"


def test_of_two_ledgers_the_newer_stamp_holds_whichever_is_read_last(tmp_path: Path):
    older = written(tmp_path / "older.jsonl", line("d", "before", "2026-11-01T08:00:00+00:00"), line("e", "undated"))
    newer = written(tmp_path / "newer.jsonl", line("d", "since", "2026-11-02T08:00:00+00:00"))
    for files in ((older, newer), (newer, older)):
        assert Ledger.read(*files).changed == {"d": "since", "e": "undated"}


def test_an_older_ledger_beside_the_backups_own_does_not_empty_a_newer_text(county: CountyOffice, tmp_path: Path):
    from pipeline.backup import restore
    from pipeline.office import Office
    from pipeline.redacted import seal
    from pipeline.settings import Settings

    keys, document = county.office.settings.keys_folder, SAID[2].document
    county.store.revise_document(document.model_copy(update={"body": seal("改过一次。")}))
    note_withdrawals(county.store, keys)
    older = written(tmp_path / "older.jsonl", (keys / FILE_NAME).read_bytes())
    county.store.revise_document(document.model_copy(update={"body": seal("又改了一次。")}))
    source = back_up(county.office, tmp_path / "backup", "tester", Silent()).folder
    restore(source, tmp_path / "new", "tester", Silent(), [older])
    with Office(Settings(home=tmp_path / "new")) as office:
        assert str(office.store.document(document.id).body) == "又改了一次。"


def test_a_backup_whose_ledger_cannot_be_written_is_named_by_the_doctor(
    county: CountyOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    keys = county.office.settings.keys_folder
    folder = back_up(county.office, tmp_path / "backup", "tester", Silent()).folder
    append = withdrawn._append

    def read_only(file: Path, content: bytes) -> None:
        if file.parent == folder:
            raise OSError(30, "Read-only file system")
        append(file, content)

    with monkeypatch.context() as patched:
        patched.setattr(withdrawn, "_append", read_only)
        county.store.withdraw_documents([SAID[2].document.id])
        note_withdrawals(county.store, keys)
    assert list(lagging_backups(keys)) == [folder]
    [problem] = backed_up(county.office.settings, county.store).problems
    assert problem.startswith(f"{folder} lacks withdrawals")
    note_withdrawals(county.store, keys)
    assert list(lagging_backups(keys)) == [] and backed_up(county.office.settings, county.store).ok


def test_a_deleted_backup_is_missed_until_somebody_says_that_it_was_deleted(county: CountyOffice, tmp_path: Path):
    settings, there, gone = county.office.settings, tmp_path / "there", tmp_path / "disk" / "gone"
    for folder in (gone, there):
        back_up(county.office, folder, "tester", Silent())
    gone.rename(tmp_path / "away")
    assert unreachable_backups(county.office) == [str(gone)] and backed_up(settings, county.store).ok
    there.rename(tmp_path / "away too")
    assert "none of 2 can be reached" in backed_up(settings, county.store).problems[0]
    (tmp_path / "away too").rename(there)
    told = CliRunner().invoke(cli, ["backup", "--forget", str(tmp_path), "--home", str(settings.home), "--json"])
    assert json.loads(told.stdout) == {"forgotten": [str(gone)]}
    assert unreachable_backups(county.office) == [] and backed_up(settings, county.store).ok
    assert CliRunner().invoke(cli, ["backup", "--home", str(settings.home)]).exit_code == 2
    back_up(county.office, gone, "tester", Silent())
    assert backed_up(settings, county.store).examined == 2, "one made there anew is known again"

"""A backup is of one moment, is verified, restores whole, and brings nothing back that was to go."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from county import COMPENSATION, CountyOffice, what_people_say
from opinions import opinion

from api.agreement import agreement
from api.cli.main import cli
from crawlers.registry.files import deployed_folder
from pipeline.backup import BackupDamaged, BackupRefused, RestoreRefused, back_up, examine, restore
from pipeline.backup.manifest import write
from pipeline.office import Office
from pipeline.settings import Settings
from pipeline.signing import SigningKey, rotate_signing_key, signers
from pipeline.voices import Voice
from pipeline.withdrawn import FILE_NAME as LEDGER
from pipeline.withdrawn import Ledger, note_withdrawals
from pipeline.work import Silent

SAID = what_people_say()
GONE = SAID[2].document


def made(county: CountyOffice, folder: Path) -> Path:
    return back_up(county.office, folder, "tester", Silent()).folder


def brought_back(source: Path, home: Path) -> Office:
    restore(source, home, "tester", Silent())
    return Office(Settings(home=home))


def told(office: Office) -> list[dict[str, object]]:
    return [point.candidate.model_dump(mode="json") for point in office.store.risk_points("quarry-road").rows]


def test_what_is_restored_is_what_was_there(county: CountyOffice, tmp_path: Path):
    before = told(county.office)
    source = made(county, tmp_path / "backup")
    with brought_back(source, tmp_path / "new") as office:
        assert told(office) == before
        assert [f.check for f in agreement(office) if not f.ok] == []
        assert [event.action for event in office.audit.events()][-1] == "backup.restored"
        assert office.keys.document_id("a", "b") == county.office.keys.document_id("a", "b")


def test_a_withdrawn_text_does_not_come_back_from_an_older_backup(county: CountyOffice, tmp_path: Path):
    source = made(county, tmp_path / "backup")
    county.store.withdraw_documents([GONE.id])
    note_withdrawals(county.store, county.office.settings.keys_folder)
    county.office.close()
    with brought_back(source, tmp_path / "new") as office:
        assert office.store.document(GONE.id).tombstone
        assert not office.index.get([GONE.id])
    at_rest = "".join(p.read_bytes().decode("utf-8", "replace") for p in (tmp_path / "new").rglob("*") if p.is_file())
    assert str(GONE.body)[:20] not in at_rest


def test_a_ledger_that_stopped_in_the_middle_of_a_line_is_mended_by_the_next_withdrawal(
    county: CountyOffice, tmp_path: Path
):
    """The disk of the backup was full, or the power went: the rest of the line alone would make the copy unreadable."""
    keys = county.office.settings.keys_folder
    source = made(county, tmp_path / "backup")
    county.store.withdraw_documents([GONE.id])
    note_withdrawals(county.store, keys)
    copy = source / LEDGER
    copy.write_bytes(copy.read_bytes()[:-20])
    other = SAID[3].document.id
    county.store.withdraw_documents([other])
    note_withdrawals(county.store, keys)
    assert Ledger.read(copy).withdrawn.keys() == {GONE.id, other}
    assert copy.read_bytes() == (keys / LEDGER).read_bytes()


def test_what_came_and_went_after_the_backup_has_a_tombstone(county: CountyOffice, tmp_path: Path):
    source = made(county, tmp_path / "backup")
    late = opinion("后来才说、又收回的话。", number=99).document
    county.store.add_documents([late])
    county.store.withdraw_documents([late.id])
    note_withdrawals(county.store, county.office.settings.keys_folder)
    with brought_back(source, tmp_path / "new") as office:
        assert office.store.add_documents([late]).new == ()


def test_a_text_that_its_source_changed_since_is_empty_until_it_is_read_again(county: CountyOffice, tmp_path: Path):
    from pipeline.redacted import seal

    source = made(county, tmp_path / "backup")
    changed = GONE.model_copy(update={"body": seal("改过的话。")})
    county.store.revise_document(changed)
    note_withdrawals(county.store, county.office.settings.keys_folder)
    newer = made(county, tmp_path / "newer")
    with brought_back(source, tmp_path / "new") as office:
        assert str(office.store.document(GONE.id).body) == ""
        assert office.store.revise_document(changed)
    with brought_back(newer, tmp_path / "second") as office:
        assert str(office.store.document(GONE.id).body) == "改过的话。"


def test_no_key_or_token_of_a_voice_period_and_no_session_is_in_a_backup(county: CountyOffice, tmp_path: Path):
    keys = county.office.voice_keys
    documents = [opinion("补偿低。", number=n, kind="weibo", genre="post").document for n in (71, 72, 73)]
    voices = [keys.voice(d.id, "quarry-road", "weibo", who) for d, who in zip(documents, "aab", strict=True)]
    county.store.add_documents(documents, voices)
    ids = [d.id for d in documents]
    assert county.store.distinct_voices("quarry-road", ids) == (2, 2)
    source = made(county, tmp_path / "backup")
    everything = b"".join(path.read_bytes() for path in source.rglob("*") if path.is_file())
    assert not any(voice.token in everything for voice in voices)
    secret = (county.office.settings.keys_folder / f"{keys.period()}.key").read_bytes()
    assert secret not in everything
    with brought_back(source, tmp_path / "new") as office:
        assert office.store.distinct_voices("quarry-road", ids) == (2, 2)
        more = opinion("补偿低。", number=74, kind="weibo", genre="post").document
        voice: Voice = office.voice_keys.voice(more.id, "quarry-road", "weibo", "a")
        office.store.add_documents([more], [voice])
        assert office.store.distinct_voices("quarry-road", [*ids, more.id]) == (2, 3), "a new key: a range, and said so"


def test_the_crawl_sources_of_an_office_and_the_keys_it_signed_with_before_come_along(
    county: CountyOffice, tmp_path: Path
):
    home, keys = county.office.settings.home, county.office.settings.keys_folder
    deployed_folder(home).mkdir()
    (deployed_folder(home) / "county-board.toml").write_text('name = "county-board"\n', "utf-8")
    rotate_signing_key(keys, datetime.now(UTC))
    before = signers(keys)
    source = made(county, tmp_path / "backup")
    with brought_back(source, tmp_path / "new") as office:
        assert signers(office.settings.keys_folder) == before and len(before) == 2
    [file] = deployed_folder(tmp_path / "new").iterdir()
    assert file.name == "county-board.toml" and file.read_text("utf-8") == 'name = "county-board"\n'


@pytest.mark.parametrize("name", ["keys/../../strange", "sources/../../strange", "/etc/strange"])
def test_a_manifest_that_names_a_file_outside_of_the_backup_writes_nothing(
    county: CountyOffice, tmp_path: Path, name: str
):
    """Whoever can write to a backup can sign it anew."""
    source = made(county, tmp_path / "backups" / "one")
    manifest, _ = examine(source)
    (tmp_path / "backups" / "strange").write_bytes(b"x")
    files = {**manifest.files, name: hashlib.sha256(b"x").hexdigest()}
    write(source, manifest.model_copy(update={"files": files}), SigningKey(source / "keys"))
    with pytest.raises(BackupDamaged, match=r"E241.*outside"):
        restore(source, tmp_path / "new" / "office", "tester", Silent())
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("name", ["store.sqlite3", "MANIFEST.json", "keys/deployment.key", "MANIFEST.sig"])
def test_one_changed_byte_is_found(county: CountyOffice, tmp_path: Path, name: str):
    source = made(county, tmp_path / "backup")
    content = bytearray((source / name).read_bytes())
    content[len(content) // 2] ^= 1
    (source / name).write_bytes(content)
    with pytest.raises(BackupDamaged, match="E241"):
        examine(source)
    with pytest.raises(BackupDamaged):
        restore(source, tmp_path / "new", "tester", Silent())
    assert not (tmp_path / "new").exists()


def test_nothing_is_overwritten(county: CountyOffice, tmp_path: Path):
    source = made(county, tmp_path / "backup")
    with pytest.raises(BackupRefused, match="E240"):
        made(county, tmp_path / "backup")
    with pytest.raises(BackupRefused, match="E240"):
        made(county, county.office.settings.home / "backup")
    with pytest.raises(RestoreRefused, match="E244"):
        restore(source, county.office.settings.home, "tester", Silent())


def test_a_backup_that_stops_half_way_leaves_nothing_behind(county: CountyOffice, tmp_path: Path):
    class Stops(Silent):
        def step(self, name: str, total: int) -> None:
            if name == "verify":
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        back_up(county.office, tmp_path / "backups" / "one", "tester", Stops())
    assert list((tmp_path / "backups").iterdir()) == []


def test_the_copy_is_of_one_moment_while_others_write(county: CountyOffice, tmp_path: Path):
    """What is written while pages are copied is not in the copy, and no page of it is."""
    numbers = iter(range(1000, 2000))

    class Writes(Silent):
        def advance(self, count: int) -> None:
            county.store.add_documents([opinion(f"第{next(numbers)}封信。", number=1).document])

    before = sum(county.store.counts_by_state().values())
    done = back_up(county.office, tmp_path / "backup", "tester", Writes())
    assert done.manifest.documents == before < sum(county.store.counts_by_state().values())


def test_only_this_account_can_read_it(county: CountyOffice, tmp_path: Path):
    source = made(county, tmp_path / "backup")
    assert source.stat().st_mode & 0o077 == 0
    assert [p for p in source.rglob("*") if p.is_file() and p.stat().st_mode & 0o077] == []


def test_what_is_past_its_time_does_not_come_back_either(county: CountyOffice, tmp_path: Path):
    source = made(county, tmp_path / "backup")
    connection = sqlite3.connect(source / "store.sqlite3")
    connection.close()
    with county.store.transaction() as open_one:
        from sqlalchemy import update

        from pipeline.store.tables import documents

        open_one.execute(update(documents).values(collected_at=datetime.now(UTC) - timedelta(days=740)))
    old = made(county, tmp_path / "old")
    assert restore(source, tmp_path / "a", "tester", Silent()).purged.texts == 0
    assert restore(old, tmp_path / "b", "tester", Silent()).purged.texts == len(SAID)


def test_from_one_database_to_the_other_and_back(county: CountyOffice, tmp_path: Path, postgres_server, monkeypatch):
    before = told(county.office)
    url = postgres_server.new_database()
    source = made(county, tmp_path / "backup")
    monkeypatch.setenv("MINYI_DATABASE_URL", url)
    restore(source, tmp_path / "on-postgresql", "tester", Silent())
    with Office(Settings(home=tmp_path / "on-postgresql")) as office:
        assert told(office) == before
        assert office.audit.verify() is None
        late = opinion("搬到新库以后的信。", number=5)
        office.store.add_documents([late.document])
        office.store.complete_analyses([late.analysis])  # numbers go on behind those that came along
        again = back_up(office, tmp_path / "again", "tester", Silent())
        assert again.manifest.database == "postgresql"
    with pytest.raises(RestoreRefused, match="not empty"):
        restore(tmp_path / "again", tmp_path / "third", "tester", Silent())
    monkeypatch.setenv("MINYI_DATABASE_URL", "")
    with brought_back(tmp_path / "again", tmp_path / "on-sqlite") as office:
        assert told(office) == before
        assert office.store.document(late.document.id) is not None
        assert [f.check for f in agreement(office) if not f.ok and "outbox" not in f.check] == []


def test_the_commands_say_what_they_did(county: CountyOffice, tmp_path: Path):
    home = str(county.office.settings.home)

    def run(*arguments: str) -> dict[str, object]:
        done = CliRunner().invoke(cli, [*arguments, "--json"])
        assert done.exit_code == 0, done.output
        answer: dict[str, object] = json.loads(done.stdout)
        return answer

    target = str(tmp_path / "backup")
    taken = run("backup", target, "--home", home)
    checked = run("restore", target, "--check", "--signer", str(taken["signed_by"]))
    assert checked["digest"] == taken["digest"] and not (tmp_path / "new").exists()
    back = run("restore", target, "--home", str(tmp_path / "new"))
    assert (back["documents"], back["withdrawn"], back["indexed"]) == (len(SAID), 0, len(SAID) - 1)
    wrong = CliRunner().invoke(cli, ["restore", target, "--check", "--signer", "0" * 64])
    assert wrong.exit_code == 1 and "E241" in wrong.output


def test_the_candidate_that_all_of_this_is_about(county: CountyOffice):
    assert county.point(COMPENSATION) in {point.id for point in county.store.risk_points("quarry-road").rows}

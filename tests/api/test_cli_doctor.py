"""``minyi doctor``: one line a check, with what to do, and nothing created or changed by it."""

from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner
from county import CountyOffice

from api.cli.main import cli
from api.installation import checksums
from pipeline.settings import STORE_FILE


def doctor(home: Path, **variables: str) -> tuple[int, dict[str, dict]]:
    run = CliRunner().invoke(cli, ["doctor", "--json", "--home", str(home)], env=variables)
    answer = json.loads(run.stdout)
    assert answer["ok"] == (run.exit_code == 0)
    return run.exit_code, {finding["check"]: finding for finding in answer["findings"]}


def test_a_working_office_is_well(county: CountyOffice):
    code, found = doctor(county.office.settings.home)
    assert code == 0, [finding for finding in found.values() if not finding["ok"]]
    assert found["packages are there"]["examined"] > 15
    assert found["models are as they were trained"]["examined"] >= 2


def test_without_a_data_folder_it_says_how_to_make_one_and_makes_none(tmp_path: Path):
    code, found = doctor(tmp_path / "nowhere")
    assert code == 1
    assert "minyi init" in found["data folder can be written"]["advice"]
    assert not (tmp_path / "nowhere").exists()


def test_an_empty_data_folder_stays_empty(tmp_path: Path):
    code, found = doctor(tmp_path)
    assert code == 1 and "minyi init" in found["store can be reached and is migrated"]["advice"]
    assert list(tmp_path.iterdir()) == []


def test_a_setting_out_of_bounds_is_named(tmp_path: Path):
    (tmp_path / "minyi.toml").write_text("k_anonymity = 1\n", "utf-8")
    code, found = doctor(tmp_path)
    assert code == 1 and "k_anonymity" in found["settings are valid"]["problems"][0]


@pytest.mark.parametrize(
    "url", ["postgresql://minyi:secret-word@127.0.0.1:1/minyi", "oracle://minyi:secret-word@127.0.0.1/minyi"]
)
def test_a_store_out_of_reach_is_named_without_its_password(county: CountyOffice, url: str):
    code, found = doctor(county.office.settings.home, MINYI_DATABASE_URL=url)
    finding = found["store can be reached and is migrated"]
    assert code == 1 and "127.0.0.1" in finding["problems"][0]
    assert "secret-word" not in json.dumps(found)


@pytest.mark.parametrize("table", ["documents", "meta", "outbox"])
def test_a_store_with_a_damaged_page_is_to_be_restored(county: CountyOffice, table: str):
    county.office.close()
    file = county.office.settings.home / STORE_FILE
    with closing(sqlite3.connect(file)) as store:
        store.execute("PRAGMA journal_mode=DELETE")
        [(page,)] = store.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,))
        [(size,)] = store.execute("PRAGMA page_size")
    with file.open("r+b") as damaged:
        damaged.seek((page - 1) * size)
        damaged.write(b"\xff" * size)
    code, found = doctor(county.office.settings.home)
    finding = found["store is undamaged"]
    assert code == 1 and "minyi restore" in finding["advice"]


def test_a_store_that_fails_while_it_is_looked_at_is_a_finding(county: CountyOffice):
    county.office.close()
    with closing(sqlite3.connect(county.office.settings.home / STORE_FILE)) as store:
        store.execute("DROP TABLE source_crawls")
        store.execute("DROP TABLE meta")
    code, found = doctor(county.office.settings.home)
    finding = found["store can be read"]
    assert code == 1 and "no such table" in finding["problems"][0] and "minyi restore" in finding["advice"]


def test_a_store_of_a_newer_program_wants_that_one(county: CountyOffice):
    county.office.close()
    with closing(sqlite3.connect(county.office.settings.home / STORE_FILE)) as store, store:
        store.execute("UPDATE alembic_version SET version_num = '9999'")
    code, found = doctor(county.office.settings.home)
    finding = found["store can be reached and is migrated"]
    assert code == 1 and "newer program" in finding["advice"] and "minyi init" not in finding["advice"]


def test_a_broken_index_is_named_with_the_command_that_mends_it(county: CountyOffice):
    for folder in county.office.settings.index_folder.glob("v*"):
        shutil.rmtree(folder)
    code, found = doctor(county.office.settings.home)
    assert code == 1 and "minyi reindex" in found["index can be read"]["advice"]


def test_models_that_were_altered_or_lost_are_noticed(tmp_path: Path):
    assert checksums(tmp_path).problems == ("no trained model",)
    folder = tmp_path / "linear"
    folder.mkdir()
    (folder / "card.json").write_text("{}", "utf-8")
    (folder / "SHA256SUMS").write_text(f"{'0' * 64}  card.json\n{'0' * 64}  weights.npz\n", "utf-8")
    assert checksums(tmp_path).problems == ("linear/card.json is damaged", "linear/weights.npz is missing")

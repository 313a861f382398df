"""``init``, ``work``, ``reindex`` and ``audit``: a data folder is made, kept, mended and watched."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from county import CountyOffice
from terminal import PURPOSE, Terminal

from api.cli.main import cli

SEARCH = ("search", "补偿标准", "--project", "quarry-road", *PURPOSE)


def minyi(county: CountyOffice, *arguments: str) -> Result:
    return CliRunner().invoke(cli, [*arguments, "--home", str(county.office.settings.home)], catch_exceptions=False)


def test_init_makes_a_folder_for_this_account_alone_and_never_overwrites(terminal: Terminal):
    first = terminal.minyi("init")
    assert first.exit_code == 0 and first.stdout.startswith(f"Created {terminal.home}")
    assert terminal.home.stat().st_mode & 0o077 == 0
    (terminal.home / "minyi.toml").write_text("k_anonymity = 7\n", "utf-8")
    second = terminal.json("init")
    assert second["created"] is False
    assert (terminal.home / "minyi.toml").read_text("utf-8") == "k_anonymity = 7\n"


def test_work_twice_has_nothing_to_do_the_second_time(terminal: Terminal):
    Path("a.csv").write_text("编号,内容\n1,村口的路坏了半年没有人修\n2,井水发黄已经三个月\n", "utf-8")
    terminal.minyi("import", "a.csv", "--no-work")
    assert terminal.json("work")["analysed"] == 2
    again = terminal.json("work")
    assert again.keys() == {
        "analysed", "reread", "failed", "quarantined", "purged", "indexed", "encoded", "projects", "notices", "overdue",
        "watched", "index_busy", "notified",
    }  # fmt: skip
    purged = again.pop("purged")
    assert not any([*purged.pop("aggregates"), *purged.values()])
    assert not any([*again.pop("watched").values(), *again.pop("notified").values(), *again.values()])
    assert terminal.minyi("work").stdout == "Nothing was left to do.\n"


def index_of_another_version(folder: Path) -> None:
    [marker] = folder.glob("v*/minyi-index.json")
    marker.write_text(json.dumps({**json.loads(marker.read_text("utf-8")), "schema": 999}), "utf-8")


def index_that_is_gone(folder: Path) -> None:
    (folder / "CURRENT").write_text("v9999\n", "ascii")


def index_with_damaged_files(folder: Path) -> None:
    [meta] = folder.glob("v*/meta.json")
    meta.write_bytes(meta.read_bytes()[:40])


@pytest.mark.parametrize("spoil", [index_of_another_version, index_that_is_gone, index_with_damaged_files])
def test_an_index_that_cannot_be_used_names_reindex_and_reindex_mends_it(county: CountyOffice, spoil):
    before = minyi(county, *SEARCH).stdout
    spoil(county.office.settings.index_folder)
    broken = minyi(county, *SEARCH)
    assert broken.exit_code == 1 and "E604" in broken.stderr and "`minyi reindex`" in broken.stderr
    assert broken.stderr.count("\n") == 1
    mended = minyi(county, "reindex", "--json")
    assert mended.exit_code == 0 and json.loads(mended.stdout)["documents"] == 9
    assert minyi(county, *SEARCH).stdout == before


def test_the_trail_tells_who_asked_what_for_which_purpose(county: CountyOffice):
    minyi(county, *SEARCH)
    minyi(county, "search", "补偿标准", "--project", "quarry-road")
    shown = minyi(county, "audit", "--purpose", "audit", "--verify")
    assert shown.exit_code == 0 and shown.stdout.endswith("The chain holds.\n")
    assert "assessor risk_identification quarry-road documents.read" in shown.stdout
    assert "documents.read.denied" in shown.stdout and "补偿" not in shown.stdout
    answer = json.loads(minyi(county, "audit", "--purpose", "audit", "--verify", "--json").stdout)
    assert answer["broken"] is None and answer["events"][-1]["action"] == "audit.read"


def test_a_changed_trail_is_a_failure(county: CountyOffice):
    minyi(county, *SEARCH)
    with sqlite3.connect(county.office.settings.home / "minyi.sqlite3") as database:
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET payload = replace(payload, 'assessor', 'expert') WHERE sequence = 1")
    run = minyi(county, "audit", "--purpose", "audit", "--verify")
    assert run.exit_code == 1 and "The chain is broken at 1: changed" in run.stdout
    assert minyi(county, "audit", "--purpose", "audit").exit_code == 0


def test_the_trail_is_not_shown_without_a_purpose(county: CountyOffice):
    run = minyi(county, "audit")
    assert run.exit_code == 1 and "role auditor may act for: audit" in run.stderr

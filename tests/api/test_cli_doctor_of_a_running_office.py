"""``minyi doctor`` of an office that runs: each thing that can go wrong around it is named, with what to do."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from county import CountyOffice
from opinions import opinion

from api import surroundings
from api.findings import Finding
from api.installation import installation
from api.running import backed_up, index_against_store, queue, running, sources
from pipeline.backup import back_up
from pipeline.retention import CLOCK_SEEN
from pipeline.store.tables import source_incidents
from pipeline.withdrawn import BACKUPS
from pipeline.work import Silent


def finding(county: CountyOffice, check: str) -> Finding:
    county.office.close()
    return next(one for one in installation(county.office.settings.home) if one.check == check)


def test_keys_that_others_can_read_are_named_with_the_command(county: CountyOffice):
    key = county.office.settings.keys_folder / "deployment.key"
    key.chmod(0o644)
    found = finding(county, "files are for this account alone")
    assert found.count == 1 and str(key) in found.problems[0] and "chmod 600" in found.problems[0]


def test_a_data_folder_that_everybody_may_enter_is_named(county: CountyOffice):
    county.office.settings.home.chmod(0o755)
    assert "chmod 700" in finding(county, "files are for this account alone").problems[0]


def test_too_little_room_is_named_with_what_is_wanted(county: CountyOffice, monkeypatch: pytest.MonkeyPatch):
    usage = shutil.disk_usage(county.office.settings.home)._replace(free=5 << 20)
    monkeypatch.setattr(surroundings.shutil, "disk_usage", lambda folder: usage)
    found = surroundings.room(county.office.settings)
    assert found.count == 1 and "5 MB are free" in found.problems[0]


def test_a_clock_behind_its_own_stamps_is_named(county: CountyOffice):
    county.store.clock = lambda: datetime.now(UTC) + timedelta(days=2)
    county.office.audit.append("zhou", "assessor", "risk_points.read")
    county.store.clock = lambda: datetime.now(UTC)
    assert "audit trail" in surroundings.clock(county.store).problems[0]


def test_a_clock_that_jumped_is_named(county: CountyOffice):
    county.store.set_fact(CLOCK_SEEN, (datetime.now(UTC) + timedelta(days=9)).isoformat())
    assert "last work" in surroundings.clock(county.store).problems[0]


def test_a_machine_that_is_not_utf8_is_told_what_to_set(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(surroundings.locale, "getpreferredencoding", lambda lookup: "ANSI_X3.4-1968")
    found = surroundings.encodings()
    assert found.count == 1 and "LANG=C.UTF-8" in found.advice


def test_texts_that_wait_for_more_than_a_day_are_counted(county: CountyOffice):
    assert queue(county.store).ok
    waits = opinion("等了两天的信。", number=3).document
    waits = waits.model_copy(update={"collected_at": datetime.now(UTC) - timedelta(days=2)})
    county.store.add_documents([waits])
    assert "1 texts wait" in queue(county.store).problems[0]


def test_an_index_of_another_store_is_to_be_built_anew(county: CountyOffice):
    from sqlalchemy import delete

    from pipeline.store.tables import outbox

    assert index_against_store(county.store, county.office.index).ok
    with county.store.transaction() as connection:
        connection.execute(delete(outbox).where(outbox.c.sequence > 3))
    found = index_against_store(county.store, county.office.index)
    assert "another store" in found.problems[0] and "reindex" in found.advice


def test_a_source_that_is_silent_is_named(county: CountyOffice):
    from sqlalchemy import insert

    with county.store.transaction() as connection:
        row = {"source": "county-news", "kind": "no_success", "opened_at": county.store.clock(), "facts": {}}
        connection.execute(insert(source_incidents).values(**row))
    assert sources(county.store).problems == ("county-news: no success",)


def test_an_office_without_backups_and_one_with_old_ones_are_told(county: CountyOffice, tmp_path: Path):
    settings = county.office.settings
    assert backed_up(settings, county.store).ok, "nothing was done here yet"
    county.store.clock = lambda: datetime.now(UTC) - timedelta(days=30)
    county.office.audit.append("zhou", "assessor", "risk_points.read")
    county.store.clock = lambda: datetime.now(UTC)
    assert backed_up(settings, county.store).problems == ("no backup was made so far",)
    back_up(county.office, tmp_path / "backup", "tester", Silent())
    assert backed_up(settings, county.store).ok
    file = settings.keys_folder / BACKUPS
    line: dict[str, Any] = json.loads(file.read_text())
    line["made_at"] = (datetime.now(UTC) - timedelta(days=40)).isoformat()
    file.write_text(json.dumps(line) + "\n")
    found = backed_up(settings, county.store)
    assert "40 days old: delete it" in found.problems[0] and "40 days old" in found.problems[1]


def test_what_the_database_is_and_what_it_keeps_is_looked_at(store: Any, county: CountyOffice):
    assert [one.check for one in running(county.office.settings, store) if not one.ok] == []

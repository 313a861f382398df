"""What goes wrong around a working office: the user is told what to do, nothing stored is lost, no hand is needed after.

The slow ones (services, PostgreSQL restarted, a node of a cluster killed) are in ``benchmarks/faults.py``.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from county import CountyOffice, what_people_say
from opinions import opinion
from sqlalchemy.exc import OperationalError

from api.agreement import agreement
from api.cli.failures import told
from pipeline.store import Store
from pipeline.upkeep import follow
from pipeline.work import Silent

as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can mount a disk of a few megabytes")
LETTERS = [opinion(f"第{n}封信说的是灌溉渠被填，今年的稻子没有水。" * 40, number=n).document for n in range(400)]
"""Enough for a megabyte and more."""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of eight megabytes of its own."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", str(folder)], capture_output=True)
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a disk")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def on_disk(disk: Path, county_as_it_was: Path) -> Iterator[CountyOffice]:
    county = CountyOffice(shutil.copytree(county_as_it_was, disk / "home"))
    yield county
    county.office.close()


def wrong(county: CountyOffice) -> list[str]:
    return [found.check for found in agreement(county.office) if not found.ok]


@as_root
def test_a_full_disk_loses_nothing_and_the_same_import_goes_on_when_there_is_room(on_disk: CountyOffice, disk: Path):
    there = {document.id for document in on_disk.store.all_documents()}
    assessor = on_disk.caller("assessor")
    assert assessor.get("/v1/projects/quarry-road/risk-points").status_code == 200
    ballast = disk / "ballast"
    ballast.write_bytes(bytes(shutil.disk_usage(disk).free - (64 << 10)))
    with pytest.raises(OperationalError) as full:
        on_disk.store.add_documents(LETTERS)
    line = told(full.value) or ""
    assert line.startswith("E340: the disk is full") and "run the same command again" in line
    answer = assessor.post("/v1/projects/quarry-road/risk-points", {})  # whatever is asked, no stack trace
    assert answer.headers["content-type"] == "application/problem+json"
    ballast.unlink()
    assert {document.id for document in on_disk.store.all_documents()} == there
    assert len(on_disk.store.add_documents(LETTERS).new) == len(LETTERS)
    assert assessor.get("/v1/projects/quarry-road/risk-points").status_code == 200
    assert wrong(on_disk) == []


@as_root
def test_a_file_system_that_went_read_only_is_named_and_comes_back(on_disk: CountyOffice, disk: Path):
    from api.surroundings import writable

    assessor = on_disk.caller("assessor")
    assert assessor.get("/v1/projects/quarry-road/risk-points").status_code == 200
    there = sum(1 for _ in on_disk.store.all_documents())
    on_disk.store.close()
    on_disk.office.index.close()
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    try:
        with pytest.raises(OperationalError) as refused:
            on_disk.store.add_documents(LETTERS[:1])
        line = told(refused.value) or ""
        assert line.startswith("E340: ")
        assert "read-only" in writable(on_disk.office.settings).problems[0]
        answer = assessor.get("/v1/projects/quarry-road/risk-points")  # the audit event cannot be written: no answer
        assert (answer.status_code, answer.json()["code"]) == (503, "E340")
    finally:
        on_disk.store.close()
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert len(on_disk.store.add_documents(LETTERS[:1]).new) == 1
    assert sum(1 for _ in on_disk.store.all_documents()) == there + 1
    assert assessor.get("/v1/projects/quarry-road/risk-points").status_code == 200


def test_a_deleted_index_is_built_by_the_next_work(county: CountyOffice):
    county.office.index.close()
    county.office.__dict__.pop("index")
    shutil.rmtree(county.office.settings.index_folder)
    follow(county.office, Silent())
    assert county.office.index.verify().documents == len(what_people_say()) - 1
    assert wrong(county) == []


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400)])
def test_a_clock_that_jumps_keeps_nobody_from_work_for_longer_than_a_lease(store: Store, jump: timedelta):
    """A machine whose clock is wrong takes a lease and dies; the others, whose clocks are right, take over."""
    right = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
    store.clock = lambda: right + jump
    assert store.hold(["crawl:county-news"], "elsewhere:1:a", 120) is None
    store.clock = lambda: right + timedelta(seconds=121)
    assert store.hold(["crawl:county-news"], "here:2:b", 120) is None
    store.clock = lambda: right + timedelta(seconds=130)
    assert store.hold(["crawl:county-news"], "third:3:c", 120) == "here:2:b"


@pytest.mark.parametrize("jump", [timedelta(days=400), timedelta(days=-400)])
def test_texts_that_a_wrong_clock_leased_are_read_by_others(store: Store, jump: timedelta):
    right = datetime(2026, 11, 28, 8, 0, tzinfo=UTC)
    store.add_documents(LETTERS[:3])
    store.clock = lambda: right + jump
    assert len(store.claim("received", 3, "elsewhere:1:a", 120)) == 3
    store.clock = lambda: right + timedelta(seconds=121)
    assert len(store.claim("received", 3, "here:2:b", 120)) == 3


def test_a_damaged_model_is_refused_by_the_name_of_its_file(tmp_path: Path):
    import models
    from models.checksums import ArtifactError, verified

    folder = shutil.copytree(Path(models.__path__[0]) / "artifacts" / "linear", tmp_path / "linear")
    file = next(path for path in sorted(folder.iterdir()) if path.name not in ("SHA256SUMS",))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(ArtifactError, match="E210") as damaged:
        verified(file, "models.training.linear")
    assert file.name in (told(damaged.value) or "")

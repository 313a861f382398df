"""The files of the embedded index: one writer, many readers, crashes, damage, other versions, rebuilds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from pathlib import Path

import pytest

from index import Change, Deletion, EmbeddedIndex, IndexBusy, IndexEntry, IndexUnusable, Search
from index.embedded.checks import checksum_fault
from index.query import All, Text
from index.rebuild import rebuild


def entries(count: int, start: int = 1, body: str = "采石场噪音") -> list[IndexEntry]:
    return [
        IndexEntry(id=f"d{n}", sequence=n, title="来信", body=f"{body}第{n}封") for n in range(start, start + count)
    ]


def fill(folder: Path, count: int = 20) -> None:
    with EmbeddedIndex(folder) as index:
        index.write(entries(count))


class Office:
    """A store as the index sees it: the latest change of every document, in the order of sequences."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self.changes = {change.id: change for change in changes}

    def read(self, after: int) -> list[Change]:
        return sorted((c for c in self.changes.values() if c.sequence > after), key=lambda c: c.sequence)


def test_a_second_writer_is_told_to_wait_and_readers_go_on(tmp_path: Path) -> None:
    with EmbeddedIndex(tmp_path) as first, EmbeddedIndex(tmp_path) as second:
        first.write(entries(1))
        with pytest.raises(IndexBusy, match="E603: another process is writing"):
            second.write(entries(2))
        first.commit()
        assert second.count(All()) == 1


def test_the_next_writer_comes_when_the_first_has_closed(tmp_path: Path) -> None:
    fill(tmp_path, 3)
    with EmbeddedIndex(tmp_path) as index:
        assert index.write(entries(5)) == 2
        index.commit()
        assert index.count(All()) == 5


def test_a_writer_that_releases_the_index_lets_others_write_and_comes_back(tmp_path: Path) -> None:
    with EmbeddedIndex(tmp_path) as first, EmbeddedIndex(tmp_path) as second:
        for number, (one, other) in enumerate([(first, second), (second, first), (first, second)], 1):
            one.write(entries(number))
            one.release()
            assert one.count(All()) == other.count(All()) == number


def test_a_reader_sees_what_another_process_committed(tmp_path: Path) -> None:
    with EmbeddedIndex(tmp_path) as reader:
        assert reader.count(All()) == 0
        program = (
            "import sys, pathlib; from index import EmbeddedIndex, IndexEntry\n"
            "with EmbeddedIndex(pathlib.Path(sys.argv[1])) as index:\n"
            "    index.write([IndexEntry(id='d', sequence=1, title='', body='水')])\n"
        )
        subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True)
        assert reader.count(Text("水")) == 1


CRASHING_WRITER = """
import sys, pathlib
from index import EmbeddedIndex, IndexEntry
index = EmbeddedIndex(pathlib.Path(sys.argv[1]))
sequence = index.last_sequence()
while True:
    batch = [IndexEntry(id=f"d{n}", sequence=n, title="", body=f"采石场第{n}封") for n in range(sequence + 1, sequence + 51)]
    index.write(batch)
    index.commit()
    sequence += 50
    print(sequence, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    acknowledged = 0
    for delay in (0.0, 0.03, 0.11, 0.23, 0.31):
        writer = subprocess.Popen(
            [sys.executable, "-c", CRASHING_WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        )
        assert writer.stdout
        said = [writer.stdout.readline()]
        time.sleep(delay)
        os.kill(writer.pid, signal.SIGKILL)
        said += writer.stdout.readlines()
        writer.wait()
        writer.stdout.close()
        acknowledged = max([acknowledged, *(int(line) for line in said if line.endswith("\n"))])
        with EmbeddedIndex(tmp_path) as index:
            there = index.count(Text("采石场"))
            assert there >= acknowledged > 0 and there % 50 == 0
            assert index.last_sequence() == there
            assert index.verify().problems == ()


@pytest.mark.parametrize("key", ["format", "schema", "analysis"])
def test_an_index_of_another_version_is_refused_with_the_command_that_rebuilds_it(tmp_path: Path, key: str) -> None:
    fill(tmp_path)
    marker = tmp_path / "v0001" / "minyi-index.json"
    marker.write_text(json.dumps(json.loads(marker.read_text()) | {key: "other"}))
    with pytest.raises(IndexUnusable, match=f"E604.*its {key} is 'other'.*rebuild it with `minyi reindex`"):
        EmbeddedIndex(tmp_path)


@pytest.mark.parametrize("damage", ["marker", "meta", "segment", "current", "gone"])
def test_a_damaged_index_is_refused_with_the_command_that_rebuilds_it(tmp_path: Path, damage: str) -> None:
    fill(tmp_path)
    folder = tmp_path / "v0001"
    if damage == "marker":
        (folder / "minyi-index.json").write_text("{")
    elif damage == "meta":
        (folder / "meta.json").write_text("{")
    elif damage == "segment":
        for part in folder.glob("*.term"):
            part.write_bytes(part.read_bytes()[:10])
    elif damage == "current":
        (tmp_path / "CURRENT").write_text("../../etc")
    else:
        folder.rename(tmp_path / "elsewhere")
    with pytest.raises(IndexUnusable, match="minyi reindex"), EmbeddedIndex(tmp_path) as index:
        index.search(Search(query=Text("采石场")))


def test_a_flipped_bit_is_found_by_verify(tmp_path: Path) -> None:
    fill(tmp_path, 200)
    store = next((tmp_path / "v0001").glob("*.store"))
    data = bytearray(store.read_bytes())
    data[len(data) // 3] ^= 1
    store.write_bytes(data)
    assert checksum_fault(store) == "its checksum is wrong"
    with EmbeddedIndex(tmp_path) as index:
        assert any("checksum" in problem for problem in index.verify().problems)


def test_a_rebuild_replaces_the_index_under_an_open_reader(tmp_path: Path) -> None:
    fill(tmp_path)
    with EmbeddedIndex(tmp_path) as reader:
        assert reader.count(All()) == 20
        office = Office([*entries(30, body="新的说法"), Deletion("d5", 40)])
        built = rebuild(tmp_path, office.read)
        assert (built.documents, built.last_sequence) == (29, 40)
        assert reader.count(Text("新的说法")) == 29 and reader.count(Text("采石场")) == 0


def test_a_rebuild_repairs_what_cannot_be_opened(tmp_path: Path) -> None:
    fill(tmp_path)
    (tmp_path / "v0001" / "meta.json").write_text("{")
    rebuild(tmp_path, Office(entries(7)).read)
    with EmbeddedIndex(tmp_path) as index:
        assert index.count(All()) == 7 and index.verify().problems == ()


def test_the_previous_version_stays_until_the_next_rebuild_or_goes_when_told(tmp_path: Path) -> None:
    fill(tmp_path)
    office = Office(entries(5))
    rebuild(tmp_path, office.read)
    rebuild(tmp_path, office.read)
    assert sorted(path.name for path in tmp_path.glob("v*")) == ["v0002", "v0003"]
    rebuild(tmp_path, office.read, keep_previous=False)
    assert sorted(path.name for path in tmp_path.glob("v*")) == ["v0004"]


def test_a_rebuild_that_fails_leaves_the_live_index_alone(tmp_path: Path) -> None:
    fill(tmp_path)

    def broken(after: int) -> Iterable[Change]:
        yield from entries(3)
        raise OSError("the store went away")

    with pytest.raises(OSError, match="went away"):
        rebuild(tmp_path, broken)
    assert [path.name for path in tmp_path.glob("v*")] == ["v0001"]
    with EmbeddedIndex(tmp_path) as index:
        assert index.count(All()) == 20


def test_one_rebuild_at_a_time(tmp_path: Path) -> None:
    def nested(after: int) -> Iterable[Change]:
        rebuild(tmp_path, Office(entries(1)).read)
        return []

    with pytest.raises(IndexBusy, match="rebuilding"):
        rebuild(tmp_path, nested)


def test_a_writer_that_was_at_work_during_a_rebuild_goes_on_in_the_new_version(tmp_path: Path) -> None:
    office = Office(entries(10))
    with EmbeddedIndex(tmp_path) as index:
        index.write(office.read(0))
        index.commit()
        index.write(entries(5, start=11))
        rebuild(tmp_path, office.read)
        assert index.delete(["d1"]) == 1
        index.commit()
        assert index.count(All()) == 14
    assert (tmp_path / "CURRENT").read_text().strip() == "v0002"


def test_writes_and_searches_during_a_rebuild_lose_nothing(tmp_path: Path) -> None:
    office = Office(entries(5_000))
    fill(tmp_path, 5_000)
    failures: list[BaseException] = []
    done = threading.Event()

    with EmbeddedIndex(tmp_path) as index, EmbeddedIndex(tmp_path) as reader:

        def work() -> None:
            sequence = 5_000
            try:
                while not done.is_set() or sequence < 5_100:
                    sequence += 1
                    change: Change = IndexEntry(id=f"d{sequence}", sequence=sequence, title="", body="采石场后来的信")
                    if sequence % 7 == 0:
                        change = Deletion(f"d{sequence - 5_000}", sequence)
                    office.changes = office.changes | {change.id: change}
                    index.write([change])
                    index.commit()
                    assert reader.count(Text("采石场")) > 4_900
            except BaseException as error:
                failures.append(error)

        writer = threading.Thread(target=work)
        writer.start()
        rebuild(tmp_path, office.read)
        done.set()
        writer.join()
        assert failures == []
        alive = {c.id for c in office.changes.values() if isinstance(c, IndexEntry)}
        assert reader.count(All()) == len(alive) == len(index.get(alive))
        assert reader.last_sequence() == max(change.sequence for change in office.changes.values())

"""What was deleted leaves the disk: nothing that the files still hold, and nothing else is lost by it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import tantivy
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Deletion, EmbeddedIndex, IndexEntry
from index.embedded.schema import unpack
from index.embedded.shelf import Shelf, opened
from index.query import All, Text
from index.rebuild import rebuild

SECRET = "龘龖灪"


def letter(number: int, body: str = "采石场噪音", sequence: int | None = None) -> IndexEntry:
    return IndexEntry(id=f"d{number}", sequence=sequence or number, title="", body=body)


def texts_on_disk(root: Path) -> list[str]:
    """Every text that the document stores of all versions give out, also of documents that are deleted."""
    found = []
    for folder in sorted(root.glob("v*")):
        searcher = opened(folder).searcher()
        for segment in range(searcher.num_segments):
            found += [unpack(stored).text for stored in _stored(searcher, segment)]
    return found


def _stored(searcher: tantivy.Searcher, segment: int) -> Iterator[bytes]:
    for number in count():
        try:
            stored = searcher.doc(tantivy.DocAddress(segment, number)).get_first("stored")
        except ValueError as error:
            assert "Failed to lookup Doc" in str(error)
            return
        if isinstance(stored, bytes):
            yield stored


@pytest.fixture
def index(tmp_path: Path) -> Iterator[EmbeddedIndex]:
    """Forty letters in two segments, one of them secret."""
    with EmbeddedIndex(tmp_path / "index") as index:
        for start in (1, 21):
            index.write([letter(n, SECRET if n == 7 else "采石场噪音") for n in range(start, start + 20)])
            index.commit()
        yield index


def test_a_deleted_text_leaves_the_disk_and_the_others_stay(index: EmbeddedIndex, tmp_path: Path) -> None:
    index.write([Deletion("d7", 50), letter(33, "改过的", 51)])
    index.commit()
    assert any(SECRET in text for text in texts_on_disk(tmp_path / "index")), (
        "it is gone by itself: this proves nothing"
    )
    assert index.vacuum()
    on_disk = texts_on_disk(tmp_path / "index")
    assert not any(SECRET in text for text in on_disk) and len(on_disk) == 39
    assert index.count(All()) == 39 and index.count(Text("改过的")) == 1 and index.count(Text("采石场")) == 38
    assert index.verify().problems == () and index.last_sequence() == 51


def test_a_text_that_was_replaced_leaves_the_disk_as_well(index: EmbeddedIndex, tmp_path: Path) -> None:
    index.write([letter(7, "遮盖以后", 50)])
    index.commit()
    assert index.vacuum() and not any(SECRET in text for text in texts_on_disk(tmp_path / "index"))


def test_the_tombstone_holds_against_late_writes_afterwards(index: EmbeddedIndex) -> None:
    index.write([Deletion("d7", 50), Deletion("d8", 51), letter(9, "改过的", 52)])
    index.commit()
    index.write([letter(8, "又回来", 53)])
    index.commit()
    assert index.vacuum() and index.vacuum()
    assert index.write([letter(7, SECRET, 49), letter(9, "旧的", 51)]) == 0
    assert index.get(["d8"])["d8"].body == "又回来" and index.count(All()) == 39


def test_nothing_deleted_is_nothing_to_do(index: EmbeddedIndex, tmp_path: Path) -> None:
    before = sorted((tmp_path / "index" / "v0001").iterdir())
    assert index.vacuum() and sorted((tmp_path / "index" / "v0001").iterdir()) == before


def test_what_was_not_committed_is_not_lost(index: EmbeddedIndex) -> None:
    index.write([Deletion("d7", 50), letter(41)])
    assert index.vacuum() and index.count(All()) == 40 and index.get(["d7", "d41"]).keys() == {"d41"}


def test_a_process_that_has_written_nothing_yet_makes_it_leave_as_well(index: EmbeddedIndex, tmp_path: Path) -> None:
    index.write([Deletion("d7", 50)])
    index.close()
    with EmbeddedIndex(tmp_path / "index") as later:
        assert later.vacuum() and not any(SECRET in text for text in texts_on_disk(tmp_path / "index"))


def test_the_previous_version_of_a_rebuild_goes_with_it(index: EmbeddedIndex, tmp_path: Path) -> None:
    letters = [letter(n, SECRET if n == 7 else "采石场") for n in range(1, 41)]
    rebuild(tmp_path / "index", lambda after: letters if after == 0 else [])
    assert index.vacuum() and [path.name for path in (tmp_path / "index").glob("v*")] == ["v0002"]
    rebuild(tmp_path / "index", lambda after: letters if after == 0 else [])
    index.write([Deletion("d7", 50)])
    index.commit()
    assert index.vacuum() and not any(SECRET in text for text in texts_on_disk(tmp_path / "index"))
    assert index.count(All()) == 39


def test_it_waits_for_a_rebuild_that_may_still_hold_the_text(index: EmbeddedIndex, tmp_path: Path) -> None:
    index.write([Deletion("d7", 50)])
    index.commit()
    with Shelf(tmp_path / "index").rebuilding():
        assert not index.vacuum()
    assert index.vacuum()


@given(st.lists(st.tuples(st.integers(0, 8), st.sampled_from(["write", "delete", "commit", "vacuum"])), max_size=30))
@settings(max_examples=25, deadline=None)
def test_whenever_it_is_asked_nothing_is_lost(steps: list[tuple[int, str]]) -> None:
    with TemporaryDirectory() as folder, EmbeddedIndex(Path(folder)) as index:
        expected: dict[str, IndexEntry] = {}
        for sequence, (number, step) in enumerate(steps, 1):
            entry = letter(number, f"第{sequence}版", sequence)
            if step == "write":
                index.write([entry])
                expected[entry.id] = entry
            elif step == "delete":
                index.write([Deletion(entry.id, sequence)])
                expected.pop(entry.id, None)
            elif step == "commit":
                index.commit()
            else:
                assert index.vacuum()
        index.commit()
        assert index.vacuum()
        assert index.get(f"d{n}" for n in range(9)) == expected
        assert sorted(texts_on_disk(Path(folder))) == sorted(entry.text for entry in expected.values())

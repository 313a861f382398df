"""Vectors in a folder: exact neighbours, one writer, crashes, withdrawn documents, other encoders, rebuilds."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import Deletion, IndexBusy, IndexUnusable
from index.dense import EmbeddedVectors, VectorEntry, rebuild_vectors

WIDTH = 16


def vector(seed: int, width: int = WIDTH) -> Any:
    """A direction of its own for every seed."""
    drawn = np.random.default_rng(seed).standard_normal(width).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


def entry(name: str, sequence: int, seed: int, fingerprint: bytes = b"") -> VectorEntry:
    return VectorEntry(name, sequence, vector(seed), fingerprint)


def opened(folder: Path, encoder: str = "e1", width: int = WIDTH) -> EmbeddedVectors:
    return EmbeddedVectors(folder, encoder=encoder, dimensions=width)


def filled(folder: Path, count: int = 20) -> None:
    with opened(folder) as vectors:
        vectors.write(entry(f"d{n}", n, n) for n in range(1, count + 1))


def bytes_at_rest(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.rglob("*.f16"))


def stored(seed: int) -> bytes:
    """How a vector lies in the file."""
    return bytes(vector(seed).astype(np.float16).tobytes())


@settings(max_examples=40, deadline=None)
@given(
    seeds=st.lists(st.integers(0, 30), min_size=1, max_size=60),
    gone=st.sets(st.integers(0, 59)),
    again=st.dictionaries(st.integers(0, 59), st.integers(31, 60), max_size=10),
    among=st.none() | st.sets(st.integers(0, 70)),
    size=st.integers(1, 70),
)
def test_the_neighbours_are_those_of_comparing_with_every_document(
    seeds: list[int], gone: set[int], again: dict[int, int], among: set[int] | None, size: int
) -> None:
    state = {f"d{n}": seed for n, seed in enumerate(seeds)}
    with tempfile.TemporaryDirectory() as folder, opened(Path(folder)) as vectors:
        vectors.write(entry(name, 1, seed) for name, seed in state.items())
        vectors.commit()
        changed = {f"d{n}": seed for n, seed in again.items() if n < len(seeds)}
        vectors.write(entry(name, 2, seed) for name, seed in changed.items())
        vectors.commit()
        removed = {f"d{n}" for n in gone if n < len(seeds)}
        vectors.write(Deletion(name, 3) for name in sorted(removed))
        vectors.commit()
        state = {name: seed for name, seed in (state | changed).items() if name not in removed}
        wanted = None if among is None else {f"d{n}" for n in among}
        asked = vector(99)
        brute = sorted(
            (-float(vector(seed).astype(np.float16).astype(np.float32) @ asked), name)
            for name, seed in state.items()
            if wanted is None or name in wanted
        )
        found = vectors.nearest(asked, size, wanted)
        assert [one.similarity for one in found] == pytest.approx([-score for score, _ in brute[:size]], abs=1e-5)
        assert (
            {one.id for one in found} <= {name for score, name in brute if -score >= found[-1].similarity - 1e-5}
            if found
            else not brute
        )
        assert vectors.verify().documents == len(state)
        assert vectors.verify().problems == ()


def test_equal_vectors_come_in_the_order_of_their_ids(tmp_path: Path) -> None:
    with opened(tmp_path) as vectors:
        vectors.write([entry("c", 1, 5), entry("a", 2, 5), entry("b", 3, 5), entry("z", 4, 6)])
        vectors.commit()
        assert [one.id for one in vectors.nearest(vector(5), 2)] == ["a", "b"]


def test_many_blocks_of_rows_are_searched_like_one(tmp_path: Path) -> None:
    drawn = np.random.default_rng(7).standard_normal((9_000, 4)).astype(np.float32)
    drawn /= np.linalg.norm(drawn, axis=1, keepdims=True)
    with opened(tmp_path, width=4) as vectors:
        vectors.write(VectorEntry(f"d{n}", n + 1, row) for n, row in enumerate(drawn))
        vectors.write([Deletion("d17", 20_000)])
        vectors.commit()
        products = drawn.astype(np.float16).astype(np.float32) @ drawn[8_500]
        best = [n for n in np.argsort(-products) if n != 17][:50]
        found = vectors.nearest(drawn[8_500], 50)
        assert [one.similarity for one in found] == pytest.approx([float(products[n]) for n in best], abs=1e-5)
        assert found[0].similarity == pytest.approx(1, abs=1e-3)


def test_a_late_state_does_not_replace_a_newer_one_nor_bring_back_a_deleted_document(tmp_path: Path) -> None:
    with opened(tmp_path) as vectors:
        assert vectors.write([entry("d", 5, 1), entry("d", 4, 2), entry("e", 6, 3)]) == 2
        vectors.commit()
        assert vectors.write([entry("d", 5, 2), Deletion("e", 6), entry("e", 6, 3)]) == 1
        vectors.commit()
        assert vectors.write([entry("e", 6, 3)]) == 0
        assert [one.id for one in vectors.nearest(vector(1), 5)] == ["d"]
        assert vectors.nearest(vector(1), 1)[0].similarity == pytest.approx(1, abs=1e-3)
        assert vectors.last_sequence() == 6


def test_the_vector_of_a_withdrawn_or_changed_text_cannot_be_read_from_the_file_any_more(tmp_path: Path) -> None:
    with opened(tmp_path) as vectors:
        vectors.write([entry("gone", 1, 1), entry("changed", 2, 2), entry("stays", 3, 3)])
        vectors.commit()
        assert all(stored(seed) in bytes_at_rest(tmp_path) for seed in (1, 2, 3))
        vectors.write([Deletion("gone", 4), entry("changed", 5, 4)])
        vectors.commit()
        assert [stored(seed) in bytes_at_rest(tmp_path) for seed in (1, 2, 3, 4)] == [False, False, True, True]


def test_a_new_state_with_the_same_text_moves_on_without_another_row(tmp_path: Path) -> None:
    with opened(tmp_path) as vectors:
        vectors.write([entry("d", 1, 1, b"text")])
        vectors.commit()
        before = bytes_at_rest(tmp_path)
        vectors.write([entry("d", 7, 1, b"text")])
        vectors.commit()
        assert (bytes_at_rest(tmp_path), vectors.last_sequence()) == (before, 7)
        assert vectors.known(["d", "nobody"]) == {"d": b"text"}


def test_a_second_writer_is_told_to_wait_and_readers_see_each_commit(tmp_path: Path) -> None:
    with opened(tmp_path) as first, opened(tmp_path) as second:
        assert second.nearest(vector(1), 3) == ()
        first.write([entry("a", 1, 1)])
        with pytest.raises(IndexBusy, match="E603"):
            second.write([entry("b", 2, 2)])
        assert second.nearest(vector(1), 3) == ()
        first.commit()
        assert [one.id for one in second.nearest(vector(1), 3)] == ["a"]
        first.release()
        assert second.write([entry("b", 2, 2)]) == 1
        assert [one.id for one in first.nearest(vector(1), 3)] == ["a"]


CRASHING_WRITER = """
import sys, pathlib
import numpy as np
from index import Deletion
from index.dense import EmbeddedVectors, VectorEntry
vectors = EmbeddedVectors(pathlib.Path(sys.argv[1]), encoder="e1", dimensions=16)
sequence = vectors.last_sequence()
rows = np.eye(16, dtype=np.float32)
while True:
    batch = [VectorEntry(f"d{n}", n, rows[n % 16]) for n in range(sequence + 1, sequence + 50)]
    vectors.write([*batch, Deletion(f"d{sequence + 1 - 50}" if sequence else "none", sequence + 50)])
    vectors.commit()
    sequence += 50
    print(sequence, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_acknowledged_and_leaves_no_dead_vector_to_the_next(tmp_path: Path) -> None:
    acknowledged = 0
    for delay in (0.0, 0.02, 0.05, 0.11, 0.17):
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
        with opened(tmp_path) as vectors:
            last = vectors.last_sequence()
            batches = last // 50
            assert last >= acknowledged > 0 and last % 50 == 0
            health = vectors.verify()
            assert health.problems == ()
            assert health.documents == batches * 49 - (batches - 1)
            vectors.write([])
            width = 2 * WIDTH
            rows = bytes_at_rest(tmp_path)
            legible = sum(any(rows[start : start + width]) for start in range(0, len(rows), width))
            assert legible == health.documents


def test_what_a_writer_left_between_commit_and_erasing_goes_when_the_next_one_comes(tmp_path: Path) -> None:
    filled(tmp_path, 3)
    left = bytes_at_rest(tmp_path)
    with opened(tmp_path) as vectors:
        vectors.write([Deletion("d2", 9)])
    file = tmp_path / "v0001" / "vectors.f16"
    file.write_bytes(left + stored(50))
    with opened(tmp_path) as vectors:
        vectors.write([])
    assert [stored(seed) in bytes_at_rest(tmp_path) for seed in (1, 2, 3, 50)] == [True, False, True, False]


@pytest.mark.parametrize("key", ["format", "schema", "encoder", "dimensions"])
def test_vectors_of_another_kind_are_refused_with_the_command_that_rebuilds_them(tmp_path: Path, key: str) -> None:
    filled(tmp_path)
    marker = tmp_path / "v0001" / "minyi-vectors.json"
    marker.write_text(json.dumps(json.loads(marker.read_text()) | {key: "other"}))
    with opened(tmp_path) as vectors:
        for ask in (lambda: vectors.nearest(vector(1), 3), vectors.last_sequence, lambda: vectors.write([])):
            with pytest.raises(IndexUnusable, match=f"E604.*its {key} is 'other'.*rebuild it with `minyi reindex`"):
                ask()


@pytest.mark.parametrize("damage", ["marker", "short", "rows", "current", "gone", "number"])
def test_damage_is_named_and_a_rebuild_mends_it(tmp_path: Path, damage: str) -> None:
    filled(tmp_path)
    folder = tmp_path / "v0001"
    if damage == "marker":
        (folder / "minyi-vectors.json").write_text("{")
    elif damage == "short":
        (folder / "vectors.f16").write_bytes(bytes_at_rest(tmp_path)[:-1])
    elif damage == "rows":
        (folder / "rows.sqlite3").write_bytes(b"nothing of the kind" * 100)
    elif damage == "current":
        (tmp_path / "CURRENT").write_text("../../etc")
    elif damage == "gone":
        (folder / "rows.sqlite3").unlink()
    else:
        content = bytearray(bytes_at_rest(tmp_path))
        content[:4] = b"\xff\x7f\xff\x7f"
        (folder / "vectors.f16").write_bytes(content)
    with opened(tmp_path) as vectors:
        assert vectors.verify().problems
    assert rebuild(tmp_path, [entry("d", 1, 1)]) == 1
    with opened(tmp_path) as vectors:
        assert vectors.verify().problems == ()
        assert [one.id for one in vectors.nearest(vector(1), 3)] == ["d"]


def rebuild(folder: Path, changes: Iterable[VectorEntry | Deletion], encoder: str = "e1") -> int:
    return rebuild_vectors(folder, changes, encoder=encoder, dimensions=WIDTH)


def test_questions_go_on_while_vectors_are_built_anew_and_see_the_new_ones_after(tmp_path: Path) -> None:
    filled(tmp_path, 5)
    with opened(tmp_path) as reader:

        def changes() -> Iterable[VectorEntry]:
            for n in range(1, 4):
                assert len(reader.nearest(vector(1), 10)) == 5
                yield entry(f"new{n}", n, n)

        assert rebuild(tmp_path, changes()) == 3
        assert {one.id for one in reader.nearest(vector(1), 10)} == {"new1", "new2", "new3"}
    assert [path.name for path in tmp_path.glob("v*")] == ["v0002"]


def test_a_rebuild_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    filled(tmp_path, 5)

    def broken() -> Iterable[VectorEntry]:
        yield entry("new", 1, 1)
        raise RuntimeError("the store is gone")

    with pytest.raises(RuntimeError, match="the store is gone"):
        rebuild(tmp_path, broken())
    with opened(tmp_path) as vectors:
        assert len(vectors.nearest(vector(1), 10)) == 5
        vectors.write([entry("more", 9, 9)])
        with pytest.raises(IndexBusy, match="E603"):
            rebuild(tmp_path, [])
    assert [path.name for path in tmp_path.glob("v*")] == ["v0001"]


@pytest.mark.parametrize("wrong", [np.zeros(WIDTH), np.ones(WIDTH), np.full(WIDTH, np.nan), np.eye(WIDTH)])
def test_a_vector_that_is_not_of_length_one_is_refused(wrong: Any) -> None:
    with pytest.raises(ValueError, match="E614: the vector of d"):
        VectorEntry("d", 1, wrong)


def test_a_vector_of_another_width_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as vectors:
        with pytest.raises(ValueError, match="E615: the vector of d has 4 numbers, not 16"):
            vectors.write([VectorEntry("d", 1, vector(1, 4))])
        with pytest.raises(ValueError, match="E615"):
            vectors.nearest(vector(1, 4), 3)

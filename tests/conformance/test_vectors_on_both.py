"""Vectors in a folder and on a cluster answer alike: neighbours within projects, late writes, deletions, rebuilds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest

from index import Deletion, IndexUnusable
from index.dense import EmbeddedVectors, VectorChange, VectorEntry, VectorIndex, rebuild_vectors

WIDTH = 16


def direction(seed: int) -> Any:
    drawn = np.random.default_rng(seed).standard_normal(WIDTH).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


def entry(name: str, sequence: int, seed: int, *projects: str, fingerprint: bytes = b"") -> VectorEntry:
    return VectorEntry(name, sequence, direction(seed), fingerprint, projects)


class Folder:
    """Vectors in a folder."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        self._folder = folder / "vectors"

    def opened(self, encoder: str = "e1") -> AbstractContextManager[VectorIndex]:
        return EmbeddedVectors(self._folder, encoder=encoder, dimensions=WIDTH)

    def rebuild(self, changes: list[VectorChange], encoder: str) -> int:
        return rebuild_vectors(self._folder, changes, encoder=encoder, dimensions=WIDTH)

    def remove(self) -> None:
        """The folder goes with the test."""


class Cluster:
    """Vectors under a name of their own on the server of this run."""

    def __init__(self, request: pytest.FixtureRequest, folder: Path) -> None:
        from index.elastic import ElasticSettings

        self._settings = ElasticSettings(urls=(request.getfixturevalue("elastic_url"),), alias=f"t-{uuid4().hex[:12]}")

    def opened(self, encoder: str = "e1") -> AbstractContextManager[VectorIndex]:
        from index.dense.cluster import ElasticVectors

        return ElasticVectors(self._settings, encoder=encoder, dimensions=WIDTH)

    def rebuild(self, changes: list[VectorChange], encoder: str) -> int:
        from index.dense.cluster import ElasticVectors

        def read(after: int) -> Iterable[VectorChange]:
            return [change for change in changes if change.sequence > after]

        return ElasticVectors(self._settings, encoder=encoder, dimensions=WIDTH).rebuild(read)

    def remove(self) -> None:
        from index.dense.cluster import ElasticVectors

        ElasticVectors(self._settings, encoder="e1", dimensions=WIDTH).remove()


Place = Folder | Cluster


@pytest.fixture(params=[Cluster, Folder])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where vectors of every engine in turn lie."""
    made = request.param(request, tmp_path)
    yield made
    made.remove()


def test_neighbours_are_the_closest_with_exact_similarities(place: Place) -> None:
    with place.opened() as vectors:
        vectors.write(entry(f"d{n}", n + 1, n) for n in range(300))
        vectors.commit()
        asked = direction(1000)
        best = sorted(range(300), key=lambda n: -float(direction(n) @ asked))[:20]
        found = vectors.nearest(asked, 20)
        assert [one.id for one in found] == [f"d{n}" for n in best]
        assert [one.similarity for one in found] == pytest.approx([float(direction(n) @ asked) for n in best], abs=2e-3)
        assert vectors.nearest(asked, 0) == ()
        with pytest.raises(ValueError, match="E615"):
            vectors.nearest(np.ones(3), 5)


def test_neighbours_of_other_projects_take_no_place(place: Place) -> None:
    with place.opened() as vectors:
        vectors.write(entry(f"near{n}", n + 1, 1, "dam") for n in range(150))
        vectors.write([entry("far", 500, 2, "road"), entry("both", 501, 3, "dam", "road"), entry("none", 502, 1)])
        vectors.commit()
        in_road = {one.id for one in vectors.nearest(direction(1), 100, projects=("road",))}
        assert in_road == {"far", "both"}
        assert len(vectors.nearest(direction(1), 200, projects=("road", "dam"))) == 152
        assert [one.id for one in vectors.nearest(direction(1), 9, {"far", "near0"}, projects=["road"])] == ["far"]
        assert [one.id for one in vectors.nearest(direction(1), 9, {"near1", "near0"})] == ["near0", "near1"]
        assert vectors.nearest(direction(1), 9, projects=("nothing",)) == vectors.nearest(direction(1), 9, ()) == ()


def test_late_writes_lose_and_deleted_documents_stay_away(place: Place) -> None:
    with place.opened() as vectors:
        assert vectors.write([entry("d", 5, 1, "road", fingerprint=b"a")]) == 1
        assert vectors.write([entry("d", 4, 2, "dam")]) == 0
        vectors.commit()
        assert vectors.nearest(direction(1), 1)[0].similarity == pytest.approx(1, abs=1e-3)
        assert (vectors.known(["d", "e"]), vectors.last_sequence()) == ({"d": b"a"}, 5)
        assert vectors.write([entry("d", 7, 1, "dam", fingerprint=b"a")]) == 1
        vectors.commit()
        assert [bool(vectors.nearest(direction(1), 1, projects=[p])) for p in ("road", "dam")] == [False, True]
        assert vectors.vectors(["d", "e"])["d"] == pytest.approx(direction(1), abs=1e-3)
        assert vectors.write([Deletion("d", 8)]) == 1
        vectors.commit()
        assert vectors.write([entry("d", 8, 1)]) == 0
        vectors.commit()
        assert (vectors.nearest(direction(1), 5), vectors.known(["d"]), vectors.last_sequence()) == ((), {}, 8)
        assert (vectors.verify().documents, vectors.verify().problems) == (0, ())


def test_another_encoder_is_refused_until_the_vectors_are_made_anew(place: Place) -> None:
    with place.opened() as vectors:
        vectors.write([entry("old", 1, 1)])
        vectors.commit()
    with place.opened("e2") as vectors, pytest.raises(IndexUnusable, match=r"encoder is 'e1'.*minyi reindex"):
        vectors.nearest(direction(1), 1)
    assert place.rebuild([entry("a", 1, 1, "road"), entry("b", 2, 2), Deletion("a", 3), entry("c", 4, 3)], "e2") >= 3
    with place.opened("e2") as vectors:
        assert {one.id for one in vectors.nearest(direction(1), 5)} == {"b", "c"}
        assert vectors.last_sequence() == 4 and vectors.verify().problems == ()
        vectors.write([entry("d", 5, 4)])
        vectors.commit()
        assert vectors.nearest(direction(4), 1)[0].id == "d"

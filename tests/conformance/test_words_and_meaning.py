"""Words and meaning are fused on every engine alike, and no lexical hit is lost on any."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from archive import Archive

from index import EmbeddedIndex, Search
from index.dense import EmbeddedVectors, VectorEntry, VectorIndex
from index.hybrid import DEPTH, FusedPage, search_close, search_fused
from index.query import Term, parse


def direction(seed: int) -> Any:
    drawn = np.random.default_rng(seed).standard_normal(16).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


@pytest.fixture
def vectors(archive: Archive, tmp_path: Path) -> Iterator[VectorIndex]:
    """An empty index of vectors beside the archive's words, on the same engine."""
    if isinstance(archive.index, EmbeddedIndex):
        with EmbeddedVectors(tmp_path / "vectors", encoder="e1", dimensions=16) as opened:
            yield opened
        return
    from index.dense.cluster import ElasticVectors
    from index.elastic import ElasticIndex

    assert isinstance(archive.index, ElasticIndex)
    with ElasticVectors(archive.index.settings, encoder="e1", dimensions=16) as on_cluster:
        yield on_cluster
        on_cluster.remove()


def file_letters(archive: Archive, vectors: VectorIndex) -> None:
    """260 letters on two projects, all but every fourth with the word."""
    bodies = [f"第{n}封：{'扬尘' if n % 4 else '灰土'}{'，扬尘' * (n % 3 if n % 4 else 0)}" for n in range(260)]
    with_road = archive.file_all(*bodies[:200], source="r", project_ids=("road",))
    with_dam = archive.file_all(*bodies[200:], source="m", project_ids=("dam",))
    for first, names, project in ((0, with_road, "road"), (200, with_dam, "dam")):
        vectors.write(
            VectorEntry(name, n, direction(n - 1), project_ids=(project,)) for n, name in enumerate(names, first + 1)
        )
    vectors.commit()


def pages(archive: Archive, vectors: VectorIndex, search: Search) -> Iterator[FusedPage]:
    while True:
        answer = search_fused(archive.index, vectors, search, direction(8))
        yield answer
        if answer.page.next_cursor is None:
            return
        search = replace(search, after=answer.page.next_cursor)


def test_every_page_after_the_other_shows_all_lexical_hits_once(archive: Archive, vectors: VectorIndex) -> None:
    file_letters(archive, vectors)
    answers = list(pages(archive, vectors, Search(query=parse("扬尘"), size=37, highlight=True)))
    shown = [hit.id for answer in answers for hit in answer.page.hits]
    lexical = archive.ids("扬尘")
    assert len(shown) == len(set(shown))
    assert lexical < set(shown) and len(set(shown) - lexical) <= DEPTH
    assert set().union(*(answer.by_meaning for answer in answers)) == set(shown) - lexical
    assert {answer.page.total for answer in answers} == {len(lexical)}
    assert {len(answer.page.hits) for answer in answers[:-1]} == {37}
    assert all(bool(hit.highlights) == (hit.id in lexical) for answer in answers for hit in answer.page.hits)


def test_conditions_hold_for_both_sides(archive: Archive, vectors: VectorIndex) -> None:
    file_letters(archive, vectors)
    asked = Search(query=parse("扬尘 NOT 第8封"), filters={"project_ids": "road"}, size=1000)
    (answer,) = pages(archive, vectors, asked)
    shown = {hit.id for hit in answer.page.hits}
    assert shown >= archive.ids("扬尘 NOT 第8封", filters={"project_ids": "road"})
    assert answer.by_meaning and "r8" not in shown
    assert all(hit.entry.project_ids == ("road",) for hit in answer.page.hits)


def test_more_like_a_passage_stays_within_the_project(archive: Archive, vectors: VectorIndex) -> None:
    file_letters(archive, vectors)
    dam = Term("project_ids", ("dam",))
    found = search_close(archive.index, vectors, direction(205), narrowed_to=dam, without={"m5"}, size=10)
    best = sorted(range(200, 260), key=lambda n: -float(direction(n) @ direction(205)))[1:11]
    assert [hit.id for hit in found] == [f"m{n - 200}" for n in best]

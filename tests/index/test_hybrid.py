"""Words and meaning together: no lexical hit is lost, filters hold on both sides, and what only meaning found is said."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import CursorError, Deletion, EmbeddedIndex, IndexEntry, QueryError, Search
from index.dense import EmbeddedVectors, VectorEntry
from index.hybrid import DEPTH, FusedPage, Fusion, conditions, search_close, search_fused, spoken
from index.query import All, And, Near, Not, Or, Term, Text, Words, parse

WORDS = ("扬尘", "噪音", "补偿款", "采石场")
WIDTH = 8


def direction(seed: int) -> Any:
    drawn = np.random.default_rng(seed).standard_normal(WIDTH).astype(np.float32)
    return drawn / np.linalg.norm(drawn)


@dataclass
class Shelf:
    """Documents with words and with vectors, in both indices."""

    index: EmbeddedIndex
    vectors: EmbeddedVectors
    sequence: int = 0

    def file(self, name: str, body: str, seed: int, **fields: Any) -> None:
        self.sequence += 1
        self.index.write([IndexEntry(id=name, sequence=self.sequence, title="来信", body=body, **fields)])
        self.vectors.write(
            [VectorEntry(name, self.sequence, direction(seed), project_ids=fields.get("project_ids", ()))]
        )

    def withdraw(self, name: str) -> None:
        """The search index hears of it; the vectors will later."""
        self.sequence += 1
        self.index.write([Deletion(name, self.sequence)])

    def commit(self) -> None:
        self.index.commit()
        self.vectors.commit()

    def ask(self, search: Search, seed: int = 0) -> FusedPage:
        return search_fused(self.index, self.vectors, search, direction(seed))

    def lexical(self, search: Search) -> list[str]:
        """Every hit of the words, page after page."""
        found: list[str] = []
        page = self.index.search(search)
        while True:
            found += [hit.id for hit in page.hits]
            if page.next_cursor is None:
                return found
            page = self.index.search(replace(search, after=page.next_cursor))

    def pages(self, search: Search, seed: int = 0) -> Iterator[FusedPage]:
        while True:
            answer = self.ask(search, seed)
            yield answer
            if answer.page.next_cursor is None:
                return
            search = replace(search, after=answer.page.next_cursor)


@contextmanager
def shelf() -> Iterator[Shelf]:
    """An empty shelf."""
    with (
        tempfile.TemporaryDirectory() as folder,
        EmbeddedIndex(Path(folder) / "words") as index,
        EmbeddedVectors(Path(folder) / "vectors", encoder="e1", dimensions=WIDTH) as vectors,
    ):
        yield Shelf(index, vectors)


def ids(answer: FusedPage) -> list[str]:
    return [hit.id for hit in answer.page.hits]


letters = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map("，".join)


@settings(max_examples=25, deadline=None)
@given(
    bodies=st.lists(letters, min_size=1, max_size=40),
    copies=st.integers(1, 8),
    size=st.integers(1, 90),
    project=st.none() | st.sampled_from(["a", "b"]),
)
def test_paging_shows_every_lexical_hit_exactly_once_and_at_most_a_hundred_others(
    bodies: list[str], copies: int, size: int, project: str | None
) -> None:
    with shelf() as shelved:
        for number, body in enumerate(bodies * copies):
            shelved.file(f"d{number}", body, number, project_ids=("ab"[number % 2],))
        shelved.commit()
        search = Search(query=Text("扬尘"), filters={"project_ids": project} if project else {}, size=size)
        pages = list(shelved.pages(search))
        shown = [one for page in pages for one in ids(page)]
        lexical = shelved.lexical(search)
        assert len(shown) == len(set(shown))
        assert set(lexical) <= set(shown)
        others = set(shown) - set(lexical)
        assert len(others) <= DEPTH
        assert set().union(*(page.by_meaning for page in pages)) == others
        assert {page.page.total for page in pages} == {len(lexical)}
        assert all(len(page.page.hits) == size for page in pages[:-1])
        if project:
            assert all(project in hit.entry.project_ids for page in pages for hit in page.page.hits)


@settings(max_examples=15, deadline=None)
@given(
    size=st.integers(5, 60),
    writes=st.lists(st.tuples(st.integers(0, 259), letters), min_size=1, max_size=12),
    withdrawn=st.lists(st.integers(0, 259), max_size=6),
)
def test_no_lexical_hit_is_lost_or_repeated_while_documents_come_and_go_between_pages(
    size: int, writes: list[tuple[int, str]], withdrawn: list[int]
) -> None:
    with shelf() as shelved:
        for number in range(260):
            shelved.file(f"d{number:03d}", f"扬尘，第{number}封" + "，扬尘" * (number % 7), number)
        shelved.commit()
        search = Search(query=Text("扬尘"), size=size)
        steady = set(shelved.lexical(search)) - {f"d{n:03d}" for n, _ in writes} - {f"d{n:03d}" for n in withdrawn}
        coming, going = iter(writes), iter(withdrawn)
        shown: list[str] = []
        for page in shelved.pages(search):
            shown += ids(page)
            if (written := next(coming, None)) is not None:
                shelved.file(f"d{written[0]:03d}", written[1], written[0] + 1000)
            if (gone := next(going, None)) is not None:
                shelved.withdraw(f"d{gone:03d}")
            shelved.commit()
        assert steady <= set(shown)
        again = [one for one in shown if one in steady]
        assert len(again) == len(set(again))


@pytest.fixture
def village() -> Iterator[Shelf]:
    """Five letters: three with the word, one that means the same, one about something else."""
    with shelf() as shelved:
        shelved.file("word-1", "采石场扬尘", 10, project_ids=("road",), attitude="negative")
        shelved.file("word-2", "扬尘，噪音", 11, project_ids=("road",), attitude="neutral")
        shelved.file("word-3", "扬尘", 12, project_ids=("dam",), attitude="negative")
        shelved.file("meaning", "灰土满天", 0, project_ids=("road",), attitude="negative")
        shelved.file("other", "补偿款", 13, project_ids=("dam",), attitude="negative")
        shelved.commit()
        yield shelved


def test_what_means_the_same_is_found_without_the_word_and_marked(village: Shelf) -> None:
    answer = village.ask(Search(query=Text("扬尘")))
    assert set(ids(answer)) == {"word-1", "word-2", "word-3", "meaning", "other"}
    assert answer.by_meaning == {"meaning", "other"}
    assert ids(answer).index("meaning") < ids(answer).index("other")
    assert answer.page.total == 3


@pytest.mark.parametrize(
    ("query", "found"),
    [
        (And((Text("扬尘"), Term("project_ids", ("road",)))), {"word-1", "word-2", "meaning"}),
        (And((Text("扬尘"), Not(Term("attitude", ("negative",))))), {"word-2"}),
        (And((Text("扬尘"), Not(Text("灰土")))), {"word-1", "word-2", "word-3", "other"}),
        (parse("扬尘 NOT 噪音 project:dam"), {"word-3", "other"}),
    ],
)
def test_fields_and_not_hold_for_what_only_its_meaning_finds(village: Shelf, query: Any, found: set[str]) -> None:
    assert set(ids(village.ask(Search(query=query)))) == found


def test_a_withdrawn_document_is_not_found_though_its_vector_is_still_there(village: Shelf) -> None:
    village.withdraw("meaning")
    village.index.commit()
    assert "meaning" not in ids(village.ask(Search(query=Text("扬尘"))))
    assert "meaning" not in ids(village.ask(Search(query=Text("扬尘"), filters={"attitude": "negative"})))
    assert "meaning" not in [hit.id for hit in search_close(village.index, village.vectors, direction(0))]


def test_counts_are_those_of_the_words_alone(village: Shelf) -> None:
    asked = Search(query=Text("扬尘"), facets={"attitude": 5}, histogram="day", origins=True, highlight=True, size=2)
    alone, pages = village.index.search(asked), list(village.pages(asked))
    assert len(pages) == 3
    for answer in pages:
        assert answer.page.facets == alone.facets
        assert (answer.page.total, answer.page.origins) == (alone.total, alone.origins)
    hits = {hit.id: hit for answer in pages for hit in answer.page.hits}
    start, end = hits["word-1"].highlights[0]
    assert hits["word-1"].text[start:end] == "扬尘"
    assert hits["meaning"].highlights == ()


def test_a_query_without_words_is_answered_as_it_is(village: Shelf) -> None:
    asked = Search(query=Term("project_ids", ("road",)), size=2)
    assert village.ask(asked).page == village.index.search(asked)
    assert village.ask(Search(query=Text("扬尘"), size=0)).page.total == 3


def test_time_order_is_refused_with_words(village: Shelf) -> None:
    with pytest.raises(QueryError, match="rank by relevance; expected the order relevance, or words alone"):
        village.ask(Search(query=Text("扬尘"), sort="newest"))


@pytest.mark.parametrize("harm", ["cut", "other query", "lexical", "nonsense"])
def test_a_cursor_that_is_damaged_or_of_another_search_is_refused(village: Shelf, harm: str) -> None:
    asked = Search(query=Text("扬尘"), size=1)
    cursor = village.ask(asked).page.next_cursor
    assert cursor
    lexical = village.index.search(asked).next_cursor
    after = {"cut": cursor[:-4], "other query": cursor, "lexical": lexical, "nonsense": "好"}[harm]
    query = Text("噪音") if harm == "other query" else asked.query
    with pytest.raises(CursorError, match="E602"):
        village.ask(replace(asked, query=query, after=after))


def test_more_like_a_passage_are_the_closest_documents_of_the_project_without_its_own(village: Shelf) -> None:
    road = Term("project_ids", ("road",))
    found = search_close(village.index, village.vectors, direction(11), narrowed_to=road, without={"word-2"}, size=2)
    best = sorted(
        ("word-1", "meaning"), key=lambda one: -{"word-1": direction(10), "meaning": direction(0)}[one] @ direction(11)
    )
    assert [hit.id for hit in found] == best
    assert found[0].score == pytest.approx(max(direction(10) @ direction(11), direction(0) @ direction(11)), abs=1e-3)


def test_nothing_is_close_to_anything_in_a_project_without_documents(village: Shelf) -> None:
    nobody = Term("project_ids", ("bridge",))
    assert search_close(village.index, village.vectors, direction(1), narrowed_to=nobody) == ()


@pytest.mark.parametrize(
    ("query", "said", "held"),
    [
        (Text("扬尘"), "扬尘", All()),
        (And((Words("夜里太吵"), Not(Text("水")))), "夜里太吵", And((Not(Text("水")),))),
        (Or((Text("扬尘"), Near("半夜", "放炮", 3))), "扬尘 半夜 放炮", All()),
        (Or((Text("扬尘"), Term("genre", ("news",)))), "扬尘", All()),
        (
            Or((Term("genre", ("post",)), Term("genre", ("news",)))),
            "",
            Or((Term("genre", ("post",)), Term("genre", ("news",)))),
        ),
        (All(), "", All()),
    ],
)
def test_what_a_query_says_goes_to_the_encoder_and_the_rest_must_hold(query: Any, said: str, held: Any) -> None:
    assert spoken(query) == said
    assert conditions(query) == held


def test_a_hit_of_both_sides_stands_before_hits_of_one_of_equal_rank() -> None:
    ranked = Fusion(1.0).ranked([("words", 9.0), ("both", 8.9)], [("meaning", 0.8), ("both", 0.79), ("far", 0.1)])
    assert next(iter(ranked)) == "both"
    assert set(ranked) == {"words", "both", "meaning", "far"}
    assert list(Fusion(0.0).ranked([("a", 3.0), ("b", 1.0)], [("b", 0.9), ("c", 0.2)])) == ["a", "b", "c"]
    assert list(Fusion().ranked([], [("c", 0.5)])) == ["c"]

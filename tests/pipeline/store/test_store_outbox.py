from __future__ import annotations

import threading

from letters import ROAD, analysis, document_id, petition

from pipeline.store import Store


def analysed(store: Store, numbers: range, **versions: str) -> None:
    store.upsert_projects([ROAD])
    letters = [petition(number) for number in numbers]
    store.add_documents(letters)
    store.complete_analyses(analysis(letter, "quarry-road", **versions) for letter in letters)


def test_rows_come_in_order_and_in_portions(store: Store):
    analysed(store, range(1, 8))
    first = store.outbox_after(0, limit=5)
    rest = store.outbox_after(first[-1].sequence)
    sequences = [row.sequence for row in first + rest]
    assert sequences == sorted(set(sequences))
    assert {row.document_id for row in first + rest} == {document_id(number) for number in range(1, 8)}
    assert store.outbox_end() == sequences[-1]
    assert store.outbox_after(sequences[-1]) == []


def test_a_document_is_indexed_once_all_its_rows_are(store: Store):
    analysed(store, range(1, 4))
    end = store.outbox_end()
    analysed(store, range(1, 2), model="m2")
    assert store.mark_indexed(end) == 2
    assert store.counts_by_state() == {"analysed": 1, "indexed": 2}
    assert store.mark_indexed(end) == 0
    assert store.mark_indexed(store.outbox_end()) == 1
    assert (store.counts_by_state(), store.indexed_through()) == ({"indexed": 3}, store.outbox_end())


def test_marking_an_older_sequence_never_moves_back(store: Store):
    analysed(store, range(1, 4))
    store.mark_indexed(store.outbox_end())
    store.mark_indexed(1)
    assert store.indexed_through() == store.outbox_end()


def test_a_reader_misses_no_row_of_writers_that_commit_late(store: Store):
    """Numbers are handed out before a transaction ends: a reader that went past one would lose it for ever."""
    store.upsert_projects([ROAD])
    letters = [petition(number) for number in range(80)]
    store.add_documents(letters)
    failures: list[BaseException] = []

    def write(mine: list) -> None:
        try:
            for letter in mine:
                with store.transaction():
                    store.complete_analysis(letter.id, analysis(letter, "quarry-road"))
                    threading.Event().wait(0.002)
        except BaseException as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=(letters[part::4],)) for part in range(4)]
    for writer in writers:
        writer.start()
    seen: list[str] = []
    last = 0
    while len(seen) < 80 and (any(writer.is_alive() for writer in writers) or store.outbox_after(last, 1)):
        for row in store.outbox_after(last, 10):
            seen.append(row.document_id)
            last = row.sequence
    for writer in writers:
        writer.join()
    assert not failures
    assert sorted(seen) == [letter.id for letter in letters]

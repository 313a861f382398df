"""Texts of a card are read as far as they are looked at, in their order, and each once."""

from __future__ import annotations

from collections.abc import Iterable

from letters import document_id, petition

from api.texts_in_order import FIRST, TextsInOrder
from pipeline.records import Document


class Shelf:
    """Documents 0 to 199, and what was asked for."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def documents_by_id(self, ids: Iterable[str]) -> dict[str, Document]:
        wanted = list(ids)
        self.asked += wanted
        known = {document_id(n): petition(n, tombstone=n == 3) for n in range(200)}
        return {one: known[one] for one in wanted if one in known}


IDS = [document_id(n) for n in range(300)]


def test_the_first_ones_are_read_together_and_the_others_when_they_are_looked_at():
    shelf = Shelf()
    texts = TextsInOrder(shelf, IDS)  # type: ignore[arg-type]
    assert not shelf.asked
    assert texts[IDS[0]].id == IDS[0] and shelf.asked == IDS[:FIRST]
    assert [one for one in IDS[:FIRST] if one in texts] == IDS[:FIRST] and len(shelf.asked) == FIRST
    assert texts[IDS[100]].id == IDS[100] and shelf.asked == [*IDS[:FIRST], IDS[100]]
    assert texts[IDS[FIRST]].id == IDS[FIRST] and len(shelf.asked) == FIRST + 1 + 2 * FIRST


def test_all_of_them_are_those_of_the_store_each_asked_for_once():
    shelf = Shelf()
    texts = TextsInOrder(shelf, [*IDS, *IDS], withdrawn=False)  # type: ignore[arg-type]
    assert texts.get(IDS[3]) is None and texts.get(IDS[250]) is None and texts.get("d0") is None
    assert list(texts) and len(texts) == 199
    assert sorted(shelf.asked) == IDS

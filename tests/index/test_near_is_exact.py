"""Near is exact at every distance, for strings that overlap, repeat or hold blanks too."""

from __future__ import annotations

import random

import pytest

from index import EmbeddedIndex, IndexEntry
from index.matching import matches
from index.query import Near


@pytest.mark.parametrize("alphabet", ["补偿", "补偿标", "补偿标准 ，", "补偿标准征地拆迁安置费用"])
def test_near_finds_what_stands_near(alphabet: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    chance = random.Random(len(alphabet))
    entries = [
        IndexEntry(
            id=f"d{n}",
            sequence=n + 1,
            title="".join(chance.choices(alphabet, k=chance.randint(0, 8))),
            body="".join(chance.choices(alphabet, k=chance.randint(0, 40))),
        )
        for n in range(250)
    ]
    with EmbeddedIndex(tmp_path_factory.mktemp("index")) as index:
        index.write(entries)
        index.commit()
        asked = 0
        while asked < 200:
            first, second = ("".join(chance.choices(alphabet, k=chance.choice((2, 2, 2, 3, 4)))) for _ in range(2))
            if not first.strip() or not second.strip():
                continue
            asked += 1
            query = Near(first, second, chance.choice((0, 1, 2, 3, 5, 8, 20)))
            found = {document_id for _, document_id in index.members(query, "id")}
            assert found == {entry.id for entry in entries if matches(query, entry)}, query

"""1,600 strings cut out of documents find exactly the documents that contain them."""

from __future__ import annotations

import random

import pytest
from archive import Archive

from index import IndexEntry
from index.bigrams import fold
from index.query import Text

PIECES = (
    "石盘村", "清河湾", "采石场", "焚烧厂", "征地补偿", "青苗费", "补償標準", "安置房", "过渡费", "扬尘", "噪音", "臭气", "低一半",
    "没有公示", "不合理", "多次反映", "联名", "，", "。", "？", "：", "“", "”", " ", "\n", "2026年", "Ｇ９９", "g99", "12.5", "亿元",
    "的", "了", "请", "我们", "政府", "答复", "垚瑄", "霁澜河", "（二）", "a-b", "100%", "\U00020bb7",
)  # fmt: skip
"""Bits that documents are made of: many strings across their seams occur once or twice."""


@pytest.mark.parametrize("backend", ["elasticsearch", "embedded"], indirect=True)  # undated: months would be one
def test_a_string_finds_exactly_the_documents_that_contain_it(archive: Archive) -> None:
    chance = random.Random(1600)
    entries = [
        IndexEntry(
            id=f"d{n}",
            sequence=n + 1,
            title="".join(chance.choices(PIECES, k=chance.randint(1, 6))),
            body="".join(chance.choices(PIECES, k=chance.randint(5, 60))),
        )
        for n in range(300)
    ]
    archive.take(*entries)
    texts = {entry.id: (fold(entry.title), fold(entry.body)) for entry in entries}
    wrong, asked = [], 0
    while asked < 1600:
        source, length = chance.choice(chance.choice(entries).text.split("\n", 1)), chance.randint(2, 8)
        start = chance.randint(0, max(0, len(source) - length))
        string = source[start : start + length]
        if len(string) < length or not fold(string).strip():
            continue
        asked += 1
        holds = {name for name, both in texts.items() if any(fold(string) in text for text in both)}
        found = {document_id for _, document_id in archive.index.members(Text(string), "id")}
        if found != holds:
            wrong.append((string, found ^ holds))
    assert wrong == []

"""The classes of questions that the search benchmark asks, and how their times are taken."""

from __future__ import annotations

import math
import random
import statistics
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from operator import add

from benchmarks.fts5 import Fts5
from index import Between, Search, SearchIndex
from index.base import Filter
from index.query import And, Near, Or, Text

YEAR = datetime(2024, 12, 31, tzinfo=UTC)
"""Half of the documents are younger."""
COMMON = [
    "问题", "小区", "领导", "希望", "居民", "政府", "部门", "业主", "影响", "严重",
    "进行", "解决", "我们", "没有", "相关", "处理", "生活", "安全", "工作", "情况",
    "要求", "时间", "公司", "建设", "开发", "规定", "物业", "社区", "孩子", "学校",
]  # fmt: skip


def strings(pool: list[str], length: int, count: int, seed: int) -> list[str]:
    """Random strings of Han characters out of the sentences."""
    chance, found = random.Random(seed), []
    while len(found) < count:
        sentence = chance.choice(pool)
        start = chance.randrange(max(1, len(sentence) - length))
        string = sentence[start : start + length]
        if len(string) == length and all("一" <= c <= "鿿" for c in string):
            found.append(string)
    return found


def rare(pool: list[str], count: int) -> list[str]:
    """Strings of two Han characters that stand in one to three of the sentences."""
    known = Counter(two for sentence in pool for two in set(map(add, sentence, sentence[1:])))
    found = [string for string in dict.fromkeys(strings(pool, 2, 100 * count, 4)) if known[string] <= 3]
    return found[:count]


def phrases(pool: list[str], count: int) -> list[str]:
    """The most frequent strings of four Han characters."""
    seen = Counter(sentence[at : at + 4] for sentence in pool for at in range(len(sentence) - 3))
    return [s for s, _ in seen.most_common(20 * count) if all("一" <= c <= "鿿" for c in s)][:count]


@dataclass(frozen=True, slots=True)
class Question:
    """One class of questions: what is asked of an index and of FTS5 for each of its words."""

    title: str
    words: Sequence[str]
    ask: Callable[[str], Search]
    other: Callable[[Fts5, str], object]


def questions(pool: list[str]) -> list[Question]:
    """The classes, from one rare string to a whole page."""
    filters: dict[str, Filter] = {
        "project_ids": "project1",
        "source_kind": ("petition", "hotline"),
        "published_at": Between(ge=YEAR),
    }
    where = f"AND project = 'project1' AND kind IN ('petition', 'hotline') AND published >= {int(YEAR.timestamp())}"
    facets = {"source_kind": 10, "project_ids": 50}
    either = Or((Text("解决"), Text("处理")))

    def boolean(fts: Fts5, word: str) -> object:
        return fts.top(f"{fts.match(word)} AND ({fts.match('解决')} OR {fts.match('处理')})", where=where)

    def page(fts: Fts5, word: str) -> object:
        match = fts.match(word)
        return fts.top(match), [fts.counted(match, column) for column in ("kind", "project", "day")]

    def string(title: str, words: Sequence[str]) -> Question:
        return Question(title, words, lambda w: Search(query=Text(w)), lambda f, w: f.top(f.match(w)))

    return [
        string("rare string", rare(pool, 30)),
        string("common word", COMMON),
        string("two characters", strings(pool, 2, 30, 1)),
        string("four characters", strings(pool, 4, 30, 2)),
        string("six characters", strings(pool, 6, 30, 3)),
        string("common phrase", phrases(pool, 30)),
        Question(
            "two common words",
            COMMON,
            lambda w: Search(query=And((Text(w), Text("解决")))),
            lambda f, w: f.top(f.match(w, "解决")),
        ),
        Question(
            "word and (word or word), three filters",
            COMMON,
            lambda w: Search(query=And((Text(w), either)), filters=filters),
            boolean,
        ),
        Question(
            "common word, newest first",
            COMMON,
            lambda w: Search(query=Text(w), sort="newest"),
            lambda f, w: f.top(f.match(w), order="published DESC"),
        ),
        Question(
            "near, five characters",
            COMMON,
            lambda w: Search(query=Near(w, "解决", 5)),
            lambda f, w: f.top(f.near(w, "解决", 5)),
        ),
        Question(
            "two facets of a common word",
            COMMON,
            lambda w: Search(query=Text(w), size=0, facets=facets),
            lambda f, w: [f.counted(f.match(w), column) for column in ("kind", "project")],
        ),
        Question(
            "days of a common word",
            COMMON,
            lambda w: Search(query=Text(w), size=0, histogram="day"),
            lambda f, w: f.counted(f.match(w), "day"),
        ),
        Question(
            "whole page of a common word",
            COMMON,
            lambda w: Search(query=Text(w), facets=facets, histogram="day", highlight=True),
            page,
        ),
    ]


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds over the words of a class: of the best of five runs, and of all runs."""

    median: float
    p95: float
    p95_of_all: float

    def __str__(self) -> str:
        return f"{self.median:.2f} / {self.p95:.2f} / {self.p95_of_all:.2f}"


def timed(ask: Callable[[str], object], words: Sequence[str]) -> Times:
    """Asks each word five times."""
    best, every = [], []
    for word in words:
        runs = []
        for _ in range(5):
            started = time.perf_counter()
            ask(word)
            runs.append((time.perf_counter() - started) * 1e3)
        best.append(min(runs))
        every += runs
    return Times(statistics.median(best), percentile(best), percentile(every))


def asked_of(index: SearchIndex, question: Question) -> Times:
    """A class asked of an index."""
    return timed(lambda word: index.search(question.ask(word)), question.words)


def percentile(values: list[float], share: float = 0.95) -> float:
    """The value below which so great a share lies; not a number where there is none."""
    return sorted(values)[math.ceil(share * len(values)) - 1] if values else math.nan


def median_ms(ask: Callable[[str], object], words: list[str]) -> float:
    """Median over the words of the best of five runs, in milliseconds."""
    return timed(ask, words).median

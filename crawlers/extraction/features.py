"""What tells a paragraph of the article from the rest of the page.

Numbers about a block, its neighbours and its container.
"""

from __future__ import annotations

import re
from typing import Final

import numpy as np
from lxml import html
from numpy.typing import NDArray

from crawlers.extraction.blocks import Block
from crawlers.extraction.title import bare

Matrix = NDArray[np.float64]

_IDEOGRAPH: Final = re.compile("[\u3400-\u9fff]")
_POINT: Final = re.compile("[，。、；：？！“”…,;]")
_ENDS: Final = re.compile("[。！？!?…”」）)]$")
_DATE: Final = re.compile(r"(?:19|20)\d\d\s*[年/.-]\s*\d{1,2}\s*[月/.-]\s*\d{1,2}|\d{1,2}:\d\d")
_FURNITURE: Final = re.compile(
    "版[权權]|copyright|©|备案|責任編輯|责任编辑|相[关關]|[阅閱][读讀]|更多|分享|[评評][论論]|收藏|打印|字[号號]|[来來]源|[编編][辑輯]|[关關][键鍵]"
    "|上一|下一|首[页頁]|[论論][坛壇]|推[荐薦]|登[录錄入]|注册|微博|[转轉][载載]|免[责責]|[声聲]明|[订訂][阅閱]|[进進]入|我要|[热熱][门門]|[点點][击擊]",
    re.IGNORECASE,
)
_REPORTED: Final = re.compile("[记記]者|通[讯訊][员員]|[报報][导導道]|[电電]$|[讯訊]|/文|文/|[图圖]/|[摄攝]")
_BODY_NAME: Final = re.compile(
    r"article|content|(?<![a-z])body|text|story|news|main|post|entry|detail|(?<![a-z])zw|para|neirong|zhengwen"
)
_SIDE_NAME: Final = re.compile(
    "comment|relat|recommend|tuijian|hot|rank|nav|menu|foot|head|copyright|share|side|banner|crumb|path|link|list|login|tag|tool"
    "|(?<![a-z])ad|sponsor|pinglun|xiangguan|paihang|bottom|top|caption|photo|pic|keyword|editor|author|source|info|time|date|vote|widget|blog"
)
_AROUND: Final = (-3, -2, -1, 1, 2, 3)
_REACH: Final = 15
_FAR: Final = 60

OWN: Final = (
    "length", "linked", "pointed", "points", "ideographs", "ends", "broken", "emphasis", "links", "p", "li", "td",
    "heading", "in_p",
    "definition", "in_table", "date", "furniture", "reported", "bracket", "bullet", "depth", "place", "prose_so_far",
    "after_title",
    "from_title", "mass_owner", "mass_parent", "mass_grandparent", "prose_owner", "prose_parent", "in_best",
    "is_best", "place_in_best",
    "body_name", "side_name", "body_name_above", "side_name_above", "any_side_name", "any_body_name", "siblings",
    "sibling_prose",
    "prose_before", "prose_after", "longest_before", "longest_after", "blocks", "prose", "repeated", "holds_title",
    "in_title",
)  # fmt: skip
NEIGHBOUR: Final = ("length", "linked", "points", "same_owner", "same_parent")
NAMES: Final = (*OWN, *(f"{name}{around:+d}" for around in _AROUND for name in NEIGHBOUR))
"""Names of the columns of :func:`features`."""


def features(blocks: list[Block], title: str) -> Matrix:
    """One row a block, one column a name of NAMES. Pure; grows linearly with the number of blocks."""
    return _Page(blocks, title).matrix()


class _Page:
    def __init__(self, blocks: list[Block], title: str) -> None:
        self.blocks = blocks
        self.title = bare(title)
        self.texts = [bare(block.text) for block in blocks]
        self.length = np.array([len(text) for text in self.texts], dtype=np.float64)
        self.linked = np.minimum([block.linked for block in blocks] / np.maximum(self.length, 1), 1)
        self.points = np.array([len(_POINT.findall(block.text)) for block in blocks], dtype=np.float64)
        self.prose = self.length * (1 - self.linked) * ((self.points > 0) & (self.length > 12))
        self.total = float(self.prose.sum()) or 1.0
        self.parents = [block.path[1] if len(block.path) > 1 else None for block in blocks]
        self.mass: dict[html.HtmlElement, float] = {}
        self.inner: dict[html.HtmlElement, tuple[float, float]] = {}
        for block, prose, size in zip(blocks, self.prose, self.length, strict=True):
            for element, share in zip(block.path, (1, 1, 0.5, 0.33), strict=False):
                self.mass[element] = self.mass.get(element, 0.0) + prose * share
            for element in block.path[:2]:
                before = self.inner.get(element, (0.0, 0.0))
                self.inner[element] = (before[0] + prose, before[1] + size)
        self.top = max(self.mass.values(), default=0.0) or 1.0
        self.best = max(self.mass, key=lambda element: self.mass[element], default=None)
        inside = [number for number, block in enumerate(blocks) if self.best in block.path]
        self.first, self.last = (inside[0], inside[-1]) if inside else (0, 0)
        self.heading = self._heading()

    def _heading(self) -> int:
        if not self.title:
            return -1
        exact = (number for number, text in enumerate(self.texts) if text == self.title)
        near = (n for n, text in enumerate(self.texts) if self.title in text or (len(text) > 5 and text in self.title))
        return next(exact, next(near, -1))

    def matrix(self) -> Matrix:
        if not self.blocks:
            return np.zeros((0, len(NAMES)))
        own = np.array([self._own(number, block) for number, block in enumerate(self.blocks)], dtype=np.float64)
        whole = np.hstack([own, self._shares(), *(self._neighbours(around) for around in _AROUND)])
        assert whole.shape[1] == len(NAMES)
        return whole

    def _own(self, number: int, block: Block) -> list[float]:
        text, path, size = block.text, block.path, max(self.length[number], 1)
        names = [f"{element.get('class', '')} {element.get('id', '')}".lower() for element in path[:5]]
        above, every = " ".join(names[1:3]), " ".join(names)
        tags = [element.tag for element in path[:6]]
        in_best = self.best in path
        place = (
            (number - self.first) / max(self.last - self.first, 1) if in_best else (-1 if number < self.first else 2)
        )
        since = number - self.heading if self.heading >= 0 else 0
        return [
            np.log1p(self.length[number]), self.linked[number], self.points[number] / size, min(self.points[number],
            10),
            len(_IDEOGRAPH.findall(text)) / max(len(text), 1), bool(_ENDS.search(text)), block.broken,
            block.emphasis / size,
            min(block.links, 10), tags[0] == "p", "li" in tags[:3], "td" in tags[:2], tags[0] in ("h1", "h2", "h3",
            "h4", "h5", "h6"),
            "p" in tags[:2], tags[0] in ("dd", "dt", "dl"), "table" in tags, bool(_DATE.search(text)),
            bool(_FURNITURE.search(text)),
            bool(_REPORTED.search(text)), text[0] in "【[", text[0] in "·•>›»|▪■◆", min(len(path), 40),
            number / len(self.blocks),
            float(self.prose[:number].sum()) / self.total, (number > self.heading) if self.heading >= 0 else 0.5,
            max(-_FAR, min(since, _FAR)), *self._container(path), in_best, path[0] is self.best, place,
            bool(_BODY_NAME.search(names[0])), bool(_SIDE_NAME.search(names[0])), bool(_BODY_NAME.search(above)),
            bool(_SIDE_NAME.search(above)), bool(_SIDE_NAME.search(every)), bool(_BODY_NAME.search(every)),
        ]  # fmt: skip

    def _container(self, path: tuple[html.HtmlElement, ...]) -> list[float]:
        masses = [self.mass.get(element, 0.0) / self.top for element in path[:3]]
        shares = [self.inner[element][0] / max(self.inner[element][1], 1) for element in path[:2]]
        return [*masses, *[0.0] * (3 - len(masses)), *shares, *[0.0] * (2 - len(shares))]

    def _shares(self) -> Matrix:
        """Columns from ``siblings`` to ``in_title``: what stands before, after and beside each block."""
        seen: set[str] = set()
        rows = []
        running = np.maximum.accumulate(np.concatenate([[0.0], self.prose]))
        coming = np.maximum.accumulate(np.concatenate([[0.0], self.prose[::-1]]))[::-1]
        for number, block in enumerate(self.blocks):
            beside = [
                other
                for other in range(max(0, number - _REACH), min(len(self.blocks), number + _REACH + 1))
                if self.blocks[other].owner is block.owner
                or (self.parents[number] is not None and self.parents[other] is self.parents[number])
            ]
            text = self.texts[number]
            rows.append(
                [
                    len(beside), self.prose[beside].sum() / (self.length[beside].sum() or 1),
                    np.log1p(self.prose[max(0, number - 4) : number].sum()),
                    np.log1p(self.prose[number + 1 : number + 5].sum()), np.log1p(running[number]),
                    np.log1p(coming[number + 1]),
                    np.log1p(len(self.blocks)), np.log1p(self.total), text in seen,
                    bool(self.title) and self.title in text,
                    bool(self.title) and text in self.title,
                ]
            )  # fmt: skip
            seen.add(text)
        return np.array(rows, dtype=np.float64)

    def _neighbours(self, around: int) -> Matrix:
        rows = []
        for number, block in enumerate(self.blocks):
            other = number + around
            if not 0 <= other < len(self.blocks):
                rows.append([-1.0, 1.0, -1.0, 0.0, 0.0])
                continue
            rows.append(
                [
                    float(np.log1p(self.length[other])), float(self.linked[other]), float(min(self.points[other], 10)),
                    float(self.blocks[other].owner is block.owner),
                    float(self.parents[number] is not None and self.parents[other] is self.parents[number]),
                ]
            )  # fmt: skip
        return np.array(rows, dtype=np.float64)

"""Which kind of notice a text is, by the words of its title or first lines (``kinds.yaml``)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Final

import yaml

from pipeline.records import Document, Evidence
from pipeline.records.milestone import DayUnit

FIRST_LINES: Final = 200
"""Characters of the body in which a kind is looked for where the title says none."""


@dataclass(frozen=True, slots=True)
class NoticeKind:
    """One kind of notice with the clock of its statute; ``minimum`` None: the statute sets none."""

    code: str
    name_zh: str
    patterns: tuple[re.Pattern[str], ...]
    minimum: int | None = None
    unit: DayUnit = "day"
    basis: str = ""
    exception: str | None = None


@cache
def notice_kinds() -> tuple[NoticeKind, ...]:
    """The code list, in the order in which its kinds are tried."""
    listed = yaml.safe_load((resources.files("pipeline.notices") / "kinds.yaml").read_text("utf-8"))["kinds"]
    return tuple(NoticeKind(**{**row, "patterns": tuple(map(re.compile, row["patterns"]))}) for row in listed)


def kind_of(document: Document) -> tuple[NoticeKind, Evidence] | None:
    """The kind of a notice and the words that tell it; None when it is none of the code list."""
    found = kind_in(str(document.title), str(document.body))
    return (found[0], Evidence(document_id=document.id, start=found[1], end=found[2])) if found else None


def kind_in(title: str, body: str) -> tuple[NoticeKind, int, int] | None:
    """The kind of a notice, and the span of the words that tell it in title, line feed, body."""
    text, begins = f"{title}\n{body}", len(title) + 1
    for start, end in ((0, begins - 1), (begins, begins + FIRST_LINES)):
        for kind in notice_kinds():
            for pattern in kind.patterns:
                if found := pattern.search(text, start, end):
                    return kind, found.start(), found.end()
    return None

"""The heads (任务头) of the model: which labels each gives and where they stand in its three outputs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from models.taxonomy import taxonomy

NONE: Final = "none"
"""The label of the primary factor where there is none."""
CLUENER: Final = ("address", "book", "company", "game", "government", "movie", "name", "organization", "position",
                  "scene")  # fmt: skip
WEIBO: Final = ("GPE.NAM", "GPE.NOM", "LOC.NAM", "LOC.NOM", "ORG.NAM", "ORG.NOM", "PER.NAM", "PER.NOM")
SPANS: Final = ("demand", "facility", "affected", "since", "place", "organisation", "person",
                *(f"cluener.{name}" for name in CLUENER), *(f"weibo.{name}" for name in WEIBO))  # fmt: skip
"""Kinds of passage; each has three numbers a token: outside, first, further."""


@dataclass(frozen=True)
class Head:
    """One head. ``kind``: one label (single), any number (multi), or yes (binary, one label that is its name)."""

    name: str
    kind: Literal["single", "multi", "binary"]
    labels: tuple[str, ...]


def fields() -> tuple[Head, ...]:
    """Heads of the whole text, in the order of the output ``fields``."""
    codes = tuple(taxonomy().factors)
    groups = tuple(sorted({*taxonomy().stakeholders, "unstated"}))
    return (
        Head("factors", "multi", codes),
        Head("primary", "single", (*codes, NONE)),
        Head("attitude", "single", ("negative", "neutral", "positive")),
        Head("intensity", "single", ("0", "1", "2", "3")),
        Head("grievance", "binary", ("grievance",)),
        Head("about_grievance", "binary", ("about_grievance",)),
        Head("irony", "binary", ("irony",)),
        Head("repeated_unresolved", "binary", ("repeated_unresolved",)),
        Head("genre", "single", ("complaint", "help_request", "inquiry", "suggestion", "misconduct_report", "praise",
                                 "other")),
        Head("form", "single", ("petition", "post", "news", "notice", "ad", "other")),
        Head("stakeholder", "single", groups),
        Head("escalation", "single", ("0", "1", "2", "3", "4", "5")),
        Head("emotion", "single", ("angry", "fear", "happy", "neutral", "sad", "surprise")),
        Head("polarity", "binary", ("polarity",)),
        Head("domain", "single", ("城乡建设", "环境保护", "交通运输", "教育文体", "劳动和社会保障", "商贸旅游",
                                  "卫生计生")),
    )  # fmt: skip


def pair() -> tuple[Head, ...]:
    """Heads of a pair of target and text, in the order of the output ``pair``."""
    return (
        Head("stance", "single", ("AGAINST", "FAVOR", "NONE")),
        Head("link", "single", ("none", "mentions", "about")),
    )

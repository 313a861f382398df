"""Replies to a matter's petitions, and the units that are late (P-25): 信访工作条例 2022, Art. 22, 23 and 34."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Final, Literal

from api.bulletin.clocks import UNKNOWN
from api.counting import cell_of
from api.matter_counts import SOME, MatterTable
from api.policy import Figure
from models.taxonomy import taxonomy
from pipeline.process.clocks import day_of, days_late, due_dates, national_clocks
from pipeline.records import Document, MatterSheet
from pipeline.records.handling import Handling
from pipeline.store.stated import ReplyDate, Stated, StatedText

ASKING: Final = frozenset({"petition", "hotline"})
SETTLED: Final = frozenset({"replied", "closed"})
"""What a board may state of a petition whose answer it does not show: nobody is late with that."""
SHOWN: Final = ("answered", "answered_late", "waiting")
Step = Literal["take_up", "answer"]
State = Literal["not_asked", "answered", "answered_late", "waiting", "take_up", "answer"]


@dataclass(frozen=True)
class Heard:
    """The texts of a project's matters with what they state, the replies, and what boards state."""

    texts: Mapping[str, StatedText]
    replies: Mapping[str, Sequence[ReplyDate]]
    handling: Mapping[str, Handling]
    today: date


def response_of(sheet: MatterSheet, heard: Heard, table: MatterTable) -> dict[str, Any]:
    """How many of a matter's petitions were answered, and which units are beyond a limit with how many.

    A late unit is named whatever the number; how many petitions and since when, from k voices on.
    """
    groups: dict[str, set[str]] = defaultdict(set)
    oldest: dict[tuple[str, Step], date] = {}
    for document_id in sheet.documents:
        if document_id not in heard.texts or document_id not in table.hearing:
            continue
        text = heard.texts[document_id]
        state, due = state_of(text, heard.replies.get(text.id, ()), heard.handling.get(text.id), heard.today)
        if (state == "take_up" or state == "answer") and due is not None:
            late = (_unit(sheet, text.stated), state)
            oldest[late] = min(due, oldest.get(late, due))
            groups["\x1f".join(late)].add(document_id)
        else:
            groups[state].add(document_id)
    cells = [cell_of(table.hearing, key, ids) for key, ids in sorted(groups.items())]
    named, others = table.parts(sheet.id, cells)
    blank = Figure("exact", 0) if table.told(sheet.id) and others is None else Figure("at_least", 0)
    told = table.told(sheet.id)
    return {
        **{key: named.get(key, blank).as_json() for key in SHOWN},
        "median_days": sheet.clock.median_days if named.get("answered", blank).form == "exact" and told else None,
        "late": [
            _late(unit, step, due, named.get(f"{unit}\x1f{step}", SOME), heard.today, dated=table.enough(sheet.id))
            for (unit, step), due in sorted(oldest.items())
        ],
    }


def _unit(sheet: MatterSheet, stated: Stated) -> str:
    """The unit that a text asks; where it names none, the first one proposed for the matter."""
    return stated.unit or next(iter(sheet.proposed_units.primary), UNKNOWN)


def state_of(
    document: Document | StatedText, replies: Sequence[Document | ReplyDate], stated: Handling | None, today: date
) -> tuple[State, date | None]:
    """Where a text stands, and the day by which the late step was due."""
    if document.source_kind not in ASKING or document.genre != "petition" or document.published_at is None:
        return "not_asked", None
    begin = day_of(document.published_at)
    take_up, answer = _due(begin)
    dates = [day_of(one.published_at) for one in replies if one.published_at]
    dates = [one for one in dates if one >= begin]
    if replies:
        return ("answered_late" if dates and min(dates) > answer else "answered"), None
    if stated is not None and stated.status in SETTLED:
        return "answered", None
    taken_up = stated is not None and stated.status == "in_progress"
    if today > answer:
        return "answer", answer
    return ("take_up", take_up) if today > take_up and not taken_up else ("waiting", None)


@lru_cache(maxsize=10_000)
def _due(begin: date) -> tuple[date, date]:
    return due_dates(begin, national_clocks())


def clock_of(
    document: Document, replies: Sequence[Document], stated: Handling | None, today: date
) -> dict[str, Any] | None:
    """The clock of one petition, against the unit and nobody else (P-25); None for what asks no unit."""
    state, due = state_of(document, replies, stated, today)
    if state == "not_asked" or document.published_at is None:
        return None
    begin, clocks = day_of(document.published_at), national_clocks()
    take_up, answer = due_dates(begin, clocks)
    return {
        "state": state,
        "begins": begin,
        "take_up_by": take_up,
        "take_up_basis": clocks.take_up.basis,
        "answer_by": answer,
        "answer_basis": clocks.answer.basis,
        "days_late": days_late(due, today) if due else 0,
    }


def _late(unit: str, step: Step, due: date, count: Figure, today: date, *, dated: bool) -> dict[str, Any]:
    names, clocks = taxonomy().units, national_clocks()
    return {
        "unit": unit,
        "unit_name": names[unit].name_zh if unit in names else "未识别责任单位",
        "step": step,
        "basis": getattr(clocks, step).basis,
        "petitions": count.as_json(),
        "due": due if dated else None,
        "days": days_late(due, today) if dated else None,
    }

"""Two quiet months on the invented quarry road, then a burst; each text with a voice of its own."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
from county import COMPENSATION, CountyOffice
from letters import MONDAY
from opinions import opinion

from pipeline.alerts.watch import Watched, watch
from pipeline.records import EscalationCue, Incident
from pipeline.store.voices import save_voices
from pipeline.voices import Voice

BURST_DAY = 60
NOW = MONDAY + timedelta(days=BURST_DAY, hours=14)
"""Four hours after the last text of the burst."""
VILLAGES = ("柳湾村", "上井村")


def complaint(number: int, day: float | None, kind: str = "petition", **more: Any) -> Any:
    """One complaint about compensation, unlike the others."""
    words = hashlib.sha256(str(number).encode()).hexdigest()[:12]
    body = f"{VILLAGES[number % 2]}第{number}户的旱地补偿标准只有邻镇一半，编号{words}，请重新核算。"
    return opinion(body, (COMPENSATION, "补偿标准", 0.9), number=number, day=day, kind=kind, **more)


def quiet(days: int = BURST_DAY) -> list[Any]:
    """One complaint every fifth day."""
    return [complaint(1000 + day, day + 0.4) for day in range(5, days, 5)]


def burst(texts: int = 24, hours: float = 10, day: float = BURST_DAY, kinds: Iterable[str] = ("petition", "hotline"),
          first: int = 2000) -> list[Any]:  # fmt: skip
    """So many complaints within so many hours, of several kinds of source."""
    names = tuple(kinds)
    return [complaint(first + n, day + n * hours / texts / 24, names[n % len(names)]) for n in range(texts)]


def say(county: CountyOffice, opinions: Iterable[Any], voices: Iterable[int] | None = None) -> list[str]:
    """Stores opinions with their voices (each its own unless numbered) and proposes; no index is needed."""
    said = list(opinions)
    numbers = list(voices) if voices is not None else [int(one.document.id[1:9], 16) for one in said]
    county.store.add_documents([one.document for one in said])
    with county.store.transaction() as connection:
        tokens = [hashlib.sha256(str(number).encode()).digest()[:16] for number in numbers]
        save_voices(connection, [
            Voice(one.document.id, county.road.id, "20260105-7d", token)
            for one, token in zip(said, tokens, strict=True)
        ])  # fmt: skip
    county.store.complete_analyses(one.analysis.model_copy(update={"links": (one.link,)}) for one in said)
    return [one.document.id for one in said]


def looked(county: CountyOffice, now: datetime = NOW) -> Watched:
    """One watch at a moment."""
    county.store.clock = lambda: now
    return watch(county.store, county.office.settings)


def the_incident(county: CountyOffice) -> Incident:
    """The only volume incident."""
    [found] = [i for i in county.store.incidents() if i.kind == "volume"]
    assert isinstance(found, Incident)
    return found


def urgent(body: str, words: str, code: str = "self_harm_ideation", speaker: str = "first_person", **more: Any) -> Any:
    """A complaint whose author is in danger."""
    said = opinion(body, (COMPENSATION, "补偿标准", 0.9), level=5, **more)
    start = said.document.text.index(words)
    cue = EscalationCue(start=start, end=start + len(words), code=code, level=5, speaker=speaker)
    grievance = said.analysis.grievances[0]
    grievance = grievance.model_copy(
        update={"escalation": grievance.escalation.model_copy(update={"cues": (cue,), "level": 5})}
    )
    return type(said)(said.document, said.analysis.model_copy(update={"grievances": (grievance,)}), said.link)


@pytest.fixture
def road(tmp_path: Any) -> Any:
    """An office with the quarry road and nothing said about it."""
    county = CountyOffice(tmp_path / "home")
    yield county
    county.office.close()


__all__ = [
    "BURST_DAY",
    "NOW",
    "burst",
    "complaint",
    "looked",
    "quiet",
    "road",
    "say",
    "the_incident",
    "urgent",
]

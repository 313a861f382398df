"""A rise of complaints about the ring road in the console's office, with voices of its own."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alerting import NOW, burst, quiet, urgent
from consoles import PLANT, RING, Console

from pipeline.alerts.watch import watch
from pipeline.propose import propose
from pipeline.store.voices import save_voices
from pipeline.voices import Voice


def say(console: Console, opinions: Iterable[Any]) -> None:
    """Stores opinions about the ring road, each a voice of its own; no index is needed."""
    said, store = list(opinions), console.office.store
    links = [one.link.model_copy(update={"project_id": RING}) for one in said]
    store.add_documents([one.document for one in said])
    with store.transaction() as connection:
        tokens = [hashlib.sha256(one.document.id.encode()).digest()[:16] for one in said]
        save_voices(connection, [
            Voice(one.document.id, RING, "20260105-7d", token) for one, token in zip(said, tokens, strict=True)
        ])  # fmt: skip
    store.complete_analyses(
        one.analysis.model_copy(update={"links": (link,)}) for one, link in zip(said, links, strict=True)
    )


def watched(console: Console, now: Any = NOW) -> None:
    """A watch that begins anew and ends at a moment, which is the console's clock from then on."""
    console.office.store.clock = lambda: now
    console.office.store.forget_alert_series([RING, PLANT])
    watch(console.office.store, console.office.settings)


def rise(console: Console, **more: Any) -> str:
    """Two quiet months, then a rise; the id of its incident."""
    say(console, [*quiet(), *burst(**more)])
    propose(console.office.store)
    watched(console)
    return risen_incident(console)


@pytest.fixture(scope="session")
def demo_after_a_rise(demo_as_it_was: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of the examples after :func:`rise`."""
    console = Console(shutil.copytree(demo_as_it_was, tmp_path_factory.mktemp("risen") / "home"))
    rise(console)
    console.office.close()
    return console.office.settings.home


@pytest.fixture
def risen(demo_after_a_rise: Path, tmp_path: Path) -> Iterator[Console]:
    """The console of an office of one's own that begins as ``demo_after_a_rise``, at the moment of its incident."""
    console = Console(shutil.copytree(demo_after_a_rise, tmp_path / "home"))
    console.office.store.clock = lambda: NOW
    yield console
    console.office.close()


def risen_incident(console: Console) -> str:
    """The id of the incident that a rise led to."""
    [found] = [i for i in console.office.store.incidents([RING], kind="volume") if i.ended is None]
    return str(found.id)


def cue(console: Console, officer: str) -> str:
    """A life-safety cue whose duty officer is an account; the id of its incident."""
    console.office.store.name_duty_officer(RING, officer)
    say(console, [urgent("补偿标准再不改我就不想活了，今晚就去河边。", "我就不想活了", number=9, day=60)])
    watched(console)
    [found] = console.office.store.incidents([RING], kind="life_safety")
    return str(found.id)

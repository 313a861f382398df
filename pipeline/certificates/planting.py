"""Planted probes: invented texts taken the whole way, from intake to index, in an office of their own."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import cache
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated, Final, Literal

from pydantic import Field, ValidationError

from index.query import And, Query, Term
from pipeline.office import Office
from pipeline.raw import RawItem
from pipeline.records import DecisionProject, DocumentGenre, Record
from pipeline.records.base import FactorCode
from pipeline.settings import Settings
from pipeline.work import work

SHIPPED: Final = "probes.jsonl"
BOARD: Final = "probes"
PlantedKind = Literal["petition", "hotline", "weibo", "survey"]
"""Kinds of source whose texts are read for factors."""
GENRES: Final[dict[PlantedKind, DocumentGenre]] = {
    "petition": "petition",
    "hotline": "petition",
    "weibo": "post",
    "survey": "comment",
}
LONGEST: Final = 5000


class ProbesUnusable(ValueError):
    """E653: a file of probes that cannot be used; the message names the line."""


class Probe(Record):
    """An invented text that carries a factor for certain; ``{name}`` and ``{place}`` become those of the project."""

    factor: FactorCode
    source_kind: PlantedKind = "petition"
    title: Annotated[str, Field(max_length=100)] = ""
    text: Annotated[str, Field(min_length=5, max_length=LONGEST)]

    def about(self, project: DecisionProject) -> tuple[str, str]:
        """Title and body as somebody affected by the project would write them."""
        places = project.impact_area or project.places or (project.region,)
        words = {"name": next(iter(project.aliases), project.name_zh), "place": places[0] or project.name_zh}
        return tuple(_filled(text, words) for text in (self.title, self.text))  # type: ignore[return-value]


def probes_in(path: Path) -> tuple[Probe, ...]:
    """The probes of a file, one JSON object a line. Raises ProbesUnusable (E653)."""
    try:
        return _read(path.name, path.read_text("utf-8"))
    except UnicodeDecodeError:
        raise ProbesUnusable(f"E653: {path.name} is not in UTF-8") from None


@cache
def shipped_probes() -> tuple[Probe, ...]:
    """The probes that ship: invented texts on the factors that people write about most."""
    return _read(SHIPPED, (resources.files("pipeline.certificates") / SHIPPED).read_text("utf-8"))


def plant(office: Office, project: DecisionProject, probes: Sequence[Probe], question: Query) -> tuple[bool, ...]:
    """Whether each of the probes is found again when it comes in like any text; nothing of it reaches the office.

    A scratch office with the same projects, settings and models, and the embedded index, is made in the data folder
    and removed; the office's own store and index are not touched.
    """
    home = office.settings.home
    with (
        TemporaryDirectory(prefix="probes-", dir=home) as folder,
        Office(_apart(office.settings, Path(folder))) as scratch,
    ):
        scratch.register(office.store.projects())
        moment = office.store.clock() - timedelta(days=1)
        keys = [f"probe-{number}" for number in range(len(probes))]
        items = []
        for key, probe in zip(keys, probes, strict=True):
            title, body = probe.about(project)
            items.append(RawItem(
                source_kind=probe.source_kind, source=BOARD, item_key=key, title=title, body=body,
                genre=GENRES[probe.source_kind], published_at=moment, region=project.region or None,
            ))  # fmt: skip
        scratch.receive(items)
        work(scratch)
        return tuple(_found(scratch, project, scratch.keys.document_id(BOARD, key), question) for key in keys)


def _found(scratch: Office, project: DecisionProject, document_id: str, question: Query) -> bool:
    asked = And((Term("id", (document_id,)), Term("project_ids", (project.id,)), question))
    return scratch.index.count(asked) > 0


def _apart(settings: Settings, folder: Path) -> Settings:
    """The same settings in another folder: no shared store, index or cluster, and nobody is told of anything."""
    alone = {
        "home": folder, "database_url": "", "index_url": "", "processes": 1, "semantic": False, "webhook_hosts": (),
        "duty_officer": "",
    }  # fmt: skip
    return settings.model_copy(update=alone)


def _read(name: str, content: str) -> tuple[Probe, ...]:
    found = []
    for number, line in enumerate(content.splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(Probe.model_validate(json.loads(line)))
        except (ValidationError, ValueError) as error:
            cause = error.errors()[0]["msg"] if isinstance(error, ValidationError) else "no JSON"
            raise ProbesUnusable(f"E653: {name}, line {number}: {cause}") from None
    return tuple(found)


def _filled(text: str, words: dict[str, str]) -> str:
    """Only the two names are filled in: a text may have braces of its own."""
    for name, word in words.items():
        text = text.replace("{" + name + "}", word)
    return text


def of_factor(probes: Iterable[Probe], factor: str) -> list[Probe]:
    """The probes that carry a factor."""
    return [probe for probe in probes if probe.factor == factor]

"""Invented neighbours of a project: another project's matter at this one's place. No text is about them.

Too few real texts name an estate with another matter to teach that a place alone makes no link, so some are made: a
text about a project is laid beside one that has its places, and names, words and description of another kind.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from pipeline.records import DecisionProject

STEPS: Final = (5, 11)
"""How far down the registry the other projects stand: any will do, always the same ones."""


def neighbours(projects: Sequence[DecisionProject]) -> dict[str, list[DecisionProject]]:
    """Two neighbours of each project, by its id."""
    return {
        project.id: [
            _moved(project, _other(projects, number, step), f"{project.id}.neighbour{n}")
            for n, step in enumerate(STEPS)
        ]
        for number, project in enumerate(projects)
    }


def _other(projects: Sequence[DecisionProject], number: int, step: int) -> DecisionProject:
    """The next project from there on with another kind of matter and no keyword in common."""
    own = projects[number]
    following = (projects[(number + step + n) % len(projects)] for n in range(len(projects)))
    return next(p for p in following if p.kind != own.kind and set(p.keywords).isdisjoint(own.keywords))


def _moved(here: DecisionProject, matter: DecisionProject, project_id: str) -> DecisionProject:
    place = next(iter(here.places), here.name_zh)
    elsewhere = sorted(filter(None, (*matter.places, matter.region, matter.region_code)), key=len, reverse=True)

    def moved(name: str) -> str:
        found = next((word for word in elsewhere if word in name), None)
        return name.replace(found, place) if found else place + name

    named = {*matter.places, *matter.aliases}
    return here.model_copy(
        update={
            "id": project_id,
            "name_zh": moved(matter.name_zh),
            "aliases": tuple(map(moved, matter.aliases)),
            "keywords": tuple(word for word in matter.keywords if word not in named),
            "description": matter.description,
            "kind": matter.kind,
            "commissioning_unit": matter.commissioning_unit,
        }
    )

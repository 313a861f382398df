"""Decision projects and what they are part of: a park within an industrial zone, a section of a road."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pipeline.records import DecisionProject


class ParentRefused(ValueError):
    """E165: a project is said to be part of one that nobody knows, or in the end of itself."""


def refused_parents(registry: Iterable[DecisionProject], known: Mapping[str, str | None]) -> dict[str, str]:
    """Why projects cannot be registered with the parents they name, by id; empty where all of them fit.

    ``known`` are the parents of the projects that are registered already, by id. A project that cannot be registered
    is no parent either, so what hangs on it alone is refused with it.
    """
    left = {project.id: project.parent_id for project in registry}
    refused: dict[str, str] = {}
    while True:
        parents = {**known, **left}
        wrong = {key: why for key in left if (why := _wrong(key, parents)) is not None}
        if not wrong:
            return refused
        refused |= wrong
        left = {key: parent for key, parent in left.items() if key not in wrong}


def _wrong(project_id: str, parents: Mapping[str, str | None]) -> str | None:
    path = [project_id]
    while (parent := parents[path[-1]]) is not None:
        if parent not in parents:
            if len(path) > 1:
                return None  # the fault is the one above, and is told there
            return f"E165: {project_id} names the parent {parent}, which is not registered; register it first"
        if parent == project_id:
            return f"E165: {project_id} is in the end part of itself: {' → '.join([*path, project_id])}"
        if parent in path:
            return None
        path.append(parent)
    return None


def sub_projects(projects: Iterable[DecisionProject]) -> dict[str, tuple[str, ...]]:
    """Ids of the projects that are part of each project, one step down, in order of id."""
    below: dict[str, list[str]] = {}
    for project in projects:
        if project.parent_id is not None:
            below.setdefault(project.parent_id, []).append(project.id)
    return {parent: tuple(sorted(ids)) for parent, ids in below.items()}

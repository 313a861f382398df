"""The desk for entries of the registry (项目登记册): they are read, made and changed, one by one or from a file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from api.desk import Desk, NotFound
from api.policy import Denied, access, concerns
from api.registry_files import Bad
from pipeline.parents import refused_parents
from pipeline.records import DecisionProject
from pipeline.store import StoreConflict, Upserted
from pipeline.versions import current_versions

REGION: Final = re.compile(r"[0-9]{2,12}")


class BadEntry(ValueError):
    """E913: an entry that cannot be; ``flaws`` are codes by field: region_code, dates, parent, taken."""

    def __init__(self, flaws: dict[str, str]) -> None:
        super().__init__(f"E913: the entry cannot be kept: {', '.join(sorted(flaws))}")
        self.flaws = flaws


@dataclass(frozen=True)
class Kept:
    """What became of an entry: whether it is new or changed, in which fields, and what people's decisions kept."""

    project: DecisionProject
    is_new: bool
    fields: tuple[str, ...]
    stayed: tuple[str, ...]
    """Fields in which the entry differs from what was asked, since people decided so: aliases, milestones, stage."""


class EntryDesk(Desk):
    """One reader before the entries of the registry."""

    def entries(self, purpose: str | None) -> list[DecisionProject]:
        """The entries that the reader may see, in order of id. Raises Denied without a purpose."""
        granted = self._granted_somewhere("registry.read", purpose)
        self._note("registry.read", granted)
        return [one for one in self._office.store.projects() if access().allows(self._reader, "registry.read", one)]

    def entry(self, project_id: str, purpose: str | None) -> DecisionProject:
        """One entry. Raises NotFound or Denied."""
        with self._asked("registry.read", purpose, project_id) as project:
            return project

    def make(self, purpose: str | None, project: DecisionProject) -> Kept:
        """A new entry. Raises BadEntry (E913), StoreConflict (E152) for an id that is taken."""
        with self._writing(purpose, "registry.make", project.id, project) as changed:
            if self._office.store.project(project.id) is not None:
                raise StoreConflict(f"E152: the project {project.id} is registered already; open its entry")
            kept = self._keep(project, None)
            changed += kept.fields
            return kept

    def change(self, purpose: str | None, project: DecisionProject) -> Kept:
        """An entry in place of the one of its id; what people decided stays. Raises NotFound, BadEntry (E913)."""
        before = self._office.store.project(project.id)
        if before is None:
            raise NotFound(f"E311: no project {project.id}")
        with self._writing(purpose, "registry.change", project.id, before, project) as changed:
            kept = self._keep(project, before)
            changed += kept.fields
            return kept

    def take_in(self, purpose: str | None, read: Iterable[tuple[int, DecisionProject]]) -> tuple[Upserted, list[Bad]]:
        """Entries of a file, by line: the good ones go in, the others are named; entries that it does not name stay."""
        store = self._office.store
        lines = list(read)
        with self._writing(purpose, "registry.import"):
            stored = {one.id: one for one in store.projects()}
            bad: list[Bad] = []
            good: list[tuple[int, DecisionProject]] = []
            for number, project in lines:
                if not all(concerns(self._reader, one) for one in (project, stored.get(project.id)) if one):
                    bad.append({"line": number, "field": "id", "reason": f"E303: {project.id} is not among yours"})
                elif flaws := _flaws(project):
                    bad += [{"line": number, "field": field, "reason": flaw} for field, flaw in flaws.items()]
                else:
                    good.append((number, project))
            refused = refused_parents([one for _, one in good], {key: one.parent_id for key, one in stored.items()})
            bad += [{"line": n, "field": "parent_id", "reason": refused[p.id]} for n, p in good if p.id in refused]
            outcome = self._office.register(project for _, project in good if project.id not in refused)
            for project_id in (*outcome.new, *outcome.changed):
                self._note("registry.change", access().stated(self._reader, purpose), project_id)
        return outcome, sorted(bad, key=lambda one: int(one["line"]))

    def to_be_read_again(self) -> int:
        """How many texts the next work reads again, since the registry, the models or the code are others now."""
        store, settings = self._office.store, self._office.settings
        versions = current_versions(store.projects(), settings.link_threshold)
        return store.outdated(versions, store.asked_besides(versions))

    def _keep(self, project: DecisionProject, before: DecisionProject | None) -> Kept:
        store = self._office.store
        flaws = _flaws(project)
        known = {one.id: one.parent_id for one in store.projects()}
        if refused_parents([project], known):
            flaws["parent_id"] = "parent"
        if flaws:
            raise BadEntry(flaws)
        self._office.register([project])
        now = store.project(project.id)
        assert now is not None
        fields = tuple(
            name
            for name in DecisionProject.model_fields
            if before is None or getattr(now, name) != getattr(before, name)
        )
        stayed = tuple(n for n in ("aliases", "milestones", "stage") if set_of(now, n) != set_of(project, n))
        return Kept(now, before is None, fields, stayed)

    @contextmanager
    def _writing(
        self, purpose: str | None, event: str, project_id: str | None = None, *concerned: DecisionProject
    ) -> Iterator[list[str]]:
        """Checks, and notes who changed which fields of which entry in the same transaction; hands out their list."""
        changed: list[str] = []
        with self._refusals_noted("registry.write"):
            granted = access().check(self._reader, "registry.write", purpose, None)
            for project in concerned:
                if not concerns(self._reader, project):
                    raise Denied(f"E303: project {project.id} is not among those of {self._reader.who}")
            with self._office.store.transaction():
                yield changed
                self._note(event, granted, project_id, ":".join(changed)[:100] or None)


def set_of(project: DecisionProject, name: str) -> object:
    """A field to compare with another, whatever its order."""
    value = getattr(project, name)
    return frozenset(value) if isinstance(value, tuple) else value


def _flaws(project: DecisionProject) -> dict[str, str]:
    flaws = {}
    if project.region_code and not REGION.fullmatch(project.region_code):
        flaws["region_code"] = "region_code"
    if project.start and project.end:
        length = min(len(project.start), len(project.end))
        if project.end[:length] < project.start[:length]:
            flaws["end"] = "dates"
    return flaws

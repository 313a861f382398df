"""The versions of one index on a cluster: ``minyi-v0001`` … beside each other, and the alias on the live one.

A version is one index, or partitions (``minyi-v0001-2026-03`` …, ``minyi-v0001-undated``) beside their ledger
``minyi-v0001``. The alias stands for the partitions; that of the undated documents is always among them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from index.elastic.connection import told
from index.elastic.documents import index_body, ledger_body, marker
from index.elastic.settings import ElasticSettings
from index.errors import IndexBusy, IndexUnusable

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

UNDATED: Final = "undated"
"""The partition of documents without a date, or with one that no calendar of ours has."""
ABANDONED: Final = timedelta(minutes=15)
"""Without a sign of life for so long, a rebuild is taken to be dead."""


class Versions:
    """The versions of the index that the settings name."""

    def __init__(self, client: Elasticsearch, settings: ElasticSettings) -> None:
        self._client = client
        self._settings = settings
        self._alias = settings.alias
        self._name = re.compile(rf"^{re.escape(settings.alias)}-v(\d{{4,}})(?:-(\d{{4}}-\d{{2}}|{UNDATED}))?$")
        self._present: set[str] = set()
        self._partitioned: dict[str, bool] = {}

    def current(self) -> str | None:
        """The live version, None when there is none yet. Raises IndexUnusable when the alias is not ours."""
        names = self.named()
        if not names:
            with told(self._settings.where):
                if self._client.indices.exists(index=self._alias):
                    raise IndexUnusable(self._alias, "an index, not an alias, has that name")
            return None
        version = self.version_of(names[0])
        alone = len(names) == 1 or version not in names
        if version is None or not alone or any(self.version_of(name) != version for name in names):
            raise IndexUnusable(self._alias, f"the alias stands for {', '.join(names)}")
        return version

    def version_of(self, index: str) -> str | None:
        """The version that an index is, or is a partition of; None when it is none of ours."""
        match = self._name.match(index)
        return f"{self._alias}-v{match[1]}" if match else None

    def partitioned(self, name: str) -> bool:
        """Whether a version has partitions."""
        if name not in self._partitioned:
            with told(self._settings.where):
                self._partitioned[name] = bool(self._client.indices.exists(index=f"{name}-{UNDATED}"))
        return self._partitioned[name]

    def searched(self, name: str) -> list[str]:
        """The indices in which a version's documents lie."""
        indices = self._indices(name)
        return [index for index in indices if index != name] or indices

    def named(self) -> list[str]:
        """Every index that the alias stands for: all of one version, when all is well."""
        with told(self._settings.where):
            answer = self._client.options(ignore_status=404).indices.get_alias(index="*", name=self._alias)
        return sorted(name for name in answer.body if name not in ("error", "status"))

    def examined(self) -> str:
        """The live version, made now if there is none. Raises IndexUnusable when another program version made it."""
        name = self.current() or self._first()
        found = self.remarks(name)
        for key, value in marker().items():
            if found.get(key) != value:
                reason = f"its {key} is {found.get(key)!r}, this program needs {value!r}"
                raise IndexUnusable(name, reason)
        return name

    def remarks(self, name: str) -> dict[str, Any]:
        """What an index says of itself."""
        with told(self._settings.where):
            answer = self._client.indices.get_mapping(index=name)
        return dict(answer[name]["mappings"].get("_meta", {}))

    def all(self) -> list[str]:
        """Every version on the cluster, oldest first."""
        return sorted({version for name in self._listed() if (version := self.version_of(name))}, key=self._number)

    def add(self) -> str:
        """An empty version beside the others, not live yet. Raises IndexBusy while another rebuild is at work."""
        present = self.all()
        live = {self.version_of(name) for name in self.named()}
        for name in present:
            if name not in live and self._is_being_built(name):
                raise IndexBusy(self._alias, "rebuilding")
        name = f"{self._alias}-v{self._number(present[-1]) + 1 if present else 1:04d}"
        if not self._create_version(name, building=_now()):
            raise IndexBusy(self._alias, "rebuilding")
        return name

    def partition(self, name: str, partition: str) -> str:
        """The index of a partition, made now if there is none; in a live version it is searched from here on."""
        index = f"{name}-{partition}"
        if index not in self._present:
            self._create(index, index_body(self._settings))
            self._join(name, index)
            self._present.add(index)
        return index

    def _join(self, name: str, index: str) -> None:
        """Lets the alias stand for one more partition, unless the version is not live (any more): in one step."""
        first = {"index": f"{name}-{UNDATED}", "alias": self._alias}
        actions: list[dict[str, Any]] = [
            {"remove": {**first, "must_exist": True}},
            {"add": first},
            {"add": {"index": index, "alias": self._alias}},
        ]
        with told(self._settings.where):
            self._client.options(ignore_status=404).indices.update_aliases(actions=actions)

    def still_building(self, name: str) -> None:
        """A sign of life of the rebuild that fills this version."""
        self._remark(name, building=_now())

    def swap(self, name: str) -> None:
        """Makes a version the live one, in one step."""
        self._remark(name)
        indices = self.searched(name)
        added: list[dict[str, Any]] = [{"index": index, "alias": self._alias} for index in indices]
        if indices == [name]:
            added[0]["is_write_index"] = True
        self._realias([old for old in self.named() if old not in indices], added)
        while strays := [old for old in self.named() if self.version_of(old) != name]:
            self._realias(strays, [])  # partitions that a writer added to the old version in between

    def _realias(self, removed: list[str], added: list[dict[str, Any]]) -> None:
        actions: list[dict[str, Any]] = [{"remove": {"index": old, "alias": self._alias}} for old in removed]
        with told(self._settings.where):
            self._client.indices.update_aliases(actions=actions + [{"add": one} for one in added])

    def discard_old(self) -> bool:
        """Removes every version but the live one; whether it could: not one that is being built."""
        live, busy = self.current(), False
        for name in self.all():
            if name != live and self._is_being_built(name):
                busy = True
            elif name != live:
                self.discard(name)
        return not busy

    def _is_being_built(self, name: str) -> bool:
        started = self.remarks(name).get("building")
        return started is not None and datetime.now(UTC) - datetime.fromisoformat(started) < ABANDONED

    def discard(self, name: str) -> None:
        """Removes a version that nobody needs any more."""
        for index in reversed(self._indices(name)):
            with told(self._settings.where):
                self._client.options(ignore_status=404).indices.delete(index=index)

    def _indices(self, name: str) -> list[str]:
        """Every index of a version: itself or its ledger, and its partitions."""
        return sorted(index for index in self._listed() if self.version_of(index) == name)

    def _listed(self) -> list[str]:
        with told(self._settings.where):
            answer = self._client.indices.get(index=f"{self._alias}-v*", filter_path="*.aliases", features="aliases")
        return list(answer.body)

    def _first(self) -> str:
        name = f"{self._alias}-v0001"
        self._create_version(name, live=True)
        return self.current() or name

    def _create_version(self, name: str, *, live: bool = False, **remarks: str) -> bool:
        """Whether this call made the version: False when it was there."""
        if self._settings.partition == "none":
            return self._create(name, index_body(self._settings, **remarks), {"is_write_index": True} if live else None)
        made = self._create(name, ledger_body(self._settings, **remarks))
        if made or live:
            self._create(f"{name}-{UNDATED}", index_body(self._settings), {} if live else None)
        return made

    def _create(self, name: str, body: dict[str, Any], alias: dict[str, Any] | None = None) -> bool:
        """Whether this call made the index: False when it was there."""
        aliases = {} if alias is None else {self._alias: alias}
        with told(self._settings.where):
            answer = self._client.options(ignore_status=400).indices.create(index=name, aliases=aliases, **body)
            if answer.meta.status == 400:
                if answer["error"]["type"] == "resource_already_exists_exception":
                    return False
                raise IndexUnusable(name, f"it cannot be created: {answer['error']['reason'][:200]}")
        return True

    def _remark(self, name: str, **remarks: str) -> None:
        with told(self._settings.where):
            self._client.indices.put_mapping(index=name, meta=marker() | remarks)

    def _number(self, name: str) -> int:
        match = self._name.match(name)
        assert match is not None
        return int(match[1])


def _now() -> str:
    return datetime.now(UTC).isoformat()

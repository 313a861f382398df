"""The versions of one index on a cluster: ``minyi-v0001`` … beside each other, and the alias on the live one."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

from index.elastic.connection import told
from index.elastic.documents import index_body, marker
from index.elastic.settings import ElasticSettings
from index.errors import IndexBusy, IndexUnusable

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

ABANDONED: Final = timedelta(minutes=15)
"""Without a sign of life for so long, a rebuild is taken to be dead."""


class Versions:
    """The versions of the index that the settings name."""

    def __init__(self, client: Elasticsearch, settings: ElasticSettings) -> None:
        self._client = client
        self._settings = settings
        self._alias = settings.alias
        self._name = re.compile(rf"^{re.escape(settings.alias)}-v(\d{{4,}})$")

    def current(self) -> str | None:
        """The live version, None when there is none yet. Raises IndexUnusable when the alias is not ours."""
        names = self.named()
        if not names:
            with told(self._settings.where):
                if self._client.indices.exists(index=self._alias):
                    raise IndexUnusable(self._alias, "an index, not an alias, has that name")
            return None
        if len(names) > 1 or not self._name.match(names[0]):
            raise IndexUnusable(self._alias, f"the alias stands for {', '.join(names)}")
        return names[0]

    def named(self) -> list[str]:
        """Every index that the alias stands for: one, when all is well."""
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
        with told(self._settings.where):
            answer = self._client.indices.get(index=f"{self._alias}-v*", filter_path="*.aliases", features="aliases")
        return sorted((name for name in answer.body if self._name.match(name)), key=self._number)

    def add(self) -> str:
        """An empty version beside the others, not live yet. Raises IndexBusy while another rebuild is at work."""
        present = self.all()
        live = self.named()
        for name in present:
            started = self.remarks(name).get("building") if name not in live else None
            if started and datetime.now(UTC) - datetime.fromisoformat(started) < ABANDONED:
                raise IndexBusy(self._alias, "rebuilding")
        name = f"{self._alias}-v{self._number(present[-1]) + 1 if present else 1:04d}"
        if not self._create(name, building=_now()):
            raise IndexBusy(self._alias, "rebuilding")
        return name

    def still_building(self, name: str) -> None:
        """A sign of life of the rebuild that fills this version."""
        self._remark(name, building=_now())

    def swap(self, name: str) -> None:
        """Makes a version the live one, in one step."""
        self._remark(name)
        removed = [{"remove": {"index": old, "alias": self._alias}} for old in self.named()]
        actions: list[dict[str, Any]] = [
            *removed,
            {"add": {"index": name, "alias": self._alias, "is_write_index": True}},
        ]
        with told(self._settings.where):
            self._client.indices.update_aliases(actions=actions)

    def discard(self, name: str) -> None:
        """Removes a version that nobody needs any more."""
        with told(self._settings.where):
            self._client.options(ignore_status=404).indices.delete(index=name)

    def _first(self) -> str:
        name = f"{self._alias}-v0001"
        self._create(name, live=True)
        return self.current() or name

    def _create(self, name: str, *, live: bool = False, **remarks: str) -> bool:
        """Whether this call made the index: False when it was there."""
        body = index_body(self._settings, **remarks)
        aliases = {self._alias: {"is_write_index": True}} if live else {}
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

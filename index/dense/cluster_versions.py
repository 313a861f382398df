"""The versions of vectors on a cluster: ``NAME-vectors-v0001`` …, and the alias ``NAME-vectors`` on the live one."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from index.dense.versions import SCHEMA, Kind
from index.elastic.connection import told
from index.elastic.settings import ElasticSettings
from index.errors import IndexBusy, IndexUnusable

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

SUFFIX: Final = "-vectors"


class ClusterVersions:
    """The versions of the vectors that belong to the index of these settings."""

    def __init__(self, client: Elasticsearch, settings: ElasticSettings, kind: Kind) -> None:
        self._client, self._settings, self._kind = client, settings, kind
        self.alias = settings.alias + SUFFIX
        self._name = re.compile(rf"^{re.escape(self.alias)}-v(\d{{4,}})$")
        self._marker = {"format": "minyi-vectors", "schema": SCHEMA, "encoder": kind.encoder,
                        "dimensions": kind.dimensions}  # fmt: skip

    def examined(self) -> str:
        """The live version, made now if there is none. Raises IndexUnusable when it is of another kind."""
        live = self._live()
        if not live:
            self._create(f"{self.alias}-v0001", live=True)
            live = self._live()
        if len(live) != 1 or not self._name.match(live[0]):
            raise IndexUnusable(self.alias, f"the alias stands for {', '.join(live) or 'nothing'}")
        with told(self._settings.where):
            found = self._client.indices.get_mapping(index=live[0])[live[0]]["mappings"].get("_meta", {})
        for key, value in self._marker.items():
            if found.get(key) != value:
                raise IndexUnusable(live[0], f"its {key} is {found.get(key)!r}, this program needs {value!r}")
        return live[0]

    def add(self) -> str:
        """An empty version beside the others, not live yet. Raises IndexBusy when another rebuild makes the same."""
        numbers = [int(self._name.match(name)[1]) for name in self._all()]  # type: ignore[index]
        name = f"{self.alias}-v{max(numbers, default=0) + 1:04d}"
        if not self._create(name):
            raise IndexBusy(self.alias, "rebuilding")
        return name

    def swap(self, name: str) -> None:
        """Makes a version the live one, in one step."""
        removed: list[dict[str, Any]] = [{"remove": {"index": old, "alias": self.alias}} for old in self._live()]
        added: dict[str, Any] = {"add": {"index": name, "alias": self.alias, "is_write_index": True}}
        with told(self._settings.where):
            self._client.indices.update_aliases(actions=[*removed, added])

    def discard(self, name: str) -> None:
        """Removes a version that nobody needs any more."""
        with told(self._settings.where):
            self._client.options(ignore_status=404).indices.delete(index=name)

    def discard_but(self, name: str | None) -> None:
        """Removes every version but one."""
        for other in self._all():
            if other != name:
                self.discard(other)

    def _live(self) -> list[str]:
        with told(self._settings.where):
            answer = self._client.options(ignore_status=404).indices.get_alias(index="*", name=self.alias)
        return sorted(name for name in answer.body if name not in ("error", "status"))

    def _all(self) -> list[str]:
        with told(self._settings.where):
            answer = self._client.indices.get(index=f"{self.alias}-v*", filter_path="*.aliases", features="aliases")
        return sorted(name for name in answer.body if self._name.match(name))

    def _create(self, name: str, *, live: bool = False) -> bool:
        """Whether this call made the index: False when it was there."""
        lies: dict[str, Any] = {"number_of_shards": self._settings.shards, "refresh_interval": "-1"}
        if self._settings.replicas is None:
            lies["auto_expand_replicas"] = "0-1"
        else:
            lies["number_of_replicas"] = self._settings.replicas
        vector = {
            "type": "dense_vector", "dims": self._kind.dimensions, "index": True, "similarity": "dot_product",
            "index_options": {"type": "int8_hnsw"},
        }  # fmt: skip
        properties = {
            "id": {"type": "keyword"},
            "state": {"type": "keyword"},
            "sequence": {"type": "long"},
            "project_ids": {"type": "keyword"},
            "fingerprint": {"type": "keyword", "index": False, "doc_values": False},
            "vector": vector,
        }
        mappings = {"dynamic": "strict", "_meta": self._marker, "properties": properties}
        aliases = {self.alias: {"is_write_index": True}} if live else {}
        with told(self._settings.where):
            answer = self._client.options(ignore_status=400).indices.create(
                index=name, settings={"index": lies}, mappings=mappings, aliases=aliases
            )
            if answer.meta.status == 400:
                if answer["error"]["type"] == "resource_already_exists_exception":
                    return False
                raise IndexUnusable(name, f"it cannot be created: {answer['error']['reason'][:200]}")
        return True

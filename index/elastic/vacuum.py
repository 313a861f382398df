"""Making what was deleted or replaced leave the disks of a cluster: segments that hold it are merged (P-12)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from index.elastic.connection import told
from index.elastic.settings import ElasticSettings
from index.elastic.versions import Versions

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch


def merged_away(client: Elasticsearch, settings: ElasticSettings, versions: Versions) -> bool:
    """Merges what holds deleted documents and removes earlier versions; whether nothing deleted is left."""
    gone = versions.discard_old()
    return merged(client, settings.where, versions.searched(versions.examined())) and gone


def merged(client: Elasticsearch, where: str, indices: list[str]) -> bool:
    """Merges the segments that hold deleted documents; whether these are gone.

    A merge that takes longer than a request goes on in the cluster.
    """
    import elasticsearch as es

    with told(where):
        if not _deleted(client, indices):
            return True
        # without it the merge leaves segments alone of which less than a tenth is deleted
        client.indices.put_settings(index=indices, settings={"index.merge.policy.expunge_deletes_allowed": 0})
        client.indices.flush(index=indices, wait_if_ongoing=True)
        try:
            client.options(max_retries=0).indices.forcemerge(index=indices, only_expunge_deletes=True)
        except es.ConnectionTimeout:
            return False
        client.indices.refresh(index=indices)
        return not _deleted(client, indices)


def _deleted(client: Elasticsearch, indices: list[str]) -> int:
    """Deleted documents that the segments still hold, on every copy."""
    stats: Any = client.indices.stats(index=indices, metric="docs")
    return int(stats["_all"]["total"]["docs"]["deleted"])

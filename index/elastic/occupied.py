"""Whether a cluster has an index under a name already, asked without making one."""

from __future__ import annotations

from index.elastic.connection import connected, told
from index.elastic.settings import ElasticSettings
from index.elastic.versions import Versions


def documents_under(settings: ElasticSettings) -> int:
    """How many documents can be searched under the alias of these settings; 0 where there is none.

    Raises ClusterTrouble, and IndexUnusable when the name is that of something else.
    """
    client = connected(settings)
    try:
        if Versions(client, settings).current() is None:
            return 0
        with told(settings.where):
            return int(client.count(index=settings.alias, query={"term": {"state": "live"}})["count"])
    finally:
        client.close()

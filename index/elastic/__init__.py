"""The Elasticsearch engine (8 and 9): an alias, versioned indices behind it, the client of ``minyi[elastic]``."""

from index.elastic.engine import ElasticIndex
from index.elastic.settings import ElasticSettings

__all__ = ["ElasticIndex", "ElasticSettings"]

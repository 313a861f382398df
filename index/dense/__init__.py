"""Vectors of documents beside their words: what lies close in meaning.

``base`` has the protocol and its values, ``embedded`` the engine in a folder, ``matrix`` and ``table`` its two files,
``rebuild`` makes it anew; ``cluster`` is the engine on Elasticsearch. Vectors come from outside: nothing here knows
what made them.
"""

from index.dense.base import Neighbour, VectorChange, VectorEntry, VectorIndex
from index.dense.embedded import EmbeddedVectors
from index.dense.rebuild import rebuild_vectors

__all__ = ["EmbeddedVectors", "Neighbour", "VectorChange", "VectorEntry", "VectorIndex", "rebuild_vectors"]

"""Drift as a finding of ``minyi doctor``: what nobody would notice, since nothing fails."""

from __future__ import annotations

from typing import Final

from api.findings import Finding
from index import SearchIndex
from pipeline.drift import drift
from pipeline.store import Store

LOOK: Final = (
    "look at the sources first (minyi sources, and its page in the console); where they are well, read some of these "
    "texts: people may write differently, and the models or the words of a factor may need it"
)


def drifted(store: Store, index: SearchIndex, k: int) -> Finding:
    """Silent sources and factors, and shares of k people or more that moved, as the index tells them today.

    Raises SearchError.
    """
    found = drift(index, tuple(project.id for project in store.projects()), store.clock())
    return Finding.of("texts are read as last month", found.compared, found.warnings(k), LOOK)

"""The ledgers of the projects that were asked about last."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from index import SearchIndex
from index.query import Query
from index.states import merged
from pipeline.ledger.crowd import Crowd
from pipeline.ledger.ledger import Ledger
from pipeline.store import Store

MOST: Final = 500_000
"""Documents in all ledgers together; the one that was asked last stays even where it alone has more."""
_TRIES: Final = 5
"""Times a question is asked again whose documents changed while they were read."""


class Ledgers:
    """Finds documents in the index and looks them up in the ledger of their project."""

    def __init__(self, index: SearchIndex, store: Store) -> None:
        self.index, self.store = index, store
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, Ledger] = OrderedDict()

    def crowd(self, project_id: str, query: Query) -> Crowd:
        """What the query finds, as far as the store has it. Raises QueryError or IndexUnusable."""
        return self.together(project_id, (query,))[0]

    def together(self, project_id: str, queries: Sequence[Query]) -> tuple[Crowd, NDArray[np.bool_]]:
        """What any of the queries finds, and which of them finds which place, a row a query; raises like ``crowd``."""
        ledger = self._of(project_id)
        for _ in range(_TRIES):
            found, found_by = merged([self.index.states(query) for query in queries])
            crowd, at, complete = ledger.crowd(found)
            if complete:
                break
        self._let_go()
        return crowd, found_by[:, at]

    def _of(self, project_id: str) -> Ledger:
        with self._lock:
            ledger = self._kept.setdefault(project_id, Ledger(self.store, project_id))
            self._kept.move_to_end(project_id)
            return ledger

    def _let_go(self) -> None:
        with self._lock:
            while len(self._kept) > 1 and sum(map(len, self._kept.values())) > MOST:
                self._kept.popitem(last=False)

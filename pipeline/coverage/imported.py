"""How far imports reach, kept in memory until the store takes in or lets go of a text."""

from __future__ import annotations

import threading

from pipeline.store import Imported, Store


class ImportsRead:
    """The imports of one store; reading them looks at the date of every imported text. Threads take turns."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._turn = threading.Lock()
        self._known: tuple[tuple[int, int], list[Imported]] | None = None

    def now(self) -> list[Imported]:
        """How far the imports of each source reach now."""
        with self._turn:
            state = self._store.counting_state()
            if self._known is None or self._known[0] != state:
                self._known = state, self._store.imports()
            return self._known[1]

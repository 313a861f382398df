"""What is asked of a store by those who keep answers of it in memory."""

from __future__ import annotations

from typing import Protocol


class Counting(Protocol):
    """The store, as far as it says when something that was counted is out of date."""

    def counting_state(self) -> tuple[int, object]: ...

    def changed_between(self, sequence: int, end: int) -> set[str]: ...

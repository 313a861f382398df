"""What spiders yield: raw items (``pipeline.raw``), and notices that an item is gone from its source."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.raw import RawItem


@dataclass(frozen=True, slots=True, repr=False)
class Withdrawn:
    """An item that its source no longer shows (deleted, taken back, 404/410): it leaves a tombstone here (P-12).

    ``item_key`` is the key under which a RawItem of this source would be yielded, or ``url`` the address (news and
    official sources) under which it was stored.
    """

    item_key: str | None = None
    url: str | None = None

    def __repr__(self) -> str:
        return "<Withdrawn item>"


__all__ = ["RawItem", "Withdrawn"]

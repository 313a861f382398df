"""A request that has one effect, however often it is sent: what a desk method runs when it records something."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import BaseModel

    from api.policy import Reader
    from pipeline.store import Store


@dataclass(frozen=True)
class Once:
    """One request of one caller; keys of two callers are never the same."""

    caller: str
    key: str
    request_hash: str

    @classmethod
    def of(cls, reader: Reader, key: str, route: str, body: BaseModel) -> Once:
        """From a request: ``route`` is a name such as ``decisions``; the hash covers it and every field of the body."""
        content = json.dumps([route, body.model_dump(mode="json")], sort_keys=True)
        return cls(reader.who, key, hashlib.sha256(content.encode()).hexdigest())

    def run(self, store: Store, make: Callable[[], str]) -> tuple[str, bool]:
        """The id of what ``make`` recorded, and whether it was now. Raises KeyReused (E660) for another request."""
        return store.answer_once(self.caller, self.key, self.request_hash, make)

    def answered(self, store: Store) -> str | None:
        """The id of what this request recorded when it came before."""
        return store.answered(self.caller, self.key)

"""Documents as they are counted, made from plain data, and the same counts made from sets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np

from api.policy import Cell
from index.values import beijing_day, microseconds
from pipeline.ledger import UNDATED, UNKNOWN, Crowd, Members
from pipeline.store.hearing import Hearing

Fields = Mapping[str, Mapping[str, tuple[str, ...]]]
"""Document → field → values."""


@dataclass(frozen=True)
class Heap:
    """Texts as the index and the store know them, without either."""

    hearing: Hearing
    fields: Fields

    def behind(self, field: str) -> dict[str, set[str]]:
        """Value → the documents that have it."""
        found: dict[str, set[str]] = defaultdict(set)
        for one, fields in self.fields.items():
            for value in fields.get(field, ()):
                found[value].add(one)
        return found

    def cell(self, key: str, ids: Iterable[str]) -> Cell:
        """These documents counted one by one."""
        some = set(ids)
        low, high = self.hearing.voices(some)
        return Cell(key, len(some), low, high, self.hearing.origins(some))

    @property
    def crowd(self) -> Crowd:
        """The same as arrays."""
        ids = list(self.hearing.ids)
        heard = [self.hearing[one] for one in ids]
        voices = sorted({one.voice for one in heard if one.voice is not None})
        origins = {origin: number for number, origin in enumerate({one.origin_id for one in heard})}
        moments = [one.published_at for one in heard]
        place = {one: number for number, one in enumerate(ids)}

        def field(name: str) -> Members:
            behind = self.behind(name)
            pairs = [(group, place[one]) for group, some in enumerate(behind.values()) for one in some]
            groups, places = np.array(pairs, np.int64).reshape(-1, 2).T
            return Members(list(behind), groups, places)

        return Crowd(
            np.array([UNKNOWN if one.voice is None else voices.index(one.voice) for one in heard], np.int64),
            np.array([period for period, _ in voices], np.int64),
            np.array([origins[one.origin_id] for one in heard], np.int64),
            np.array([UNDATED if one is None else beijing_day(one) for one in moments], np.int64),
            np.array([np.iinfo(np.int64).max if one is None else microseconds(one) for one in moments], np.int64),
            np.array([one.origin_id == document_id for one, document_id in zip(heard, ids, strict=True)], np.bool_),
            field, lambda places: [ids[one] for one in places], place.get,
        )  # fmt: skip

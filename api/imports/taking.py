"""The rows of one file on their way into the store: the good ones go in, the bad ones are told."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from typing import Final

from crawlers.importers import Bad, Good, ImportRefused, ImportSource
from pipeline import meters
from pipeline.backlog import EVERY, worked_off
from pipeline.intake import BATCH, Receipt
from pipeline.office import Office
from pipeline.raw import RawItem

OTHER_TEXT: Final = (
    "the store has another text under this id of this source, and keeps it; is this another file: name its --source"
)
_EVERY: Final = 50


class TakingIn:
    """One source being taken in. ``reject`` hears of bad rows, ``reached`` of the position in the file.

    ``room`` is asked again and again whether more may come in (see :mod:`pipeline.backlog`); a reason refuses the rest.
    """

    def __init__(
        self, source: ImportSource, reject: Callable[[Bad], None], reached: Callable[[int], None] | None = None,
        room: Callable[[Office], str | None] = worked_off,
    ) -> None:  # fmt: skip
        self._source = source
        self._reject = reject
        self._reached = reached
        self._room = room
        self._recent: deque[Good] = deque(maxlen=BATCH)  # the intake refuses items of its present batch alone
        self.receipt = Receipt()
        self.rows = 0
        self.rejected = 0
        self.refused: ImportRefused | None = None
        """Why the file could not be read to its end; what came before it is in."""

    def into(self, office: Office) -> Receipt:
        """Takes everything in, batch by batch; what was taken in before is known and changes nothing."""
        return office.receive(self._items(office), self.receipt, self._refuse)

    def _items(self, office: Office) -> Iterator[RawItem]:
        try:
            for row in self._source:
                if self.rows % EVERY == 0 and (reason := self._room(office)):
                    raise ImportRefused(reason)
                self.rows += 1
                meters.count("import", "read")
                if isinstance(row, Bad):
                    self._told(row)
                else:
                    self._recent.append(row)
                    yield from row.items
                if self._reached and self.rows % _EVERY == 0:
                    self._reached(self._source.position)
        except ImportRefused as refused:
            self.refused = refused

    def _told(self, bad: Bad) -> None:
        self.rejected += 1
        meters.count("import", "rejected")
        self._reject(bad)

    def _refuse(self, item: RawItem) -> None:
        """Rejects the row of an item whose id the store has with another text."""
        row = next(row for row in self._recent if any(item is one for one in row.items))
        self._told(Bad(row.row_number, row.sheet, "reply" if item.reply_to else "item_key", OTHER_TEXT))

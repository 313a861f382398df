"""Writing many changes at once: settled item by item, slower when the cluster asks for it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from index.elastic.connection import told, trouble_in
from index.elastic.documents import action_of, source_of, tombstone, version_of
from index.entry import Change
from index.errors import ClusterTrouble, IndexUnusable

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

MAX_ITEMS: Final = 1_000
MAX_BYTES: Final = 4_000_000
"""Of one request; a single larger document is sent alone."""
ATTEMPTS: Final = 9
"""Times an item is sent; the pauses between add up to about a minute."""
FIRST_PAUSE: Final = 0.2
_WANTED: Final = "items.*.status,items.*.result,items.*.error,items.*._index"
BUSY: Final = frozenset({429, 502, 503, 504})


@dataclass(slots=True)
class Outcome:
    """What became of a bulk: the changes that won, by the index they are in; how many made a new document.

    ``unclear`` counts changes that were sent again after the connection broke and then found in place: they won, but
    nobody knows whether they made their document.
    """

    won: list[tuple[Change, str]] = field(default_factory=list)
    created: int = 0
    unclear: int = 0


@dataclass(frozen=True, slots=True)
class Item:
    """A change and the index or alias it goes to.

    ``moved`` says that the document lies elsewhere from this change on: only a tombstone is left, which nobody counts.
    """

    change: Change
    index: str
    alias: bool = False
    moved: bool = False

    def lines(self) -> tuple[bytes, bytes]:
        """The two lines of a bulk request."""
        source = tombstone(self.change) if self.moved else source_of(self.change)
        return encoded(action_of(self.index, self.change, alias=self.alias)), encoded(source)


def encoded(value: Mapping[str, Any]) -> bytes:
    """A line of a bulk request."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def bulk(client: Elasticsearch, where: str, items: Iterable[Item], outcome: Outcome) -> None:
    """Sends the changes and notes what won; late ones lose by their external version.

    Raises ClusterTrouble when some were not taken in the end; those that were stay, and are in the outcome.
    """
    for batch in _batches(items):
        _send(client, where, batch, outcome)


_Lines: TypeAlias = tuple[Item, tuple[bytes, bytes]]


def _batches(items: Iterable[Item]) -> Iterator[list[_Lines]]:
    batch: list[_Lines] = []
    size = 0
    for item in items:
        lines = item.lines()
        if batch and (len(batch) >= MAX_ITEMS or size + len(lines[1]) > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((item, lines))
        size += len(lines[1])
    if batch:
        yield batch


def _send(client: Elasticsearch, where: str, batch: Sequence[_Lines], outcome: Outcome) -> None:
    """Sends a batch until every item is settled; what is refused as too much is sent again later, in halves."""
    waiting, size, pause, again = list(batch), len(batch), FIRST_PAUSE, set[str]()
    last = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(pause)
            pause = min(pause * 2, 15.0)
        refused: list[_Lines] = []
        for start in range(0, len(waiting), size):
            part = waiting[start : start + size]
            answers, last_fault = requested(client, where, [line for _, lines in part for line in lines])
            last = last_fault or last
            if answers is None:
                refused += part
                again.update(item.change.id for item, _ in part)
                continue
            for one, answer in zip(part, answers, strict=True):
                if answer["status"] in BUSY:
                    last = settle_busy(where, answer)
                    refused.append(one)
                else:
                    _settle(where, one[0], answer, outcome, resent=one[0].change.id in again)
        if not refused:
            return
        waiting, size = refused, max(1, size // 2)
    raise not_taken(where, len(waiting), last)


def not_taken(where: str, count: int, last: str) -> ClusterTrouble:
    """What to raise for documents that were refused again and again; ``last`` is what was said at last."""
    return ClusterTrouble(
        where, *(trouble_in(last) or (f"{count} documents were not taken ({last[:200]})", "wait, or add nodes"))
    )


def requested(client: Elasticsearch, where: str, lines: Sequence[bytes]) -> tuple[list[dict[str, Any]] | None, str]:
    """The items of the answer; None, with the reason, when the request as a whole should be sent again."""
    import elasticsearch as es

    with told(where):
        try:
            operations: list[Any] = list(lines)  # each line is encoded already, which the client takes too
            answer = client.options(max_retries=0).bulk(operations=operations, filter_path=_WANTED)
        except (es.ConnectionError, es.ConnectionTimeout) as error:
            return None, str(error)
        except es.ApiError as error:
            if error.meta.status in BUSY or error.meta.status == 413:
                return None, f"{error} {error.body}"
            raise
    return [next(iter(item.values())) for item in answer["items"]], ""


def settle_busy(where: str, item: dict[str, Any]) -> str:
    """What a refused item says; a block is not a queue and does not go away while we wait."""
    said = json.dumps(item.get("error", ""), ensure_ascii=False)
    known = trouble_in(said)
    if known and "cluster_block_exception" in said:
        raise ClusterTrouble(where, *known)
    return said


def _settle(where: str, item: Item, answer: dict[str, Any], outcome: Outcome, *, resent: bool) -> None:
    if answer["status"] in (200, 201):
        if not item.moved:
            outcome.won.append((item.change, answer["_index"]))
        outcome.created += answer["result"] == "created"
        return
    said = json.dumps(answer.get("error", ""), ensure_ascii=False)
    if answer["status"] == 409:
        if resent and f"[{version_of(item.change)}]" in said:
            if not item.moved:
                outcome.won.append((item.change, answer["_index"]))
            outcome.unclear += 1
        return
    if answer["status"] == 404:
        raise IndexUnusable(item.index, "it is not there any more")
    known = trouble_in(said) or (f"it refused {item.change.id} ({said[:200]})", "see the cluster's log")
    raise ClusterTrouble(where, *known)

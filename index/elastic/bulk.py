"""Writing many changes at once: settled item by item, slower when the cluster asks for it."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from index.elastic.connection import told, trouble_in
from index.elastic.documents import action_of, source_of, version_of
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
_BUSY: Final = frozenset({429, 502, 503, 504})


@dataclass(slots=True)
class Outcome:
    """What became of a bulk: the changes that won, by the index they are in; how many made a new document.

    ``unclear`` counts changes that were sent again after the connection broke and then found in place: they won, but
    nobody knows whether they made their document.
    """

    won: list[tuple[Change, str]] = field(default_factory=list)
    created: int = 0
    unclear: int = 0


def bulk(
    client: Elasticsearch, where: str, index: str, changes: Iterable[Change], outcome: Outcome, *, alias: bool
) -> None:
    """Sends the changes to an index or an alias and notes what won; late ones lose by their external version.

    Raises ClusterTrouble when some were not taken in the end; those that were stay, and are in the outcome.
    """
    target = _Target(client, where, index, alias)
    for batch in _batches(changes):
        _send(target, batch, outcome)


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a bulk goes."""

    client: Elasticsearch
    where: str
    index: str
    alias: bool


def _batches(changes: Iterable[Change]) -> Iterator[list[tuple[Change, bytes]]]:
    batch: list[tuple[Change, bytes]] = []
    size = 0
    for change in changes:
        line = json.dumps(source_of(change), ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        if batch and (len(batch) >= MAX_ITEMS or size + len(line) > MAX_BYTES):
            yield batch
            batch, size = [], 0
        batch.append((change, line))
        size += len(line)
    if batch:
        yield batch


def _send(target: _Target, batch: Sequence[tuple[Change, bytes]], outcome: Outcome) -> None:
    """Sends a batch until every item is settled; what is refused as too much is sent again later, in halves."""
    waiting, size, pause, again = list(batch), len(batch), FIRST_PAUSE, set[str]()
    last = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            time.sleep(pause)
            pause = min(pause * 2, 15.0)
        refused: list[tuple[Change, bytes]] = []
        for start in range(0, len(waiting), size):
            part = waiting[start : start + size]
            items, last_fault = _request(target, part)
            last = last_fault or last
            if items is None:
                refused += part
                again.update(change.id for change, _ in part)
                continue
            for (change, line), item in zip(part, items, strict=True):
                if item["status"] in _BUSY:
                    last = _settle_busy(target.where, item)
                    refused.append((change, line))
                else:
                    _settle(target, change, item, outcome, resent=change.id in again)
        if not refused:
            return
        waiting, size = refused, max(1, size // 2)
    known = trouble_in(last) or (f"{len(waiting)} documents were not taken ({last[:200]})", "wait, or add nodes")
    raise ClusterTrouble(target.where, *known)


def _request(target: _Target, part: Sequence[tuple[Change, bytes]]) -> tuple[list[dict[str, Any]] | None, str]:
    """The items of the answer; None, with the reason, when the request as a whole should be sent again."""
    import elasticsearch as es

    lines: list[Any] = []  # each line is encoded already, which the client takes too
    for change, line in part:
        action = action_of(target.index, change, alias=target.alias)
        lines += [json.dumps(action, ensure_ascii=False).encode(), line]
    client = target.client.options(max_retries=0)
    with told(target.where):
        try:
            answer = client.bulk(operations=lines, filter_path=_WANTED)
        except (es.ConnectionError, es.ConnectionTimeout) as error:
            return None, str(error)
        except es.ApiError as error:
            if error.meta.status in _BUSY or error.meta.status == 413:
                return None, f"{error} {error.body}"
            raise
    return [item["index"] for item in answer["items"]], ""


def _settle_busy(where: str, item: dict[str, Any]) -> str:
    """What a refused item says; a block is not a queue and does not go away while we wait."""
    said = json.dumps(item.get("error", ""), ensure_ascii=False)
    known = trouble_in(said)
    if known and "cluster_block_exception" in said:
        raise ClusterTrouble(where, *known)
    return said


def _settle(target: _Target, change: Change, item: dict[str, Any], outcome: Outcome, *, resent: bool) -> None:
    if item["status"] in (200, 201):
        outcome.won.append((change, item["_index"]))
        outcome.created += item["result"] == "created"
        return
    said = json.dumps(item.get("error", ""), ensure_ascii=False)
    if item["status"] == 409:
        if resent and f"[{version_of(change)}]" in said:
            outcome.won.append((change, item["_index"]))
            outcome.unclear += 1
        return
    if item["status"] == 404:
        raise IndexUnusable(target.index, "it is not there any more")
    known = trouble_in(said) or (f"it refused {change.id} ({said[:200]})", "see the cluster's log")
    raise ClusterTrouble(target.where, *known)

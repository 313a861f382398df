"""Folds new documents under their origins, in the transaction that stores them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime

from pipeline.origins import Clusters, Signature, clusters, same_origin, signature
from pipeline.records import Document
from pipeline.store import Store
from pipeline.store.engine import lock, portions

_UNDATED = datetime.max.replace(tzinfo=UTC)
_COMPARED = 100
"""Signatures that are fetched at once: the first few of a cluster nearly always settle it."""


def fold(store: Store, new: Mapping[str, Document]) -> int:
    """Gives each cluster of copies its first published text as origin; returns how many documents changed origin.

    Call it inside the transaction that added ``new``. Which texts belong together depends on the texts alone, and the
    origin is the earliest of them, so the outcome is the same in whatever order documents arrive.
    """
    signatures = {key: made for key, document in new.items() if (made := signature(document.text, document.genre))}
    if not signatures:
        return 0
    with store.transaction() as connection:
        lock(connection, "fold")
        pairs = list(_pairs(store, signatures))
        if not pairs:
            return 0
        under = store.origins_of({key for pair in pairs for key in pair})
        together = pairs + [(key, origin) for key, origin in under.items() if key != origin]
        deciding = store.documents_by_id({key for pair in together for key in pair})
        origins: dict[str, str] = {}
        for cluster in clusters(together):
            first = min(cluster, key=lambda key: (deciding[key].published_at or _UNDATED, key))
            origins.update(dict.fromkeys(cluster, first))
        displaced = {key for key, first in origins.items() if key != first}
        followers = store.members_of_origins(displaced)
        return store.set_origins(origins | {key: origins[origin] for key, origin in followers.items()})


def _pairs(store: Store, signatures: Mapping[str, Signature]) -> Iterator[tuple[str, str]]:
    """Pairs of copies that bring two clusters together.

    A text is compared with a cluster until one member is its copy: further pairs would change nothing, and a campaign
    of ten thousand copies has fifty million of them.
    """
    by_band = store.documents_by_band(band for made in signatures.values() for band in made.bands)
    origin_of = store.origins_of({key for ids in by_band.values() for key in ids})
    grouped = {band: _by_origin(ids, origin_of) for band, ids in by_band.items()}
    known = {key: made.values for key, made in signatures.items()}
    joined = Clusters()
    for key, mine in sorted(signatures.items()):
        own, tried = origin_of.get(key, key), {key}
        for origin, members in (group for band in mine.bands for group in grouped.get(band, {}).items()):
            if joined.root(origin) == joined.root(own):
                continue
            copy = _copy_among(store, mine, (other for other in members if other not in tried), known)
            tried.update(members)
            if copy is not None:
                joined.join(origin, own)
                yield key, copy


def _by_origin(ids: Iterable[str], origin_of: Mapping[str, str]) -> dict[str, list[str]]:
    groups: dict[str, list[str]] = {}
    for key in ids:
        groups.setdefault(origin_of[key], []).append(key)
    return groups


def _copy_among(store: Store, mine: Signature, others: Iterable[str], known: dict[str, bytes]) -> str | None:
    """The first of the others that is a copy; ``known`` keeps the signatures that were fetched."""
    for portion in portions(others, _COMPARED):
        known.update(store.signatures(key for key in portion if key not in known))
        for other in portion:
            if other in known and same_origin(mine, known[other]):
                return other
    return None

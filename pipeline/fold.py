"""Folds new documents under their origins, in the transaction that stores them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from pipeline.origins import Signature, clusters, same_origin, signature
from pipeline.records import Document
from pipeline.store import Store
from pipeline.store.engine import lock

_UNDATED = datetime.max.replace(tzinfo=UTC)


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
        touched = store.documents_by_id({key for pair in pairs for key in pair})
        members = store.members_of_origins({document.origin_id for document in touched.values()})
        together = pairs + [(key, origin_id) for key, origin_id in members.items() if key != origin_id]
        everyone = store.documents_by_id({key for pair in together for key in pair})
        origins = {}
        for cluster in clusters(together):
            first = min(cluster, key=lambda key: (everyone[key].published_at or _UNDATED, key))
            origins.update(dict.fromkeys(cluster, first))
        return store.set_origins(origins)


def _pairs(store: Store, signatures: Mapping[str, Signature]) -> list[tuple[str, str]]:
    """Pairs of copies, of which at least one text is new."""
    by_band = store.documents_by_band(band for made in signatures.values() for band in made.bands)
    similar = {
        tuple(sorted((key, other)))
        for key, made in signatures.items()
        for band in made.bands
        for other in by_band.get(band, ())
        if other != key
    }
    known = store.signatures({key for pair in similar for key in pair})
    found = []
    for left, right in sorted(similar):
        mine, other = (left, right) if left in signatures else (right, left)
        if other in known and same_origin(signatures[mine], known[other]):
            found.append((left, right))
    return found

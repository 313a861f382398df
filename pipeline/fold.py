"""Folds new documents under their origins, in the transaction that stores them, and anew what withdrawn ones leave."""

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
REFOLDED_THROUGH = "refolded_through"
"""The fact that says up to which row of the outbox withdrawn texts were taken out of their clusters."""
BATCH = 1000


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


def refold_withdrawn(store: Store) -> int:
    """Folds anew what was folded with texts withdrawn since the last time; returns how many documents changed origin.

    A withdrawn text no longer is the origin of its copies and holds no two of them together (P-12). Safe to repeat.
    """
    moved, since = 0, int(store.fact(REFOLDED_THROUGH) or 0)
    while rows := store.outbox_after(since, BATCH):
        since = rows[-1].sequence
        with store.transaction():
            moved += refold(store, {row.document_id for row in rows if row.kind == "delete"})
            store.set_fact(REFOLDED_THROUGH, str(since))
    return moved


def refold(store: Store, ids: Iterable[str]) -> int:
    """Folds anew the clusters of documents whose texts have gone or changed; returns how many changed origin.

    Call it in a transaction. What was not folded together is no pair: only the members of a cluster are compared.
    """
    asked = set(ids)
    if not asked:
        return 0
    with store.transaction() as connection:
        lock(connection, "fold")
        members = store.members_of_origins(asked | set(store.origins_of(asked).values()))
        documents = store.documents_by_id(members)
        live = {key: document for key, document in documents.items() if not document.tombstone}
        prints = {key: made for key, one in live.items() if (made := signature(one.text, one.genre))}
        origins = {key: key for key in members}
        for cluster in clusters(pairs_among(prints)):
            first = min(cluster, key=lambda key: (live[key].published_at or _UNDATED, key))
            origins.update(dict.fromkeys(cluster, first))
        return store.set_origins({key: origin for key, origin in origins.items() if origin != members[key]})


def pairs_among(signatures: Mapping[str, Signature]) -> Iterator[tuple[str, str]]:
    """Pairs of copies among these alone that bring them together; members of one cluster are compared no further."""
    joined = Clusters()
    heard: dict[str, list[list[str]]] = {}
    for key, mine in sorted(signatures.items()):
        for band in mine.bands:
            groups: dict[str, list[str]] = {}
            for group in heard.get(band, []):
                groups.setdefault(joined.root(group[0]), []).extend(group)
            for root, others in groups.items():
                if root == joined.root(key):
                    continue
                copy = next((one for one in others if same_origin(mine, signatures[one].values)), None)
                if copy is not None:
                    joined.join(root, key)
                    yield key, copy
            groups.setdefault(joined.root(key), []).append(key)
            heard[band] = list(groups.values())


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

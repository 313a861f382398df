"""Fingerprints: MinHash signatures of redacted texts and their bands, for near-duplicate folding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from pipeline.store.engine import Database, insert_new, portions
from pipeline.store.tables import documents, fingerprints, minhash_bands


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """The signature of one text with its band keys (at most 32 characters), as ``pipeline.origins`` makes them."""

    document_id: str
    signature: bytes
    bands: tuple[str, ...]


class Fingerprints(Database):
    """The store's fingerprints; they are written by ``add_documents``."""

    def documents_by_band(self, keys: Iterable[str]) -> dict[str, list[str]]:
        """The ids, in order, of the documents by the bands that they share: candidates for near-duplicates."""
        found: dict[str, list[str]] = {}
        columns = minhash_bands.c
        with self.reading() as connection:
            for portion in portions(dict.fromkeys(keys)):
                query = select(columns.key, columns.document_id).where(columns.key.in_(portion))
                for key, document_id in connection.execute(query.order_by(columns.document_id)):
                    found.setdefault(key, []).append(document_id)
        return found

    def signatures(self, ids: Iterable[str]) -> dict[str, bytes]:
        """The signatures of these documents; unknown ids are missing from the answer."""
        found: dict[str, bytes] = {}
        with self.reading() as connection:
            for portion in portions(dict.fromkeys(ids)):
                query = select(fingerprints).where(fingerprints.c.document_id.in_(portion))
                found.update((row.document_id, bytes(row.signature)) for row in connection.execute(query))
        return found

    def origins_of(self, ids: Iterable[str]) -> dict[str, str]:
        """The origin under which each of these documents is folded; unknown ids are missing from the answer."""
        found: dict[str, str] = {}
        with self.reading() as connection:
            for portion in portions(dict.fromkeys(ids)):
                query = select(documents.c.id, documents.c.origin_id).where(documents.c.id.in_(portion))
                found.update((row.id, row.origin_id) for row in connection.execute(query))
        return found

    def members_of_origins(self, origin_ids: Iterable[str]) -> dict[str, str]:
        """Every document that is folded under one of these origins, the origins themselves too, with its origin."""
        found: dict[str, str] = {}
        with self.reading() as connection:
            for portion in portions(dict.fromkeys(origin_ids)):
                query = select(documents.c.id, documents.c.origin_id).where(documents.c.origin_id.in_(portion))
                found.update((row.id, row.origin_id) for row in connection.execute(query))
        return found


def save_fingerprints(connection: Connection, prints: Sequence[Fingerprint]) -> None:
    """Writes signatures and bands of documents that were just stored."""
    rows = [{"document_id": item.document_id, "signature": item.signature} for item in prints]
    insert_new(connection, fingerprints, rows, "document_id")
    bands = [{"key": key, "document_id": item.document_id} for item in prints for key in dict.fromkeys(item.bands)]
    if bands:
        connection.execute(minhash_bands.insert(), bands)

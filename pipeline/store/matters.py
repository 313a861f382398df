"""Matters (事项) as they stand, what became of former ones, and the vectors of their texts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Text, delete, func, insert, select, type_coerce

from pipeline.matters.history import changes_between, where_it_is_now
from pipeline.records.matter import MatterEvent, MatterSheet
from pipeline.store.decoded import Decoded
from pipeline.store.engine import Database, portions
from pipeline.store.matter_tables import matter_events, matter_members, matter_vectors, matters
from pipeline.store.tables import documents

_decoded: Final = Decoded[MatterSheet](16_000_000)


class Vector(NamedTuple):
    """The vector of one text, and the text and the encoder that it is of."""

    document_id: str
    content_hash: str
    vector: bytes


class Matters(Database):
    """The store's matters."""

    def replace_matters(self, project_id: str, sheets: Iterable[MatterSheet]) -> list[MatterEvent]:
        """Makes these the project's matters and records what became of those before; returns what was recorded.

        A sheet that did not change is not touched.
        """
        new = {sheet.id: sheet for sheet in sheets}
        with self.transaction() as connection:
            query = select(matters.c.id, matters.c.digest).where(matters.c.project_id == project_id)
            stored = {row.id: row.digest for row in connection.execute(query)}
            before = _members(connection, project_id)
            after = {key: frozenset(sheet.documents) for key, sheet in new.items()}
            events = changes_between(project_id, before, after, self.clock())
            gone = sorted(set(stored) - set(new))
            digests = {key: hashlib.sha256(new[key].canonical_json().encode()).hexdigest() for key in sorted(new)}
            changed = [key for key, digest in digests.items() if stored.get(key) != digest]
            for ids in portions([*gone, *changed]):
                connection.execute(delete(matter_members).where(matter_members.c.matter_id.in_(ids)))
                connection.execute(delete(matters).where(matters.c.id.in_(ids)))
            for key in changed:
                row = {"id": key, "project_id": project_id, "digest": digests[key], "updated_at": self.clock()}
                connection.execute(insert(matters).values(**row, payload=new[key]))
                rows = [{"matter_id": key, "document_id": one} for one in new[key].documents]
                connection.execute(insert(matter_members), rows)
            _record(connection, project_id, events)
        return events

    def matters_of_project(self, project_id: str) -> list[MatterSheet]:
        """The matters of a project, by id."""
        with self.reading() as connection:
            return list(_sheets(connection, matters.c.project_id == project_id).values())

    def matters_by_id(self, ids: Iterable[str]) -> dict[str, MatterSheet]:
        """The living ones of these matters."""
        with self.reading() as connection:
            return {
                key: sheet
                for portion in portions(sorted(set(ids)))
                for key, sheet in _sheets(connection, matters.c.id.in_(portion)).items()
            }

    def project_of_matter(self, matter_id: str) -> str | None:
        """The project of a living or former matter; None where there never was one by this id."""
        former = select(matter_events.c.project_id).where(matter_events.c.matter_id == matter_id).limit(1)
        with self.reading() as connection:
            alive = connection.execute(select(matters.c.project_id).where(matters.c.id == matter_id)).scalar()
            return alive or connection.execute(former).scalar()

    def matter_events(self, project_id: str) -> list[MatterEvent]:
        """What became of the project's matters, in the order it was recorded."""
        query = select(matter_events.c.payload).where(matter_events.c.project_id == project_id)
        with self.reading() as connection:
            return list(connection.execute(query.order_by(matter_events.c.position)).scalars())

    def matter_now(self, project_id: str, matter_id: str) -> tuple[str, ...]:
        """The living matters that hold the texts of this one, after all merges and splits; empty when it ended."""
        live = [sheet.id for sheet in self.matters_of_project(project_id)]
        return where_it_is_now(matter_id, self.matter_events(project_id), live)

    def matter_vectors(self, ids: Iterable[str], encoder: str) -> dict[str, bytes]:
        """The vectors by document, as far as this encoder made them of the text that is stored now."""
        columns = matter_vectors.c
        query = select(columns.document_id, columns.vector).join(documents, documents.c.id == columns.document_id)
        query = query.where(columns.encoder == encoder, columns.content_hash == documents.c.content_hash)
        with self.reading() as connection:
            return {
                row.document_id: bytes(row.vector)
                for portion in portions(sorted(set(ids)))
                for row in connection.execute(query.where(columns.document_id.in_(portion)))
            }

    def save_matter_vectors(self, made: Iterable[Vector], encoder: str) -> None:
        """Keeps vectors in place of older ones; a text that was withdrawn or changed meanwhile gets none (P-12)."""
        by_id = {one.document_id: one for one in made}
        with self.transaction() as connection:
            for ids in portions(sorted(by_id)):
                alive = select(documents.c.id, documents.c.content_hash).where(documents.c.id.in_(ids))
                alive = alive.where(~documents.c.tombstone).with_for_update()
                same = [r.id for r in connection.execute(alive) if r.content_hash == by_id[r.id].content_hash]
                connection.execute(delete(matter_vectors).where(matter_vectors.c.document_id.in_(same)))
                if same:
                    connection.execute(
                        insert(matter_vectors), [{**by_id[one]._asdict(), "encoder": encoder} for one in same]
                    )

    def forget_matter_vectors(self, ids: Iterable[str]) -> None:
        """Removes the vectors of texts that may have none, such as sealed ones (P-14)."""
        with self.transaction() as connection:
            for portion in portions(sorted(set(ids))):
                connection.execute(delete(matter_vectors).where(matter_vectors.c.document_id.in_(portion)))


def _sheets(connection: Connection, wanted: ColumnElement[bool]) -> dict[str, MatterSheet]:
    """The wanted matters by id, in order; those sheets are read that were not read before."""
    digests = connection.execute(select(matters.c.id, matters.c.digest).where(wanted).order_by(matters.c.id)).all()
    known = {key: found for key, digest in digests if (found := _decoded.get(digest)) is not None}
    for ids in portions(key for key, _ in digests if key not in known):
        query = select(matters.c.id, matters.c.digest, type_coerce(matters.c.payload, Text))
        for key, digest, text in connection.execute(query.where(matters.c.id.in_(ids))):
            known[key] = MatterSheet.model_validate_json(text)
            _decoded.keep(digest, known[key], len(text))
    return {key: known[key] for key, _ in digests if key in known}


def _members(connection: Connection, project_id: str) -> Mapping[str, frozenset[str]]:
    query = select(matter_members.c.matter_id, matter_members.c.document_id)
    query = query.join(matters, matters.c.id == matter_members.c.matter_id).where(matters.c.project_id == project_id)
    found: dict[str, set[str]] = {}
    for row in connection.execute(query):
        found.setdefault(row.matter_id, set()).add(row.document_id)
    return {key: frozenset(ids) for key, ids in found.items()}


def _record(connection: Connection, project_id: str, events: Iterable[MatterEvent]) -> None:
    last = select(func.max(matter_events.c.position)).where(matter_events.c.project_id == project_id)
    position = connection.execute(last).scalar()
    begin = 0 if position is None else position + 1
    rows = [
        {"project_id": project_id, "position": begin + n, "matter_id": event.matter_id, "payload": event}
        for n, event in enumerate(events)
    ]
    if rows:
        connection.execute(insert(matter_events), rows)

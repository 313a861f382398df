"""Data-sharing contracts, and what was given out under them: numbers with the documents that each one counts."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update

from pipeline.records import AuditEvent, Release, ReleasedNumber, Share
from pipeline.store.engine import Database, StoreConflict, UnknownRecord, insert_new, portions
from pipeline.store.share_tables import share_groups, share_numbers, share_releases, shares
from pipeline.store.tables import audit, projects

USES = ("shares.use", "shares.use.denied")
"""Actions of the audit trail that tell of a use, and of one that was refused."""


class Shares(Database):
    """The store's data-sharing contracts."""

    def add_share(self, share: Share) -> None:
        """Keeps a contract. Raises UnknownRecord for an unknown project, StoreConflict for an id that is taken."""
        with self.transaction() as connection:
            if connection.execute(select(projects.c.id).where(projects.c.id == share.project_id)).first() is None:
                raise UnknownRecord(f"E151: no project {share.project_id}")
            if connection.execute(select(shares.c.id).where(shares.c.id == share.id)).first() is not None:
                raise StoreConflict(f"E152: there is a contract {share.id} already")
            connection.execute(insert(shares).values({name: getattr(share, name) for name in Share.model_fields}))

    def share(self, share_id: str) -> Share | None:
        """The contract of this id, ended ones among them."""
        with self.reading() as connection:
            row = connection.execute(select(shares).where(shares.c.id == share_id)).one_or_none()
        return None if row is None else _share(row)

    def shares(self, *, project_id: str | None = None, grantee: str | None = None) -> list[Share]:
        """The contracts on a project, or of a grantee, or all; ended ones among them, by beginning and id."""
        query = select(shares).order_by(shares.c.valid_from, shares.c.id)
        if project_id is not None:
            query = query.where(shares.c.project_id == project_id)
        if grantee is not None:
            query = query.where(shares.c.grantee == grantee)
        with self.reading() as connection:
            return [_share(row) for row in connection.execute(query)]

    def revoke_share(self, revoked: Share) -> bool:
        """Ends a contract as this record of it says; False when it has been ended before."""
        ended = {name: getattr(revoked, name) for name in ("revoked_at", "revoked_by", "revoked_because")}
        living = (shares.c.id == revoked.id) & shares.c.revoked_at.is_(None)
        with self.transaction() as connection:
            return connection.execute(update(shares).where(living).values(ended)).rowcount == 1

    def add_release(self, release: Release, numbers: Sequence[tuple[str, frozenset[str]]]) -> list[ReleasedNumber]:
        """Notes what was given: each exact number by its key, with the ids of the documents that it counts."""
        told = [ReleasedNumber(key=key, documents=len(ids), digest=digest_of(ids)) for key, ids in numbers]
        groups = {one.digest: ids for one, (_, ids) in zip(told, numbers, strict=True)}
        with self.transaction() as connection:
            connection.execute(
                insert(share_releases).values(
                    id=release.id,
                    share_id=release.share_id,
                    project_id=release.project_id,
                    grantee_unit=release.grantee_unit,
                    at=release.at,
                    payload=release,
                )
            )
            packed = [{"digest": digest, "documents": _packed(ids)} for digest, ids in sorted(groups.items())]
            for portion in portions(packed):
                insert_new(connection, share_groups, portion, "digest")
            rows = [{"release_id": release.id, "position": at, **one.model_dump()} for at, one in enumerate(told)]
            if rows:
                connection.execute(insert(share_numbers), rows)
        return told

    def held_by(self, project_id: str, grantee_unit: str) -> list[frozenset[str]]:
        """The groups of documents of a project whose numbers a unit has ever been given, each once, by digest."""
        mine = (share_releases.c.project_id == project_id) & (share_releases.c.grantee_unit == grantee_unit)
        digests = select(share_numbers.c.digest).join(share_releases).where(mine)
        query = select(share_groups).where(share_groups.c.digest.in_(digests)).order_by(share_groups.c.digest)
        with self.reading() as connection:
            return [_unpacked(row.documents) for row in connection.execute(query)]

    def releases(self, since: datetime, until: datetime) -> list[Release]:
        """What was given out from one moment to another, in order."""
        query = select(share_releases.c.payload).where(share_releases.c.at >= since, share_releases.c.at < until)
        with self.reading() as connection:
            ordered = query.order_by(share_releases.c.at, share_releases.c.id)
            return list(connection.execute(ordered).scalars())

    def numbers_of(self, release_id: str) -> list[ReleasedNumber]:
        """The exact numbers of one release, in the order they were given."""
        columns = [share_numbers.c[name] for name in ReleasedNumber.model_fields]
        query = select(*columns).where(share_numbers.c.release_id == release_id).order_by(share_numbers.c.position)
        with self.reading() as connection:
            return [ReleasedNumber.model_validate(dict(row._mapping)) for row in connection.execute(query)]

    def share_uses(self, since: datetime, until: datetime) -> list[AuditEvent]:
        """What the audit trail says of uses and refused uses from one moment to another, in order."""
        query = select(audit.c.payload).where(
            audit.c.action.in_(USES), audit.c["when"] >= since, audit.c["when"] < until
        )
        with self.reading() as connection:
            return list(connection.execute(query.order_by(audit.c.sequence)).scalars())


def digest_of(ids: Iterable[str]) -> str:
    """SHA-256 over the sorted ids, in hex: equal groups have equal digests."""
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()


def _packed(ids: Iterable[str]) -> bytes:
    """Document ids are ``d`` and 24 hexadecimal digits; sorted they pack to the same bytes again."""
    return zlib.compress(b"".join(bytes.fromhex(one[1:]) for one in sorted(ids)))


def _unpacked(packed: bytes) -> frozenset[str]:
    raw = zlib.decompress(packed)
    return frozenset(f"d{raw[at : at + 12].hex()}" for at in range(0, len(raw), 12))


def _share(row: Any) -> Share:
    return Share.model_validate({name: getattr(row, name) for name in Share.model_fields})

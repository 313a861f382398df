"""Certificates (未检出证明): added once, never changed."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import insert, select

from pipeline.store.certificate_tables import certificates
from pipeline.store.engine import Database, UnknownRecord
from pipeline.store.tables import projects


class StoredCertificate(NamedTuple):
    """A signed archive as it was handed out; ``ground`` is a hash of the texts and versions that it stands on."""

    id: str
    project_id: str
    issued_at: datetime
    ground: str
    archive: bytes


COLUMNS = [certificates.c[name] for name in StoredCertificate._fields]


class Certificates(Database):
    """The store's certificates."""

    def add_certificate(self, certificate: StoredCertificate) -> None:
        """Keeps a certificate for good. Raises UnknownRecord for an unknown project."""
        with self.transaction() as connection:
            query = select(projects.c.id).where(projects.c.id == certificate.project_id)
            if connection.execute(query).one_or_none() is None:
                raise UnknownRecord(f"E151: no project {certificate.project_id}")
            connection.execute(insert(certificates).values(**certificate._asdict()))

    def certificate(self, certificate_id: str) -> StoredCertificate | None:
        """One certificate; None where there is none by that id."""
        query = select(*COLUMNS).where(certificates.c.id == certificate_id)
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else StoredCertificate(*row)

    def certificates_on(self, project_id: str) -> list[StoredCertificate]:
        """All certificates on a project, the newest first."""
        query = select(*COLUMNS).where(certificates.c.project_id == project_id)
        query = query.order_by(certificates.c.issued_at.desc(), certificates.c.id)
        with self.reading() as connection:
            return [StoredCertificate(*row) for row in connection.execute(query)]


__all__ = ["Certificates", "StoredCertificate"]

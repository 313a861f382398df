"""The history of the tables (Alembic); it is run by ``Store.open`` and travels with the package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

if TYPE_CHECKING:
    from alembic.config import Config

    from pipeline.store.engine import Database

HEAD = "0036"
"""The newest revision; a test compares it with the files."""
REVISIONS = Path(__file__).parent / "versions"


class StoreOfAnotherVersion(RuntimeError):
    """E159: the tables are at a revision that this program does not know."""


def upgrade(database: Database) -> None:
    """Brings the tables to the newest revision, in one transaction that nobody else can enter.

    Raises StoreOfAnotherVersion (E159) when a newer program made them.
    """
    with database.reading() as connection:
        if revision(connection) == HEAD:
            return
    from alembic import command

    from pipeline.store.engine import lock

    with database.transaction() as connection:
        lock(connection, "migrate")
        found = revision(connection)
        if found is not None and not is_known(found):
            raise StoreOfAnotherVersion(
                f"E159: the store is at revision {found}, this program knows revisions up to {HEAD}: "
                "use the program that made it, or a newer one"
            )
        if found != HEAD:
            command.upgrade(configuration(connection), "head")


def revision(connection: Connection) -> str | None:
    """The revision that the tables are at; None for an empty database."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    return None if found is None else str(found)


def is_known(found: str) -> bool:
    """Whether this program knows a revision; one that it does not was made by a newer program."""
    return any(REVISIONS.glob(f"{found}_*.py"))


def configuration(connection: Connection) -> Config:
    """Alembic's configuration for this folder and an open connection."""
    from alembic.config import Config

    settings = Config()
    settings.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings

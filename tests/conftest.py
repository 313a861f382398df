"""Fixtures that all rooms share."""

from county import county
from databases import database_url, postgres_server, store
from offices import office
from terminal import terminal

__all__ = ["county", "database_url", "office", "postgres_server", "store", "terminal"]

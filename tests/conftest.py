"""Fixtures that all rooms share."""

from county import county, county_as_it_was
from databases import database_url, postgres_server, store
from offices import office
from terminal import terminal

__all__ = ["county", "county_as_it_was", "database_url", "office", "postgres_server", "store", "terminal"]

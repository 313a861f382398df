"""Fixtures that all rooms share."""

from county import county
from databases import database_url, postgres_server, store
from elastic_servers import elastic_url, pytest_terminal_summary, three_nodes
from offices import office

__all__ = [
    "county", "database_url", "elastic_url", "office", "postgres_server", "pytest_terminal_summary", "store", "three_nodes",
]  # fmt: skip

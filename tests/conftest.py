"""Fixtures that all rooms share."""

from alerting import road
from county import county, county_as_it_was
from databases import database_url, empty_database_url, postgres_server, store
from elastic_servers import elastic_url, three_nodes
from hypothesis import settings
from left_out import pytest_terminal_summary
from offices import office, rules_alone
from receivers import mailbox, receiver
from terminal import terminal

__all__ = [
    "county", "county_as_it_was", "database_url", "elastic_url", "empty_database_url", "mailbox", "office",
    "postgres_server", "pytest_terminal_summary", "receiver", "road", "rules_alone", "store", "terminal", "three_nodes",
]  # fmt: skip

# One commit is always asked the same examples, so that a red run is red again; `make fuzz` looks for new ones.
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")

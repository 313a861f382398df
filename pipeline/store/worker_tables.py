"""The table of the workers: processes that read, each with its counters and its last sign of life. No text."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Float, String, Table

from pipeline.store.columns import Moment
from pipeline.store.tables import metadata

workers = Table(
    "workers",
    metadata,
    Column("name", String(100), primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("step", String(16), nullable=False),
    Column("started_at", Moment, nullable=False),
    Column("seen_at", Moment, nullable=False),
    Column("new", BigInteger, nullable=False),
    Column("again", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("new_per_second", Float, nullable=False),
    Column("again_per_second", Float, nullable=False),
)

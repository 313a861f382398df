"""What it costs to be asked for figures: ``python -m benchmarks.metrics --texts 300000`` (one process, SQLite)."""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path

from sqlalchemy import Connection

from api.metrics import metrics
from pipeline.store import Store

ROUNDS = 7


def fill(connection: Connection, texts: int) -> None:
    """So many texts that differ in their id alone, all of them indexed."""
    values = {
        "id": "printf('d%024x', i)", "origin_id": "printf('d%024x', i)", "source_kind": "'petition'",
        "source": "'letters'", "genre": "'complaint'", "collected_at": "'2026-03-01 00:00:00'", "title": "'dust'",
        "body": f"'{'The lorries pass at night. ' * 12}'", "redactions": "'{}'", "redactor_version": "'1'",
        "engagement": "'{}'", "tombstone": "0", "content_hash": "'0'", "state": "'indexed'",
    }  # fmt: skip
    numbers = f"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {texts})"
    names, columns = ", ".join(values), ", ".join(values.values())
    connection.exec_driver_sql(f"INSERT INTO documents ({names}) {numbers} SELECT {columns} FROM n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--texts", type=int, default=300_000)
    wanted = parser.parse_args().texts
    with tempfile.TemporaryDirectory() as folder, Store.open(f"sqlite:///{Path(folder) / 'a.sqlite3'}") as store:
        with store.transaction() as connection:
            fill(connection, wanted)
        spent = []
        for _ in range(ROUNDS):
            begun = time.process_time()
            told = metrics(store)
            spent.append(1000 * (time.process_time() - begun))
        print(f"{wanted:,} texts: {statistics.median(spent):.0f} ms of one core an answer ({min(spent):.0f} to "
              f"{max(spent):.0f}, {ROUNDS} rounds), {len(told):,} bytes")  # fmt: skip


if __name__ == "__main__":
    main()

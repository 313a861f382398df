"""A store of any released schema, with an office's rows in it, comes to the newest one and is read through the product."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from sqlalchemy import JSON, Boolean, Connection, Date, DateTime, MetaData, Table, func, insert, inspect, select

from pipeline import migrations
from pipeline.audit import AuditLog
from pipeline.store import Store

RELEASED: dict[str, list[dict[str, Any]]] = json.loads((Path(__file__).parent / "released.json").read_text("utf-8"))
"""An office's rows by table, with records in their oldest form: no field that has a default."""
REVISIONS = sorted(path.name[:4] for path in migrations.REVISIONS.glob("[0-9]*.py"))


@pytest.mark.parametrize("revision", REVISIONS)
def test_what_an_earlier_program_stored_is_still_there(database_url: str, revision: str):
    with Store.open(database_url, migrate=False) as store:
        with store.transaction() as connection:
            command.upgrade(migrations.configuration(connection), revision)
            filled = fill(connection)
        assert filled["documents"] == len(RELEASED["documents"])
        store.migrate()
        with store.reading() as connection:
            assert migrations.revision(connection) == migrations.HEAD
            assert {name: count(connection, name) for name in filled} == filled
        documents = {document.id: document for document in store.all_documents()}
        assert len(documents) == filled["documents"]
        assert any("补偿标准" in document.text for document in documents.values())
        analyses = store.current_analyses(documents)
        assert len(analyses) == len(documents)
        assert all(analyses[key].input_hash == document.content_hash for key, document in documents.items())
        candidates = [point.candidate for point in store.risk_points("quarry-road").rows if point.candidate]
        (point,) = (one for one in candidates if one.state == "accepted")
        assert point.factor == "compensation_standard" and point.counts.documents == 6
        assert [decision.who for decision in store.decisions_on(point.id)] == ["zhou"]
        audit = AuditLog(store)
        assert audit.verify() is None and audit.head().sequence == len(RELEASED["audit"])
        assert audit.append("zhou", "assessor", "risk_points.read").sequence == len(RELEASED["audit"]) + 1
        assert store.project("quarry-road") is not None


def fill(connection: Connection) -> dict[str, int]:
    """Inserts what the tables of this revision can take; returns the rows by table."""
    held = MetaData()
    held.reflect(connection)
    filled = {}
    for table in held.sorted_tables:
        zone = "+00:00" if connection.dialect.name == "postgresql" else ""
        rows = [{name: value_of(table, name, row[name], zone) for name in row if name in table.c}
                for row in RELEASED.get(table.name, ())]  # fmt: skip
        if rows:
            connection.execute(insert(table), rows)
            filled[table.name] = len(rows)
    return filled


def value_of(table: Table, name: str, value: Any, zone: str) -> Any:
    kind = table.c[name].type
    if isinstance(value, dict) and value.keys() == {"hex"}:
        return bytes.fromhex(value["hex"])
    if isinstance(value, dict) and value.keys() == {"json"}:
        return json.dumps(value["json"], ensure_ascii=False)
    if isinstance(kind, DateTime) and isinstance(value, str):
        return datetime.fromisoformat(value + zone)
    if isinstance(kind, Date) and isinstance(value, str):
        return date.fromisoformat(value)
    if isinstance(kind, JSON) and isinstance(value, str):
        return json.loads(value)
    return bool(value) if isinstance(kind, Boolean) and value is not None else value


def count(connection: Connection, name: str) -> int:
    table = Table(name, MetaData(), autoload_with=connection)
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def test_the_rows_name_tables_that_there_are(store: Store):
    with store.reading() as connection:
        assert set(RELEASED) <= set(inspect(connection).get_table_names())

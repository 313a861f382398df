"""What the command line tells of a failing database."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from api.cli.failures import told
from pipeline.store import Store


def test_a_refused_row_is_not_told(store: Store):
    row = "INSERT INTO documents (id, source_kind, source) VALUES ('d1', 'petition', '井水发黄')"
    with pytest.raises(DBAPIError) as refused, store.transaction() as connection:
        connection.execute(text(row))
    line = told(refused.value)
    assert line is not None and line.startswith("E340: ")
    assert "井水发黄" not in line

"""What a log says of an error: what to do where we know it, and never what somebody wrote."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from index import IndexUnusable
from index.errors import ClusterTrouble
from pipeline.failures import named
from pipeline.store import Store


def test_a_message_of_ours_is_told_whole_on_one_line():
    trouble = ClusterTrouble("http://127.0.0.1:9", "nobody answers", "start it,\nor correct index_url")
    assert named(trouble).endswith("nobody answers; start it, or correct index_url") and "\n" not in named(trouble)
    assert named(IndexUnusable("/srv/index", "it is damaged")).endswith("rebuild it with `minyi reindex`")


def test_of_the_system_its_own_words_and_no_name_of_a_file():
    assert named(OSError(28, "No space left on device", "柳湾村来信.csv")) == "OSError: No space left on device"


def test_of_any_other_error_the_kind_alone(store: Store):
    assert named(ValueError("井水发黄")) == "ValueError"
    with pytest.raises(DBAPIError) as refused, store.transaction() as connection:
        connection.execute(text("INSERT INTO documents (id, source) VALUES ('d1', '井水发黄')"))
    assert named(refused.value) == type(refused.value).__name__

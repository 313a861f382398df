"""P-01: no column, and no key of a stored record, can hold an author's identifier."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import get_args

import pytest
from letters import petition
from pydantic import BaseModel, ValidationError
from sqlalchemy import inspect

from pipeline.records import Alert, Analysis, AuditEvent, Decision, DecisionProject, Document, RiskPointCandidate
from pipeline.store import Store

PERSON = re.compile(
    r"(^|_)(users?|user_?names?|user_?ids?|authors?|uids?|nicks?|nicknames?|ips?|ip_?addr\w*|ipv[46]|devices?|avatars?"
    r"|screen_?names?|posters?|openids?|imei|mac)(_|$)",
    re.IGNORECASE,
)
STORED = [Document, Analysis, DecisionProject, RiskPointCandidate, Decision, Alert, AuditEvent]


def fields_of(record: type[BaseModel]) -> Iterator[str]:
    for name, field in record.model_fields.items():
        yield name
        for inner in nested(field.annotation):
            yield from fields_of(inner)


def nested(annotation: object) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from nested(argument)


@pytest.mark.parametrize(
    "name", ["user", "user_id", "author_key", "post_uid", "nickname", "ip", "client_ip", "device_id", "avatar_url"]
)
def test_the_scan_would_notice_a_persons_column(name: str):
    assert PERSON.search(name)


def test_no_column_of_the_database_names_a_person(store: Store):
    with store.reading() as connection:
        inspector = inspect(connection)
        columns = [
            (table, column["name"]) for table in inspector.get_table_names() for column in inspector.get_columns(table)
        ]
        assert inspector.get_view_names() == []
    assert len(columns) > 100
    assert [place for place in columns if PERSON.search(place[1]) or PERSON.search(place[0])] == []


@pytest.mark.parametrize("record", STORED)
def test_no_key_of_a_stored_record_names_a_person(record: type[BaseModel]):
    names = set(fields_of(record))
    assert len(names) >= 8
    assert [name for name in sorted(names) if PERSON.search(name)] == []


def test_a_social_media_address_is_stored_as_a_keyed_hash_only(store: Store):
    with pytest.raises(ValidationError, match="P-01"):
        petition(1, source_kind="weibo", genre="post", url="https://weibo.example/7001/M1")
    kept = petition(1, source_kind="weibo", genre="post", url="keyed:" + "a" * 32)
    store.add_documents([kept])
    assert store.document(kept.id).url == kept.url

"""P-01: no author identifiers at rest: no column or key for one, none in any file of the data folder, none in a URL."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from letters import petition as stored_petition
from offices import TestOffice, office_in, petition
from pydantic import BaseModel, ValidationError
from sqlalchemy import inspect

from api.cli.projects import read_projects
from pipeline.records import (
    Analysis,
    AuditEvent,
    Decision,
    DecisionProject,
    DispatchProposal,
    Document,
    Incident,
    IncidentNote,
    RiskPointCandidate,
)
from pipeline.records.dispatch import StepTaken
from pipeline.store import Store

EXAMPLES = Path(__file__).parent.parent.parent / "examples"
FILES = {
    "petitions_ring_road.xlsx": "petition", "petitions_waste_plant.csv": "petition", "hotline.jsonl": "hotline",
    "weibo.jsonl": "weibo", "news.jsonl": "news",
}  # fmt: skip


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> TestOffice:
    """The examples, imported, analysed, indexed and proposed."""
    office = office_in(tmp_path_factory.mktemp("p01") / "office", *read_projects(EXAMPLES / "projects.jsonl")[0])
    for name, kind in FILES.items():
        office.import_file(EXAMPLES / name, source_kind=kind)
    office.work()
    return office


def test_no_personal_string_of_the_examples_is_found_at_rest(demonstration: TestOffice) -> None:
    rows = [json.loads(line) for line in (EXAMPLES / "expected.jsonl").read_text("utf-8").splitlines()]
    personal = {(row["file"], row["key"], word) for row in rows for word in row["personal"]}
    assert len(personal) > 40
    rest = demonstration.texts_at_rest()
    assert sorted(entry for entry in personal if entry[2] in rest) == []


def test_no_account_of_a_poster_is_found_at_rest_not_even_inside_a_url(demonstration: TestOffice) -> None:
    rest = demonstration.texts_at_rest()
    posts = [json.loads(line) for line in (EXAMPLES / "weibo.jsonl").read_text("utf-8").splitlines()]
    assert all(post["user_id"] not in rest and post["url"] not in rest for post in posts)
    urls = [d.url for d in demonstration.documents() if d.source_kind == "weibo"]
    assert urls and all(url is None or url.startswith("keyed:") for url in urls)


@given(
    phone=st.from_regex(r"1[3-9]\d{9}", fullmatch=True),
    mail=st.from_regex(r"[a-z]{3,8}\d{2}@[a-z]{3,6}\.(com|cn)", fullmatch=True),
    account=st.from_regex(r"u[0-9]{12}", fullmatch=True),
    words=st.text(alphabet="我家的地被征了补偿没到，。请核实 ", max_size=20),
)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_stands_around_it_no_identifier_reaches_the_data_folder(
    office: TestOffice, phone: str, mail: str, account: str, words: str
) -> None:
    body = f"{words}电话{phone}，{words}邮箱 {mail} {words}"
    office.receive([petition(f"反映问题|{body}", author_key=account, platform="信箱", url=None)])
    rest = "\n".join(content.decode("utf-8", "replace") for content in office.files().values())
    assert phone not in rest and mail not in rest and account not in rest


PERSON = re.compile(
    r"(^|_)(users?|user_?names?|user_?ids?|authors?|uids?|nicks?|nicknames?|ips?|ip_?addr\w*|ipv[46]|devices?|avatars?"
    r"|screen_?names?|posters?|openids?|imei|mac)(_|$)",
    re.IGNORECASE,
)
STORED = [
    Document, Analysis, DecisionProject, RiskPointCandidate, Decision, DispatchProposal, StepTaken, Incident,
    IncidentNote, AuditEvent,
]  # fmt: skip


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
    assert len(names) >= 6
    assert [name for name in sorted(names) if PERSON.search(name)] == []


def test_a_social_media_address_is_stored_as_a_keyed_hash_only(store: Store):
    with pytest.raises(ValidationError, match="P-01"):
        stored_petition(1, source_kind="weibo", genre="post", url="https://weibo.example/7001/M1")
    kept = stored_petition(1, source_kind="weibo", genre="post", url="keyed:" + "a" * 32)
    store.add_documents([kept])
    assert store.document(kept.id).url == kept.url

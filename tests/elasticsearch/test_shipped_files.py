"""The template and the roles that ship with the program: strict, without a person, and taken by a real server."""

from __future__ import annotations

import json
from importlib import resources
from typing import Any

import pytest
from elasticsearch import BadRequestError, Elasticsearch

from index import IndexEntry
from index.elastic import ElasticIndex, ElasticSettings
from index.elastic.documents import engine_id, pack, source_of, template, unpack
from index.fields import FIELDS, PERSON_WORDS
from index.query import All

TECHNICAL = {"title", "body", "state", "sequence", "moment", "newest", "oldest", "tail", "stored"}


def mapped() -> dict[str, Any]:
    return dict(template()["template"]["mappings"]["properties"])


def test_the_mapping_has_the_fields_of_an_entry_and_no_person() -> None:
    assert set(mapped()) == set(FIELDS) | TECHNICAL
    assert not set(mapped()) & PERSON_WORDS
    assert template()["template"]["mappings"]["dynamic"] == "strict"


def test_a_document_fills_only_mapped_fields() -> None:
    assert set(source_of(IndexEntry(id="d", sequence=1, title="a", body="b"))) <= set(mapped())


def test_the_server_takes_the_template_and_refuses_unknown_fields(
    operator: Elasticsearch, settings: ElasticSettings
) -> None:
    shipped = template()
    operator.indices.put_index_template(
        name=settings.alias,
        index_patterns=[f"{settings.alias}-v*"],
        template=shipped["template"],
        priority=shipped["priority"],
    )
    with ElasticIndex(settings) as index:
        index.write([IndexEntry(id="d", sequence=1, title="", body="水")])
        index.commit()
        assert index.count(All()) == 1
        with pytest.raises(BadRequestError, match="strict_dynamic_mapping_exception"):
            operator.index(index=settings.alias, document={"author": "somebody"})
        index.remove()
    operator.indices.delete_index_template(name=settings.alias)


def test_roles_name_only_our_indices_and_no_power_over_the_cluster() -> None:
    roles = json.loads(resources.files("index.elastic").joinpath("role.json").read_text(encoding="utf-8"))
    for role in roles.values():
        assert role["cluster"] == ["monitor"]
        assert [indices["names"] for indices in role["indices"]] == [["minyi", "minyi-v*"]]
        assert not {"all", "create_doc"} & {p for indices in role["indices"] for p in indices["privileges"]}


@pytest.mark.parametrize("text", ["", "平常", "\ud800孤立", "\U0001f3d8️", "a\x00b\u2028", "水" * 40_000])
def test_a_stored_entry_comes_back_as_it_was(text: str) -> None:
    entry = IndexEntry(id="d", sequence=1, title=text, body=text, factors=("a", "b"))
    packed = pack(entry)
    assert unpack({"stored": packed.encode().decode()}) == entry


def test_ids_longer_than_the_server_takes_are_kept_apart() -> None:
    long, other = "村" * 256, "村" * 255 + "镇"
    assert engine_id("d1") == "d1" and engine_id("村" * 100) == "村" * 100
    assert len({engine_id(long), engine_id(other)}) == 2 and len(engine_id(long)) <= 512

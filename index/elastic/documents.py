"""How a document lies in Elasticsearch: the mapping, what is stored, and the versions by which late writes lose."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any, Final

from index.bigrams import analysis_version, fold
from index.elastic.settings import ElasticSettings
from index.entry import Change, Deletion, IndexEntry
from index.fields import FIELDS
from index.values import HASH_BITS, keywords, microseconds, sort_keys

SCHEMA_VERSION: Final = 1
"""Raised by whoever changes a field, its analysis or the stored form: older indexes are then refused."""
_LONGEST_ID: Final = 512
"""Bytes that Elasticsearch allows in an ``_id``."""
_STORED: Final = tuple(IndexEntry.__dataclass_fields__)


@cache
def template() -> dict[str, Any]:
    """The index template that ships with the program."""
    text = resources.files("index.elastic").joinpath("template.json").read_text(encoding="utf-8")
    return dict(json.loads(text))


def marker() -> dict[str, str | int]:
    """What an index must say of itself before this program reads or writes it."""
    return {"format": "minyi-index", "schema": SCHEMA_VERSION, "analysis": analysis_version()}


def index_body(settings: ElasticSettings, **remarks: Any) -> dict[str, Any]:
    """Settings and mappings of a new index; ``remarks`` go beside the marker."""
    shipped = template()["template"]
    of_index = {**shipped["settings"]["index"], "number_of_shards": settings.shards}
    if settings.replicas is not None:
        of_index |= {"number_of_replicas": settings.replicas, "auto_expand_replicas": False}
    return {
        "settings": {"index": of_index},
        "mappings": {**shipped["mappings"], "_meta": marker() | remarks},
    }


def ledger_body(settings: ElasticSettings, **remarks: Any) -> dict[str, Any]:
    """Settings and mappings of the ledger of a version with partitions: of every document its version and places."""
    of_index = dict(index_body(settings)["settings"]["index"])
    del of_index["analysis"]
    fields = {"version": {"type": "long", "index": False}, "partitions": {"type": "keyword", "index": False}}
    return {
        "settings": {"index": of_index},
        "mappings": {"dynamic": "strict", "properties": fields, "_meta": marker() | remarks},
    }


def engine_id(document_id: str) -> str:
    """The ``_id`` of a document: its own, or a digest when that has more than 512 bytes."""
    encoded = document_id.encode()
    return document_id if len(encoded) <= _LONGEST_ID else hashlib.blake2b(encoded, digest_size=32).hexdigest()


def version_of(change: Change) -> int:
    """The external version: a state is above every earlier change, its deletion just above the state it names."""
    return 2 * change.sequence + isinstance(change, Deletion)


def action_of(index: str, change: Change, *, alias: bool) -> dict[str, Any]:
    """The line of a bulk request that says where a change goes; a repeated deletion is taken again.

    ``alias`` says that the name must be an alias: without it Elasticsearch would make an index of that name.
    """
    kind = "external_gte" if isinstance(change, Deletion) else "external"
    action = {"_index": index, "_id": engine_id(change.id), "version": version_of(change), "version_type": kind}
    return {"index": action | ({"require_alias": True} if alias else {})}


def source_of(change: Change) -> dict[str, Any]:
    """The document itself; of a deleted one only its id and the sequence below which nothing brings it back."""
    if isinstance(change, Deletion):
        return tombstone(change)
    newest, oldest = sort_keys(change.id, change.published_at)
    source: dict[str, Any] = {
        "title": fold(change.title),
        "body": fold(change.body),
        "state": "live",
        "sequence": change.sequence,
        "newest": newest >> HASH_BITS,
        "oldest": oldest >> HASH_BITS,
        "tail": newest & (2**HASH_BITS - 1),
        "stored": pack(change),
    }
    for name, field in FIELDS.items():
        value = getattr(change, name)
        if field.kind == "number":
            source[name] = value
        elif field.kind != "time":
            source[name] = keywords(name, value)
    source["id"] = change.id
    if change.published_at is not None:
        source["published_at"] = change.published_at.isoformat()
        source["moment"] = microseconds(change.published_at)
    return source


def tombstone(change: Change) -> dict[str, Any]:
    """What stays where a document is deleted, or where it no longer lies."""
    return {"id": change.id, "state": "deleted", "sequence": change.sequence}


def pack(entry: IndexEntry) -> str:
    """The entry as JSON values in field order; lone surrogates, which no server takes, are escaped."""
    values: list[Any] = [getattr(entry, name) for name in _STORED]
    moment = entry.published_at
    values[_STORED.index("published_at")] = moment.isoformat() if moment else None
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(values, separators=(",", ":"))
    return text


def unpack(source: Mapping[str, Any]) -> IndexEntry:
    """The entry in a hit's source. Raises ValueError or KeyError when it is not one of ours."""
    values = dict(zip(_STORED, json.loads(source["stored"]), strict=True))
    moment = values["published_at"]
    values["published_at"] = datetime.fromisoformat(moment) if moment else None
    fields: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    return IndexEntry(**fields)

"""How a document lies in Tantivy: which fields there are, what is stored, and the keys it is sorted by."""

from __future__ import annotations

import json
import zlib
from datetime import datetime
from functools import cache
from typing import Any, Final

import tantivy

from index.bigrams import fold, grams
from index.entry import IndexEntry
from index.fields import FIELDS
from index.values import beijing_day, keywords, microseconds, sort_keys

SCHEMA_VERSION: Final = 1
"""Raised by whoever changes a field, its analysis or the stored form: older indexes are then refused."""


@cache
def schema() -> tantivy.Schema:
    """The fields. Keywords are raw; ``title`` and ``body`` hold bigrams, ``…_characters`` single characters."""
    builder = tantivy.SchemaBuilder()
    for name in ("title", "body"):
        builder.add_text_field(name, tokenizer_name="grams", index_option="position")
        builder.add_text_field(f"{name}_characters", tokenizer_name="characters", index_option="basic")
    builder.add_text_field("state", tokenizer_name="raw", index_option="basic")
    for name, field in FIELDS.items():
        if field.kind in ("number", "time"):
            builder.add_integer_field(name, fast=True, indexed=False)
        else:
            builder.add_text_field(name, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", fast=True, indexed=False)
    builder.add_unsigned_field("sequence", fast=True, indexed=False)
    builder.add_unsigned_field("newest", fast=True, indexed=False)
    builder.add_unsigned_field("oldest", fast=True, indexed=False)
    builder.add_bytes_field("stored", stored=True, indexed=False)
    return builder.build()


def register_analysis(index: tantivy.Index) -> None:
    """Tells an opened index how the two kinds of text field are cut; Tantivy does not keep that on disk."""
    for name, cut in (("grams", tantivy.Tokenizer.whitespace()), ("characters", tantivy.Tokenizer.regex("[^ ]"))):
        index.register_tokenizer(name, tantivy.TextAnalyzerBuilder(cut).build())


def tombstone(document_id: str, sequence: int) -> tantivy.Document:
    """What stays of a deleted document: its id and the sequence below which nothing brings it back."""
    document = tantivy.Document()
    document.add_text("id", document_id)
    document.add_text("state", "deleted")
    document.add_unsigned("sequence", sequence)
    return document


def document_of(entry: IndexEntry) -> tantivy.Document:
    """The Tantivy document of an entry."""
    document = tantivy.Document()
    for name, text in (("title", fold(entry.title)), ("body", fold(entry.body))):
        document.add_text(name, grams(text))
        document.add_text(f"{name}_characters", text)
    document.add_text("state", "live")
    for name, field in FIELDS.items():
        value = getattr(entry, name)
        if field.kind == "number":
            document.add_integer(name, value)
        elif field.kind != "time":
            for text in keywords(name, value):
                document.add_text(name, text)
    if entry.published_at is not None:
        document.add_integer("published_at", microseconds(entry.published_at))
        document.add_integer("day", beijing_day(entry.published_at))
    newest, oldest = sort_keys(entry.id, entry.published_at)
    document.add_unsigned("newest", newest)
    document.add_unsigned("oldest", oldest)
    document.add_unsigned("sequence", entry.sequence)
    document.add_bytes("stored", pack(entry))
    return document


_STORED: Final = tuple(IndexEntry.__dataclass_fields__)


_UNPAIRED: Final = b"\x00"
_COMMON: Final = (
    '["d"],[]],"petition","留言板","weibo","微博","news","hotline","post","reply","positive","neutral","negative",true,'
    '["尊敬的领导：您好！我是小区的业主，希望有关部门尽快解决我们的问题，谢谢。请问什么时候可以处理？反映村里居民政府没有，但是因为'
    '"+00:00",false,[],"2026-01-01T'
).encode("gb18030")
"""What many entries have in common, in the encoding they are packed in: the compressor may point into it."""


def pack(entry: IndexEntry) -> bytes:
    """The entry as JSON values in field order, in GB 18030 (two bytes a Han character), deflated."""
    values: list[Any] = [getattr(entry, name) for name in _STORED]
    moment = entry.published_at
    values[_STORED.index("published_at")] = moment.isoformat() if moment else None
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    try:
        encoded = text.encode("gb18030")
    except UnicodeEncodeError:
        return _UNPAIRED + zlib.compress(text.encode("utf-8", "surrogatepass"))
    deflate = zlib.compressobj(6, wbits=-15, zdict=_COMMON)
    return b"\x01" + deflate.compress(encoded) + deflate.flush()


def unpack(stored: bytes) -> IndexEntry:
    """The entry that was packed."""
    if stored[:1] == _UNPAIRED:
        text = zlib.decompress(stored[1:]).decode("utf-8", "surrogatepass")
    else:
        text = zlib.decompressobj(wbits=-15, zdict=_COMMON).decompress(stored[1:]).decode("gb18030")
    values = dict(zip(_STORED, json.loads(text), strict=True))
    moment = values["published_at"]
    values["published_at"] = datetime.fromisoformat(moment) if moment else None
    fields: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    return IndexEntry(**fields)

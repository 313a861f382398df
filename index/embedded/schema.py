"""How a document lies in Tantivy: which fields there are, what is stored, and the keys it is sorted by."""

from __future__ import annotations

import json
import zlib
from functools import cache
from importlib import resources
from typing import Any, Final

import tantivy

from index.bigrams import fold, grams
from index.entry import IndexEntry
from index.fields import FIELDS
from index.values import beijing_day, keywords, microseconds, moment_of, sort_keys

SCHEMA_VERSION: Final = 2
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
            builder.add_text_field(name, fast=name != "id", tokenizer_name="raw", index_option="basic")
    builder.add_integer_field("day", fast=True, indexed=False)
    builder.add_unsigned_field("sequence", fast=True, indexed=False)
    builder.add_unsigned_field("newest", fast=True, indexed=False)
    builder.add_unsigned_field("oldest", fast=True, indexed=False)
    builder.add_bytes_field("stored", stored=True, indexed=False)
    return builder.build()


def register_analysis(index: tantivy.Index) -> None:
    """Tells an opened index that text fields are cut at blanks; Tantivy does not keep that on disk."""
    for name in ("grams", "characters"):
        index.register_tokenizer(name, tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.whitespace()).build())


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
        document.add_text(f"{name}_characters", " ".join(text))
    document.add_text("state", "live")
    for name, field in FIELDS.items():
        value = getattr(entry, name)
        if value == () or value == "":
            continue
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
_FRAGMENTS: Final = (
    '["d"],[]],"petition","留言板","weibo","微博","news","hotline","post","reply","positive","neutral","negative",true,'
    '["尊敬的领导：您好！我是小区的业主，希望有关部门尽快解决我们的问题，谢谢。请问什么时候可以处理？反映村里居民政府没有，但是因为'
    '",false,[],[],[],0,[],["'
).encode("gb18030")


@cache
def _in_common() -> bytes:
    """What many entries have in common, in the encoding they are packed in: the compressor may point into it."""
    lines = resources.files("index.embedded").joinpath("words.txt").read_text(encoding="utf-8").splitlines()
    return "".join(word for line in lines if line[0] != "#" for word in line.split()).encode("gb18030") + _FRAGMENTS


@cache
def _primed() -> zlib._Compress:
    """A compressor that has read what is in common; copying it is quicker than reading it again."""
    return zlib.compressobj(6, wbits=-15, zdict=_in_common())


def pack(entry: IndexEntry) -> bytes:
    """The entry as JSON values in field order, in GB 18030 (two bytes a Han character), deflated."""
    values: list[Any] = [getattr(entry, name) for name in _STORED]
    if entry.published_at is not None:
        values[_STORED.index("published_at")] = microseconds(entry.published_at)
    if entry.origin_id == entry.id:
        values[_STORED.index("origin_id")] = ""
    text = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
    try:
        encoded = text.encode("gb18030")
    except UnicodeEncodeError:
        return _UNPAIRED + zlib.compress(text.encode("utf-8", "surrogatepass"))
    deflate = _primed().copy()
    return b"\x01" + deflate.compress(encoded) + deflate.flush()


def unpack(stored: bytes) -> IndexEntry:
    """The entry that was packed."""
    if stored[:1] == _UNPAIRED:
        text = zlib.decompress(stored[1:]).decode("utf-8", "surrogatepass")
    else:
        text = zlib.decompressobj(wbits=-15, zdict=_in_common()).decompress(stored[1:]).decode("gb18030")
    values = [tuple(value) if isinstance(value, list) else value for value in json.loads(text)]
    fields: dict[str, Any] = dict(zip(_STORED, values, strict=True))
    if fields["published_at"] is not None:
        fields["published_at"] = moment_of(fields["published_at"])
    return IndexEntry(**fields)

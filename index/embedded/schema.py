"""How a document lies in Tantivy: which fields there are, what is stored, and the keys it is sorted by."""

from __future__ import annotations

import hashlib
import json
import zlib
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final
from zoneinfo import ZoneInfo

import tantivy

from index.bigrams import fold, grams
from index.entry import IndexEntry
from index.fields import FIELDS, region_path

SCHEMA_VERSION: Final = 1
"""Raised by whoever changes a field, its analysis or the stored form: older indexes are then refused."""
BEIJING: Final = ZoneInfo("Asia/Shanghai")
_EPOCH: Final = datetime(1, 1, 1, tzinfo=UTC)
_SECOND: Final = timedelta(seconds=1)
_HASH_BITS: Final = 25
_UNDATED_LAST: Final = 2**39 - 1
"""More seconds than any date has since year 1: undated documents come last in either order."""


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


def microseconds(moment: datetime) -> int:
    """Microseconds since year 1, UTC."""
    return (moment - _EPOCH) // timedelta(microseconds=1)


def sort_keys(entry_id: str, published_at: datetime | None) -> tuple[int, int]:
    """Keys for newest and oldest first: the second, then 25 bits of the id's hash; undated documents are last."""
    tail = int.from_bytes(hashlib.blake2b(entry_id.encode(), digest_size=4).digest(), "big") >> (32 - _HASH_BITS)
    if published_at is None:
        return tail, _UNDATED_LAST << _HASH_BITS | tail
    key = ((published_at - _EPOCH) // _SECOND + 1) << _HASH_BITS | tail
    return key, key


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
        if field.kind == "keyword":
            for text in dict.fromkeys(value if isinstance(value, tuple) else (value,)):
                if text:
                    document.add_text(name, keyword(text))
        elif field.kind == "flag":
            document.add_text(name, flag(value))
        elif field.kind == "region":
            for code in dict.fromkeys(level for region in value for level in region_path(region)):
                document.add_text(name, keyword(code))
        elif field.kind == "number":
            document.add_integer(name, value)
    if entry.published_at is not None:
        document.add_integer("published_at", microseconds(entry.published_at))
        document.add_integer("day", beijing_day(entry.published_at))
    newest, oldest = sort_keys(entry.id, entry.published_at)
    document.add_unsigned("newest", newest)
    document.add_unsigned("oldest", oldest)
    document.add_unsigned("sequence", entry.sequence)
    document.add_bytes("stored", pack(entry))
    return document


def beijing_day(moment: datetime) -> int:
    """Ordinal of the calendar day in Asia/Shanghai; the last day there is for moments beyond the calendar."""
    try:
        return moment.astimezone(BEIJING).toordinal()
    except OverflowError:
        return moment.toordinal()


def keyword(text: str) -> str:
    """A keyword as engines take it: lone surrogates cannot be encoded and become U+FFFD; at most 1,000 characters."""
    return (
        text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")[:1000] if not text.isascii() else text[:1000]
    )


def flag(value: bool) -> str:
    """A yes or no as a keyword."""
    return "true" if value else "false"


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

"""How a document lies in Tantivy: which fields there are, what is stored, and the keys it is sorted by."""

from __future__ import annotations

import hashlib
import json
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
    """The fields. Keywords are raw; ``text`` and ``title`` hold bigrams; ``characters`` single ones, unranked."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="grams", index_option="position")
    builder.add_text_field("title", tokenizer_name="grams", index_option="position")
    builder.add_text_field("characters", tokenizer_name="characters", index_option="basic")
    builder.add_text_field("title_characters", tokenizer_name="characters", index_option="basic")
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
    folded = fold(entry.text)
    title = folded[: len(entry.title)]
    document.add_text("text", grams(folded))
    document.add_text("title", grams(title))
    document.add_text("characters", folded)
    document.add_text("title_characters", title)
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


def pack(entry: IndexEntry) -> bytes:
    """The entry as JSON values in field order."""
    values: list[Any] = [getattr(entry, name) for name in _STORED]
    moment = entry.published_at
    values[_STORED.index("published_at")] = moment.isoformat() if moment else None
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def unpack(stored: bytes) -> IndexEntry:
    """The entry that was packed."""
    values = dict(zip(_STORED, json.loads(stored.decode("utf-8", "surrogatepass")), strict=True))
    moment = values["published_at"]
    values["published_at"] = datetime.fromisoformat(moment) if moment else None
    fields: dict[str, Any] = {name: tuple(v) if isinstance(v, list) else v for name, v in values.items()}
    return IndexEntry(**fields)

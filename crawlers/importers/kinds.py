"""What a file holds, judged by its content; its name only has to agree."""

from __future__ import annotations

import zipfile
from pathlib import PurePath
from typing import Final, Literal

from crawlers.importers import ole
from crawlers.importers.files import File, OpenFile, size_of
from crawlers.importers.options import ImportRefused

Kind = Literal["table", "xlsx", "jsonl", "docx", "pdf", "zip", "text"]
"""``text`` is text without the ending of a table: a table when it has a header, else a letter."""

_NAMED: Final[dict[str, tuple[str, frozenset[str]]]] = {
    "xlsx": ("an XLSX workbook", frozenset({".xlsx", ".xlsm", ".xltx", ".xltm", ".et"})),
    "docx": ("a DOCX document", frozenset({".docx", ".docm", ".dotx"})),
    "jsonl": ("JSON lines", frozenset({".jsonl", ".ndjson", ".json", ".jl"})),
    "table": ("a CSV table", frozenset({".csv", ".tsv", ".tab"})),
    "pdf": ("a PDF document", frozenset({".pdf"})),
    "zip": ("a ZIP archive", frozenset({".zip"})),
    "old": ("a workbook of Excel 97–2003", frozenset({".xls"})),
    "old document": ("a document of Word 97–2003", frozenset({".doc", ".wps"})),
}
_SIGNATURES: Final = (
    (b"\x89PNG", "a PNG picture", "pictures are not imported"),
    (b"\xff\xd8\xff", "a JPEG picture", "pictures are not imported"),
    (b"GIF8", "a GIF picture", "pictures are not imported"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", "unpack it first"),
    (b"Rar!", "a RAR archive", "unpack it first"),
    (b"SQLite format 3", "an SQLite database", "export the table as CSV"),
    (b"{\\rtf", "an RTF document", "open it and save it as DOCX"),
    (b"PAR1", "a Parquet file", "export the table as CSV"),
)
LETTERS: Final = frozenset({".docx", ".docm", ".pdf", ".txt", ".text", ".md"})
"""Endings of single letters."""
MAX_UNPACKED: Final = 4 * 2**30
_RATIO, _FREE = 300, 256 * 2**20


def kind_of(path: File) -> Kind:
    """The kind of one file. Raises ImportRefused, with advice, for what cannot be imported or is misnamed."""
    try:
        with OpenFile(path) as file:
            packed, head = file.packed, file.bytes.read(8192)
    except OSError as error:
        raise ImportRefused(f"{path.name} cannot be read: {error.strerror}") from None
    if not head.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00"):
        raise ImportRefused(f"{path.name} is empty: there is nothing to import")
    if packed and (head.startswith((b"PK\x03\x04", ole.SIGNATURE)) or path.suffix.lower() != ".gz"):
        raise ImportRefused(f"{path.name} is packed with gzip; unpack it first (only *.csv.gz and *.jsonl.gz are read)")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _agreed(_zipped(path), path)
    if head.startswith(ole.SIGNATURE):
        raise ImportRefused(f"{path.name} {ole.advice(path)}")
    if b"%PDF-" in head[:1024]:
        return _agreed("pdf", path)
    for signature, what, advice in _SIGNATURES:
        if head.startswith(signature):
            raise ImportRefused(f"{_called(path)} {what}; {advice}")
    return _agreed(_textual(path, head), path)


def _textual(path: File, head: bytes) -> Kind:
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00").replace(b"\x00", b"")[:2048].lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<meta", b"<head")) or b"<table" in start:
        raise ImportRefused(f"{_called(path)} an HTML page; open it in a spreadsheet program and save it as .xlsx")
    if start.startswith((b"<?xml", b"<workbook")):
        raise ImportRefused(f"{_called(path)} XML; open it in a spreadsheet program and save it as .xlsx")
    if start.startswith(b"{"):
        return "jsonl"
    if start.startswith(b"[") and start[1:].lstrip().startswith((b"{", b"]")):
        raise ImportRefused(
            f"{path.name} is one JSON array; write one object a line, for example with: jq -c '.[]' {path.name}"
        )
    if _binary(head):
        raise ImportRefused(f"{_called(path)} binary data of an unknown kind; export it as CSV, XLSX or JSON lines")
    suffix = _suffix(path)
    return "text" if suffix not in _NAMED["table"][1] else "table"


def _binary(head: bytes) -> bool:
    """Zero bytes on even and odd places alike, which no encoding of text has in such number."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    controls = sum(byte < 9 or 13 < byte < 27 for byte in head) - even - odd
    return min(even, odd) * 20 > len(head) or controls * 10 > len(head)


def _suffix(path: File) -> str:
    return PurePath(path.name.removesuffix(path.suffix) if path.suffix.lower() == ".gz" else path.name).suffix.lower()


def _called(path: File) -> str:
    for what, suffixes in _NAMED.values():
        if _suffix(path) in suffixes:
            return f"{path.name} is called {what} but holds"
    return f"{path.name} holds"


def _agreed(kind: Kind, path: File) -> Kind:
    """The kind, if the name does not say another one."""
    suffix = _suffix(path)
    named = next((name for name, (_, suffixes) in _NAMED.items() if suffix in suffixes), None)
    if named is None or named == kind:
        return kind
    holds = "other text" if kind == "text" else _NAMED[kind][0]
    ending = ".csv or .txt" if kind in {"text", "table"} else f".{kind}"
    raise ImportRefused(f"{_called(path)} {holds}; rename it to {ending}, or export it again")


def _zipped(path: File) -> Kind:
    try:
        with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            entries = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError):
        raise ImportRefused(
            f"{path.name} is damaged (its ZIP container cannot be read); copy or save it again"
        ) from None
    if any(entry.flag_bits & 1 for entry in entries):
        raise ImportRefused(f"{path.name} is protected by a password; remove it and save the file again")
    unpacked, size = sum(entry.file_size for entry in entries), max(size_of(path), 1)
    if unpacked > MAX_UNPACKED or (unpacked > _FREE and unpacked > _RATIO * size):
        raise ImportRefused(
            f"{path.name} would unpack to {unpacked:,} bytes, {unpacked // size} times its size: refused"
        )
    names = {entry.filename for entry in entries}
    if any(name.startswith("xl/") and name.endswith("workbook.xml") for name in names):
        return "xlsx"
    if "word/document.xml" in names:
        return "docx"
    if "xl/workbook.bin" in names:
        raise ImportRefused(f"{path.name} is a binary workbook (.xlsb); open it and save it as .xlsx")
    if "content.xml" in names:
        raise ImportRefused(f"{_called(path)} an OpenDocument file; open it and save it as .xlsx or .docx")
    if any(PurePath(name).suffix.lower() in LETTERS for name in names):
        return "zip"
    raise ImportRefused(
        f"{_called(path)} a ZIP archive; unpack it and import the files in it "
        "(only letters may be packed: DOCX, PDF or TXT)"
    )

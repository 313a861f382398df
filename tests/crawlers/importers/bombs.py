"""Files made by hand as no office program would make them, and what becomes of them."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable

import openpyxl
import pytest

from crawlers.importers import Bad, ImportRefused, open_source
from crawlers.importers.files import Uploaded

TYPES = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Override PartName="/{part}" ContentType="{kind}"/></Types>'
)
RELATED = (
    '<?xml version="1.0"?><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    '<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="{part}"/></Relationships>'
)
WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def document(body: str, doctype: str = "", **others: bytes) -> bytes:
    """A DOCX document with this body."""
    kind = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", TYPES.format(part="word/document.xml", kind=kind))
        archive.writestr("_rels/.rels", RELATED.format(part="word/document.xml"))
        xml = f'<?xml version="1.0" encoding="UTF-8"?>{doctype}<w:document xmlns:w="{WORD}"><w:body>{body}</w:body></w:document>'
        archive.writestr("word/document.xml", xml)
        for name, content in others.items():
            archive.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def paragraph(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def letter_pdf(*streams: tuple[str, bytes]) -> bytes:
    """A PDF of one page; the first stream is its content, the others are forms by the names that it calls."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[3 0 R]/Count 1>>"]
    forms = " ".join(f"/{name} {number} 0 R" for number, (name, _) in enumerate(streams[1:], 6))
    resources = f"<</Font<</F 5 0 R>>/XObject<<{forms}>>>>"
    objects.append(f"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 4 0 R/Resources{resources}>>".encode())
    for at, (_, content) in enumerate(streams):
        packed = zlib.compress(content, 9)
        form = f"/Type/XObject/Subtype/Form/BBox[0 0 600 800]/Resources{resources}" if at else ""
        stream = f"<</Length {len(packed)}/Filter/FlateDecode{form}>>stream\n".encode() + packed + b"\nendstream"
        objects.append(stream)
        if not at:
            objects.append(b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>")
    made, offsets = bytearray(b"%PDF-1.5\n"), []
    for number, content in enumerate(objects, 1):
        offsets.append(len(made))
        made += f"{number} 0 obj\n".encode() + content + b"\nendobj\n"
    start = len(made)
    made += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    made += b"".join(f"{offset:010} 00000 n \n".encode() for offset in offsets)
    made += f"trailer<</Size {len(objects) + 1}/Root 1 0 R>>\nstartxref\n{start}\n%%EOF".encode()
    return bytes(made)


def workbook(**parts: str | Callable[[str], str]) -> bytes:
    """A workbook of one row, 水渠塌了没人修; ``parts`` (``xl__styles__xml``) change or add its parts."""
    book, told = openpyxl.Workbook(), io.BytesIO()
    for row in (["编号", "标题", "内容"], ["1", "水渠", "水渠塌了没人修。"]):
        book.active.append(row)
    book.save(told)
    made = io.BytesIO()
    named = {name.replace("__", "/", name.count("__") - 1).replace("__", "."): part for name, part in parts.items()}
    with zipfile.ZipFile(told) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(name for name in named if name not in old.namelist())]:
            part = named.get(name)
            said = old.read(name).decode() if not isinstance(part, str) else part
            new.writestr(name, part(said) if callable(part) else said)
    return made.getvalue()


def understated(container: bytes, name: str, size: int) -> bytes:
    """The container, with an entry that states this size, whatever it unpacks to."""
    made = bytearray(container)
    entry = made.rindex(b"PK\x01\x02", 0, made.rindex(name.encode()))
    made[entry + 24 : entry + 28] = struct.pack("<I", size)
    return bytes(made)


def rejected(file: Uploaded) -> str:
    """The reason why the one letter in the file is rejected."""
    [row] = list(open_source(file))
    assert isinstance(row, Bad), row
    return row.reason


def peak_of(file: Uploaded) -> int:
    """Most bytes in Python's hands while the file is refused or rejected."""
    tracemalloc.start()
    try:
        with pytest.raises(ImportRefused):
            assert all(isinstance(row, Bad) for row in open_source(file))
            raise ImportRefused("every letter is rejected")
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

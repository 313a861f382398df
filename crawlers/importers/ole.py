"""Files of the old Office container (OLE compound file): which one it is, so that the message can say what to do."""

from __future__ import annotations

from typing import Final

from crawlers.importers.files import File

SIGNATURE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ADVICE: Final = (
    ("EncryptedPackage", "is protected by a password; open it, remove the password and save it again"),
    ("Workbook", "is a workbook of Excel 97–2003 (.xls); open it and save it as .xlsx"),
    ("Book", "is a workbook of Excel 5 (.xls); open it and save it as .xlsx"),
    ("WordDocument", "is a document of Word 97–2003 (.doc); open it and save it as .docx"),
)


def advice(path: File) -> str:
    """What an OLE file is and what to do with it, by the names of the streams in it."""
    names = {stream: stream.encode("utf-16-le") for stream, _ in _ADVICE}
    found: set[str] = set()
    with path.open("rb") as file:
        before = b""
        while chunk := file.read(1 << 20):
            window = before + chunk
            found |= {stream for stream, name in names.items() if name in window}
            before = chunk[-64:]
    for stream, words in _ADVICE:
        if stream in found:
            return words
    return "is an old Office file of an unknown kind; open it and save it as .xlsx or .docx"

"""PDF letters written by hand: a page a list of lines, in a font whose codes are Unicode; or a scan without text."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

CMAP = b"""/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /Ours def /CMapType 2 def
1 begincodespacerange <0000> <FFFF> endcodespacerange
1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end end"""


def pdf(pages: Sequence[Sequence[str]]) -> bytes:
    """A PDF with these lines of text on its pages; a page without lines is as a scanner leaves it."""
    objects: dict[int, bytes] = {
        1: b"<< /Type /Catalog /Pages 2 0 R >>",
        3: b"<< /Type /Font /Subtype /Type0 /BaseFont /Song /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        4: b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /Song /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) "
        b"/Supplement 0 >> /DW 1000 >>",
        5: _stream(CMAP),
    }
    kids = []
    for lines in pages:
        page, content = 6 + 2 * len(kids), 7 + 2 * len(kids)
        kids.append(f"{page} 0 R")
        shown = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -20 Td" for line in lines)
        objects[content] = _stream(f"BT /F1 12 Tf 50 780 Td {shown} ET".encode() if lines else b"0 0 595 842 re S")
        objects[page] = (
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {content} 0 R >>"
        ).encode()
    objects[2] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>".encode()
    return _written(objects)


def _stream(data: bytes) -> bytes:
    packed = zlib.compress(data)
    return b"<< /Length %d /Filter /FlateDecode >> stream\n" % len(packed) + packed + b"\nendstream"


def _written(objects: dict[int, bytes]) -> bytes:
    out, places = b"%PDF-1.7\n", []
    for number, content in sorted(objects.items()):
        places.append(len(out))
        out += b"%d 0 obj " % number + content + b" endobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    trailer = b"trailer << /Root 1 0 R /Size %d >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, len(out))
    return out + head + table + trailer

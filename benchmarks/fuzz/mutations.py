"""How sound inputs are spoilt: byte by byte, character by character, and inside archives member by member."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from random import Random
from typing import Final

ODD: Final = (
    "\x00", "\u200b", "\u202e", "\ufeff", "\ud800", "𠮷", "é", "ﷺ", "〈电话〉", "〈", "〉", "%00", "../", "\r\n",
    "\n" * 40, '"', "'", "\\", "{", "}", "[", "]", "<", ">", "&", "&#x0;", "<!--", "]]>", "<![CDATA[", "－", "：",
    "（", "）", "“", "”", "~", "*", "^", "|", "9" * 400, "-1", "1e999", "NaN", "1.7976931348623157e309", "0x10",
    "2026-02-30", "2026-13-45T99:99", "9999-12-31", "0001-01-01", "1900年1月0日", "=cmd()", "ＡＢＣ１２３", "①②③",
    "一三八零零一三八零零零", "13800138000", "430102199001011237", "null", "true", "OR", "AND", "NOT", "或", "非",
    "factor:", "published:[", " TO ", "author:", "like:", "张三", "老王", "某" * 60, "村" * 300, "(" * 60,
    "{" * 60, "[" * 3000, "<div>" * 800, "<p>" * 300, "a" * 3000, "水 " * 250, "\t" * 50, ",,,,,,", ";;;;",
    "\x1b[31m", "\x7f", "\x85", "\u2028",
)  # fmt: skip


def text(random: Random, base: str) -> str:
    """The text after one to eight changes: characters gone, doubled, swapped, odd ones put in, parts repeated."""
    said = list(base)
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(said) + 1)
        end = min(len(said), at + random.randint(1, 12))
        change = random.randrange(6)
        if change == 0:
            del said[at:end]
        elif change == 1:
            said[at:at] = said[at:end] * random.choice((1, 2, 60))
        elif change == 2:
            said[at:at] = list(random.choice(ODD))
        elif change == 3:
            said[at:end] = list(random.choice(ODD))
        elif change == 4:
            said[at:end] = [chr(random.choice((random.randrange(0x20, 0x250), random.randrange(0x4E00, 0x9FFF),
                                              random.randrange(0x110000)))) for _ in said[at:end]]  # fmt: skip
        else:
            said[at:end] = reversed(said[at:end])
    return "".join(said)


def data(random: Random, base: bytes, others: Sequence[bytes] = ()) -> bytes:
    """The bytes after one to eight changes; ``others`` may lend a part."""
    said = bytearray(base)
    for _ in range(random.randint(1, 8)):
        at = random.randrange(len(said) + 1)
        end = min(len(said), at + random.choice((1, 2, 4, 16, 200)))
        change = random.randrange(7)
        if change == 0:
            del said[at:end]
        elif change == 1:
            said[at:at] = said[at:end] * random.choice((1, 3))
        elif change == 2:
            said[at:end] = random.randbytes(end - at)
        elif change == 3 and at < len(said):
            said[at] ^= 1 << random.randrange(8)
        elif change == 4:
            said[at:at] = random.choice(ODD).encode("utf-8", "surrogatepass")
        elif change == 5 and others:
            other = random.choice(others)
            start = random.randrange(len(other) + 1)
            said[at:end] = other[start : start + random.choice((4, 64, 1000))]
        else:
            del said[random.randrange(len(said) + 1) :]
    return bytes(said)


def members(random: Random, base: bytes) -> bytes:
    """An archive with a member spoilt inside, gone, doubled or under another name: it opens, and is wrong within."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(base)) as packed, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as again:
        names = packed.namelist()
        chosen = random.choice(names)
        for name in names:
            content = packed.read(name)
            if name == chosen:
                change = random.randrange(5)
                if change == 0:
                    continue
                if change == 1:
                    name = random.choice((name.upper(), "../" + name, "a/" * 40 + name, name + "\u202e.txt", "x.zip"))
                elif change == 2:
                    content = data(random, content)
                else:
                    content = text(random, content.decode("utf-8", "replace")).encode("utf-8", "replace")
            again.writestr(name, content)
    return out.getvalue()

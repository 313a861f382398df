"""The characters of a page, whatever the server, the page or both say about its encoding."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import Final

from crawlers.importers.encoding import plausibility

MAX_BYTES: Final = 4 << 20
"""Bytes of a page that are decoded; what lies behind is never looked at."""
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF32_LE, "utf-32-le"), (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"), (b"\x84\x31\x95\x33", "gb18030"),
)  # fmt: skip
_CHARSET: Final = re.compile(
    rb"charset\s{0,20}=\s{0,20}[\"']?\s{0,20}([\w:.-]{2,30})|<\?xml[^>]{0,100}encoding\s*=\s*[\"']([\w:.-]{2,30})",
    re.IGNORECASE,
)
_SAME: Final = {
    "gb2312": "gb18030", "gbk": "gb18030", "cp936": "gb18030", "gb18030": "gb18030", "hz": "hz", "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "big5hkscs": "big5hkscs", "utf-8": "utf-8", "utf-16": "utf-16", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be",
}  # fmt: skip
"""Codec → the widest one of its family: pages that say GB2312 hold GBK, pages that say Big5 hold HKSCS."""
_GUESSES: Final = ("utf-8", "gb18030", "big5hkscs")
_SAMPLE: Final = 1 << 16
_CLEAR: Final = 0.08
"""Plausibility (share of common characters) from which a decoding needs no second look; running text has .2 to .4."""
_SCRIPT: Final = re.compile(rb"<(script|style)\b", re.IGNORECASE)
_ENDS: Final = {name: re.compile(rb"</" + name + rb"\s*>", re.IGNORECASE) for name in (b"script", b"style")}
_TWICE: Final = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152-\u0178\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text of a page.

    ``undecodable`` counts the bytes shown as U+FFFD, ``doubtful`` says that the encoding is a guess.
    """

    text: str
    encoding: str
    undecodable: int
    doubtful: bool
    truncated: bool


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """Decodes a page; ``declared`` is the charset of the HTTP header, if any.

    A byte-order mark decides. Else the bytes do: strict UTF-8 is UTF-8; otherwise header, ``<meta>`` and the Chinese
    encodings are tried, and the one that yields the most Chinese wins, declarations only breaking ties. A page that was
    decoded wrongly once before (``ä¸­å›½``) is put right.
    """
    truncated, data = len(data) > MAX_BYTES, data[:MAX_BYTES]
    for mark, codec in _MARKS:
        if data.startswith(mark):
            return _decoded(data[len(mark) :], codec, truncated)
    claims = [codec for codec in map(codec_of, (declared, *_in_page(data))) if codec]
    sideways = _utf16(data)
    if sideways:
        return _decoded(data, sideways, truncated)
    if data.isascii():
        return _decoded(data, "hz" if "hz" in claims and b"~{" in data else "utf-8", truncated)
    sample = _sample(data)
    if _strict(data, truncated) and not (_few(data) and _better(sample, claims)):
        return _untwisted(_decoded(data, "utf-8", truncated))
    scores = {codec: plausibility(sample, codec) for codec in _GUESSES}
    best = max(scores, key=lambda codec: scores[codec] + (0.02 if codec in claims else 0.0))
    return _decoded(data, best, truncated, doubtful=scores[best] < _CLEAR)


def codec_of(name: str | None) -> str | None:
    """The codec to use for a declared charset; None for what Python does not know or what pages never mean."""
    if not name:
        return None
    try:
        found = codecs.lookup(name.strip("\"' ;").lower()).name
    except (LookupError, ValueError):
        return None
    return _SAME.get(found.replace("_", "-"), _SAME.get(found))


def charset_of(content_type: str | None) -> str | None:
    """The charset parameter of a Content-Type header."""
    found = _CHARSET.search((content_type or "").encode("ascii", "ignore"))
    return found[1].decode() if found and found[1] else None


def _in_page(data: bytes) -> list[str]:
    return [(found[1] or found[2]).decode("ascii", "ignore") for found in _CHARSET.finditer(data[:8192])]


def _strict(data: bytes, truncated: bool) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data, final=not truncated)
    except UnicodeDecodeError:
        return False
    return True


def _few(data: bytes) -> bool:
    """So few bytes beyond ASCII that GBK may pass for UTF-8 by chance."""
    return sum(byte > 0x7F for byte in data[: 1 << 18]) < 24


def _better(sample: bytes, claims: list[str]) -> bool:
    own = plausibility(sample, "utf-8")
    return any(codec != "utf-8" and plausibility(sample, codec) > own + 0.2 for codec in claims if codec in _GUESSES)


def _sample(data: bytes) -> bytes:
    """The first bytes of the page's text that hold something beyond ASCII; scripts and styles tell nothing."""
    text = _without_scripts(data[: 1 << 20])
    start = next((place for place, byte in enumerate(text) if byte > 0x7F), None)
    if start is None:
        text, start = data, next((place for place, byte in enumerate(data) if byte > 0x7F), 0)
    return text[start : start + _SAMPLE]


def _without_scripts(data: bytes) -> bytes:
    """A page with a blank for every script and style; one that never ends stays, and is looked for once."""
    parts: list[bytes] = []
    endless: set[bytes] = set()
    at = kept = 0
    while len(endless) < len(_ENDS) and (begin := _SCRIPT.search(data, at)):
        name, at = begin[1].lower(), begin.end()
        end = None if name in endless else _ENDS[name].search(data, at)
        if end is None:
            endless.add(name)
        else:
            parts += [data[kept : begin.start()], b" "]
            kept = at = end.end()
    return b"".join([*parts, data[kept:]])


def _utf16(data: bytes) -> str | None:
    """UTF-16 without a mark shows in the zero bytes of its tags."""
    head = data[:2048]
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 6 < len(head) or min(even, odd) * 3 > max(even, odd):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _decoded(data: bytes, codec: str, truncated: bool, *, doubtful: bool = False) -> Decoded:
    text = data.decode(codec, errors="replace")
    if truncated and text.endswith("\ufffd"):
        text = text[:-1]
    undecodable = text.count("\ufffd") + text.count("锟斤拷")
    return Decoded(text, codec, undecodable, doubtful or undecodable * 50 > max(len(text), 1), truncated)


def _untwisted(decoded: Decoded) -> Decoded:
    """UTF-8 that was taken for Latin text and encoded again, decoded once more; other text comes back as it is."""
    pairs = len(_TWICE.findall(decoded.text[:_SAMPLE]))
    if pairs < 8 or sum("\u4e00" <= char <= "\u9fff" for char in decoded.text[:_SAMPLE]) > pairs // 4:
        return decoded
    for codec in ("cp1252", "latin-1"):
        try:
            text = decoded.text.encode(codec).decode("utf-8")
        except UnicodeError:
            continue
        return Decoded(text, "utf-8", text.count("\ufffd"), True, decoded.truncated)
    return Decoded(decoded.text, decoded.encoding, decoded.undecodable, True, decoded.truncated)

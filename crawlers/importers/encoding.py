"""The encoding of a text file: byte-order marks, UTF-8, UTF-16, GB18030 (GBK, GB2312) and Big5."""

from __future__ import annotations

import codecs
from typing import Final

from crawlers.importers.files import File, OpenFile
from crawlers.importers.options import ImportRefused

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"\x84\x31\x95\x33", "gb18030"),
)  # fmt: skip
_CHUNK: Final = 1 << 18
_SAMPLE: Final = 1 << 16
_COMMON: Final = frozenset(
    "的一是了不在有我们人这个中上来到大为地国区市县路小年月日时间府政问题主回复答复请民居住房费电话局部门没业说就会也要可对生能而子那得于着下自之"
    "内容标题编号详情详投诉建设施工公司"
    "們這個來為國區縣時間題復請費電話門沒業說會對於著問學與還關開車樓層號單樣後無處報應該發現實種點麼東過進兩長給讓內容標題編詳訴設公司"
)
"""Characters that petitions are full of, in both scripts: a wrong decoding hardly ever yields them."""


def encoding_of(path: File, chosen: str | None = None) -> str:
    """Name of the codec that reads the file, ``chosen`` where given.

    Raises ImportRefused when ``chosen`` is not a codec or when no candidate yields text.
    """
    if chosen is not None:
        try:
            return codecs.lookup(chosen).name
        except LookupError:
            raise ImportRefused(f"--encoding: there is no encoding {chosen!r}; try utf-8 or gb18030") from None
    with OpenFile(path) as file:
        head = file.bytes.read(4096)
        for mark, name in _MARKS:
            if head.startswith(mark):
                return name
        sideways = _utf16(head)
        if sideways:
            return sideways
        decoder = codecs.getincrementaldecoder("utf-8")()
        before, chunk = b"", head
        try:
            while chunk:
                decoder.decode(chunk)
                before, chunk = chunk, file.bytes.read(_CHUNK)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            sample = _from_first_foreign_byte(before + chunk + file.bytes.read(_SAMPLE))
        else:
            return "utf-8"
    return _likeliest(sample, path.name)


def _from_first_foreign_byte(data: bytes) -> bytes:
    """A sample that begins where the text leaves ASCII."""
    start = next((place for place, byte in enumerate(data) if byte > 0x7F), 0)
    return data[start : start + _SAMPLE]


def _utf16(head: bytes) -> str | None:
    """UTF-16 without a mark shows in the zero bytes of its digits, commas and line ends."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if min(even, odd) * 3 > max(even, odd) or max(even, odd) * 120 < len(head):
        return None
    codec = "utf-16-le" if odd > even else "utf-16-be"
    if max(even, odd) * 4 > len(head):
        return codec
    try:
        codecs.getincrementaldecoder("utf-8")().decode(head)
    except UnicodeDecodeError:
        return codec
    return None


def _likeliest(sample: bytes, name: str) -> str:
    scores = {codec: plausibility(sample, codec) for codec in ("utf-8", "gb18030", "big5hkscs")}
    best = max(scores, key=lambda codec: scores[codec])
    if scores[best] < 0.02:
        raise ImportRefused(f"{name} is not text in UTF-8, UTF-16, GB18030 or Big5; name it with --encoding")
    return best


def plausibility(sample: bytes, codec: str) -> float:
    """Share of common characters among all beyond ASCII, less the share of undecodable bytes twice over."""
    text = sample.decode(codec, errors="surrogateescape")
    beyond = [char for char in text if char > "\x7f"]
    if not beyond:
        return 0.0
    broken = sum("\udc80" <= char <= "\udcff" for char in beyond)
    return (sum(char in _COMMON for char in beyond) - 2 * broken) / len(beyond)

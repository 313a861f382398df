"""The shared strings of a workbook, read a page at a time, so that memory does not grow with the workbook.

Excel keeps each text once in one compressed part and lets cells point into it. Raw text may not touch the disk (P-02)
and need not fill the memory: while the part is read once, the state of the decompressor is kept every megabyte, and
a page is unpacked again from there when a cell asks for a string in it.
"""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from bisect import bisect_right
from collections import OrderedDict
from dataclasses import dataclass
from typing import Any, BinaryIO, Final
from xml.parsers import expat

from openpyxl.utils.escape import unescape

from crawlers.importers.options import ImportRefused
from crawlers.importers.outcomes import MAX_CELL, TOO_LARGE, Unreadable

_PAGE: Final = 1 << 20
_PIECE: Final = 1 << 16
_PAGES_KEPT: Final = 6
_GIANT: Final = 8 * MAX_CELL
"""Bytes after which a string is past every limit, whatever its encoding and markup."""
_ITEM: Final = re.compile(rb"<(?:\w{1,12}:)?si[\s/>]")
_LONGEST_TOKEN: Final = 20


@dataclass(slots=True)
class _Page:
    first: int
    """Number of the first string that begins in this page."""
    offset: int
    packed_at: int
    state: Any


class SharedStrings:
    """``strings[i]`` is the i-th shared string, or Unreadable when it is too large."""

    def __init__(self, archive: zipfile.ZipFile, name: str, file: BinaryIO) -> None:
        entry = archive.getinfo(name)
        self._file = file
        self._deflated = entry.compress_type == zipfile.ZIP_DEFLATED
        if entry.compress_type not in {zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED}:
            raise ImportRefused("the workbook is packed in an unusual way; open it and save it again as .xlsx")
        file.seek(entry.header_offset)
        header = file.read(30)
        if len(header) < 30:
            raise ImportRefused("the workbook is damaged (its texts are not there); copy or save it again")
        self._start = entry.header_offset + 30 + sum(struct.unpack("<HH", header[26:]))
        self._packed_size, self._size = entry.compress_size, entry.file_size
        self._pages: list[_Page] = []
        self._cache: OrderedDict[int, list[bytes]] = OrderedDict()
        self._misses = 0
        self._kept_pages = _PAGES_KEPT
        self._count = self._scan()

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> str | Unreadable:
        if not 0 <= number < self._count:
            return Unreadable("points to a shared text that the workbook does not have")
        index = bisect_right(self._pages, number, key=lambda page: page.first) - 1
        strings = self._cache.get(index)
        if strings is None:
            strings = self._unpacked(index)
        else:
            self._cache.move_to_end(index)
        place = number - self._pages[index].first
        return _string(strings[place]) if place < len(strings) else TOO_LARGE

    def _unpacked(self, index: int) -> list[bytes]:
        """The strings of a page as they are marked up; each is read when a cell asks for it.

        A workbook whose texts lie in another order than its rows gets all pages kept.
        """
        self._misses += 1
        if self._misses > 8 * len(self._pages) + 64:
            self._kept_pages = len(self._pages)
        strings = self._read(index)
        self._cache[index] = strings
        while len(self._cache) > self._kept_pages:
            self._cache.popitem(last=False)
        return strings

    def _decompressor(self) -> Any:
        return zlib.decompressobj(-15) if self._deflated else _Stored()

    def _pieces(self, state: Any, packed_at: int) -> Any:
        """Unpacked pieces of at most 64 KB, from a decompressor's state; each with the place where it ends."""
        while packed_at < self._packed_size or state.unconsumed_tail:
            packed = state.unconsumed_tail
            if not packed:
                self._file.seek(self._start + packed_at)
                packed = self._file.read(min(_PIECE // 4, self._packed_size - packed_at))
                if not packed:
                    return
                packed_at += len(packed)
            try:
                piece = state.decompress(packed, _PIECE)
            except zlib.error as error:
                raise ImportRefused(f"the workbook is damaged ({error}); copy or save it again") from None
            yield piece, packed_at

    def _scan(self) -> int:
        state = self._decompressor()
        self._pages = [_Page(0, 0, 0, state.copy())]
        count = offset = 0
        counted_to = -1
        tail = b""
        for piece, packed_at in self._pieces(state, 0):
            window, base = tail + piece, offset - len(tail)
            for match in _ITEM.finditer(window):
                start = base + match.start()
                if start > counted_to:
                    counted_to = start
                    count += 1
                    if start < self._pages[-1].offset:
                        self._pages[-1].first += 1
            offset += len(piece)
            if offset > self._size:
                raise ImportRefused(
                    f"the workbook is damaged (its texts unpack to more than the {self._size:,} bytes "
                    "that it states); open it and save it again"
                )
            tail = window[-_LONGEST_TOKEN:]
            if offset - self._pages[-1].offset >= _PAGE:
                self._pages.append(_Page(count, offset, packed_at, state.copy()))
        return count

    def _read(self, index: int) -> list[bytes]:
        page = self._pages[index]
        following = self._pages[index + 1] if index + 1 < len(self._pages) else None
        wanted = (following.first if following else self._count) - page.first
        length = following.offset - page.offset if following else None
        data = bytearray()
        end: int | None = None
        for piece, _ in self._pieces(page.state.copy(), page.packed_at):
            searched = max(0, len(data) - _LONGEST_TOKEN)
            data += piece
            if length is not None and len(data) > length:
                after = _ITEM.search(data, max(length, searched))
                if after is not None:
                    end = after.start()
                    break
                if len(data) > length + _GIANT:
                    break
            elif length is None and len(data) > 4 * _PAGE + _GIANT:
                break
        starts = [match.start() for match in _ITEM.finditer(data, 0, end if end is not None else len(data))][:wanted]
        ends = [*starts[1:], end if end is not None else len(data)]
        return [bytes(data[start:stop]) for start, stop in zip(starts, ends, strict=True)]


class _Stored:
    """A part that is stored unpacked, with the face of a decompressor."""

    unconsumed_tail = b""

    def decompress(self, data: bytes, limit: int) -> bytes:
        return data

    def copy(self) -> _Stored:
        return self


def _string(markup: bytes) -> str | Unreadable:
    """The text of one ``<si>``: its runs joined, phonetic hints left out."""
    if len(markup) > _GIANT:
        return TOO_LARGE
    texts: list[str] = []
    inside: list[str] = []
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True

    def start(name: str, attributes: dict[str, str]) -> None:
        inside.append(name.rpartition(":")[2])

    def text(data: str) -> None:
        if inside and inside[-1] == "t" and "rPh" not in inside:
            texts.append(data)

    def end(name: str) -> None:
        inside.pop()

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    item_end = markup.rfind(b"si>")
    closed = markup[: item_end + 3] if item_end > 0 else markup[: markup.find(b">") + 1]
    try:
        parser.Parse(closed, True)
    except expat.ExpatError:
        return Unreadable("is damaged in the workbook")
    joined = unescape("".join(texts))
    return TOO_LARGE if len(joined) > MAX_CELL else joined

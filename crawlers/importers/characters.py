"""Which characters a text may carry: harmless invisible ones go, damaged or binary ones refuse the cell."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LINE_ENDS: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_INVISIBLE: Final = re.compile("[\x08\x1a\x7f\xad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
"""Zero-width and direction marks would also hide a telephone number from the redactor."""
_REFUSED: Final = re.compile("[\x00-\x07\x0e-\x19\x1b-\x1f\x80-\x84\x86-\x9f\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_ESCAPED_BYTE: Final = range(0xDC80, 0xDD00)


class CharacterRefused(ValueError):
    """A text holds a character that no petition has; the message names it, and nothing else of the text."""


def cleaned(text: str) -> str:
    """The text with \\n line ends, without invisible characters and outer blanks, in NFC.

    Raises CharacterRefused for lone surrogates, undecodable bytes and control characters.
    """
    refused = _REFUSED.search(text)
    if refused is not None:
        code = ord(refused[0])
        if code in _ESCAPED_BYTE:
            raise CharacterRefused(f"holds a byte (0x{code - 0xDC00:02X}) that is not text in the file's encoding")
        if 0xD800 <= code <= 0xDFFF:
            raise CharacterRefused(f"holds half a character (lone surrogate U+{code:04X})")
        raise CharacterRefused(f"holds a control character (U+{code:04X})")
    return unicodedata.normalize("NFC", _INVISIBLE.sub("", _LINE_ENDS.sub("\n", text))).strip()


def mended(text: str) -> str:
    """The text as :func:`cleaned` gives it, without the characters that it refuses: of a page, the rest is good."""
    return cleaned(_REFUSED.sub("", text))

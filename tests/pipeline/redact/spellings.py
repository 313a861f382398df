"""Hypothesis strategies for every spelling of a number by which somebody can be reached, and what is left of it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from hypothesis import strategies as st

from pipeline.redact.identity import _CHECK, _WEIGHTS
from pipeline.redact.luhn import luhn

SCRIPTS = (
    "0123456789", "０１２３４５６７８９", "〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖", "⓪①②③④⑤⑥⑦⑧⑨", "⁰¹²³⁴⁵⁶⁷⁸⁹",
    "₀₁₂₃₄₅₆₇₈₉", "𝟎𝟏𝟐𝟑𝟒𝟓𝟔𝟕𝟖𝟗", "𝟶𝟷𝟸𝟹𝟺𝟻𝟼𝟽𝟾𝟿", "٠١٢٣٤٥٦٧٨٩", "零幺两三四五六七八九", "⓪⑴⑵⑶⑷⑸⑹⑺⑻⑼",
)  # fmt: skip
READ = {glyph: str(value) for script in SCRIPTS for value, glyph in enumerate(script)}
UNSEEN = ("\u200b", "\u200c", "\u200d", "\u2060", "\ufeff", "\u00ad", "\u202e", "\ufe0f")
MARKS = (" ", "-", ".", "·", "/", "_", "—", "－", "　", "\u00a0", "~", "|", "*", "、", "，", ":", "\n", "  ", " - ", "")
FORGED = ("〈电话〉", "〈人名〉", "〈证件号〉")
LEFT = 7
"""Digits in a row that a text may not keep of a number."""


@dataclass(frozen=True)
class Spelled:
    """A number as it stands in a text, and its digits."""

    written: str
    digits: str


def left_of(text: str, digits: str) -> list[str]:
    """Runs of seven digits of the number that can still be read, whatever they are written in and held apart by."""
    read = "".join(READ.get(one) or _value(one) for one in text)
    return [
        digits[at : at + LEFT] for at in range(len(digits) - LEFT + 1) if digits[at : at + LEFT] in re.sub(r"\D", "", read)
    ]  # fmt: skip


def _value(character: str) -> str:
    value = unicodedata.digit(character, None)
    return "" if value is None else str(value)


_DIGITS = st.text("0123456789", min_size=17, max_size=17)


@st.composite
def numbers(draw: st.DrawFn) -> tuple[str, tuple[tuple[int, ...], ...]]:
    """A mobile number, an identity card or a bank card, and the groups in which people write it."""
    kind = draw(st.sampled_from(["mobile", "identity", "bank"]))
    random = draw(_DIGITS)
    if kind == "mobile":
        return "1" + draw(st.sampled_from("3456789")) + random[:9], ((11,), (3, 4, 4), (3, 8), (7, 4), (1,) * 11)
    if kind == "identity":
        body = draw(st.sampled_from(["430102", "110105", "650104"])) + draw(st.sampled_from(["19620714", "20011130"]))
        body += random[:3]
        check = _CHECK[sum(int(one) * weight for one, weight in zip(body, _WEIGHTS, strict=True)) % 11]
        return body + check, ((18,), (6, 8, 4), (6, 4, 4, 4), (4, 4, 4, 4, 2), (3, 3, 4, 4, 4), (1,) * 18)
    body = "62" + random[:16]
    card = next(body + last for last in "0123456789" if luhn(body + last))
    return card, ((19,), (4, 4, 4, 4, 3), (6, 13), (1,) * 19)


@st.composite
def spelled(draw: st.DrawFn, *, forged: bool = False) -> Spelled:
    """A number whose digits change script as they like, in groups that any marks hold apart, with unseen characters.

    ``forged`` holds the groups apart by what looks like a redaction.
    """
    digits, shapes = draw(numbers())
    shape = draw(st.sampled_from(shapes[1:] if forged else shapes))
    mixed = draw(st.booleans())
    script = draw(st.sampled_from(SCRIPTS))
    written, at = "", 0
    for number, size in enumerate(shape):
        if number:
            written += draw(st.sampled_from(FORGED if forged else MARKS))
        for digit in digits[at : at + size]:
            glyphs = draw(st.sampled_from(SCRIPTS)) if mixed else script
            written += (digit if digit == "X" else glyphs[int(digit)]) + draw(st.sampled_from(("", "", "", *UNSEEN)))
        at += size
    return Spelled(written, digits.rstrip("X"))

"""Numbers as people write them in Chinese: 三百多, 3000余, 几十, 2万, 上千 (数词)."""

from __future__ import annotations

import re

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2, "壹": 1}
SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000, "亿": 100_000_000}
NUMBER = (
    r"(?:\d[\d,，]*(?:\.\d+)?(?:十|百|千|万|亿)*|"
    r"[几数好](?:百(?!姓)|[十千万])+|(?:百(?!姓)|[零〇一二两三四五六七八九十千万])+)"
)
"""A number in figures, in characters or mixed (2万), with 几/数 for an unknown digit."""


def exact(written: str) -> int | None:
    """The value of a number without 几/数, or None when it is not one: 三百二十 → 320, 一千二 → 1200, 2.5万 → 25000."""
    figure = re.fullmatch(r"(\d[\d,，]*(?:\.\d+)?)([十百千万亿]*)", written)
    if figure:
        value = float(re.sub("[,，]", "", figure[1]))
        for scale in figure[2]:
            value *= SCALES[scale]
        return int(value) if value < 10**12 else None
    total = section = digit = 0
    last_scale = 1
    for character in written:
        if character in DIGITS:
            digit = DIGITS[character]
        elif character in SCALES:
            scale = SCALES[character]
            if scale >= 10_000:
                total, section, digit = (total + section + digit or 1) * scale, 0, 0
            else:
                section, digit = section + (digit or 1) * scale, 0
            last_scale = scale
        else:
            return None
    if digit and last_scale > 10 and len(written) > 1 and written[-2] in SCALES:
        digit *= last_scale // 10
    if re.fullmatch("[零〇一二三四五六七八九]{2,4}", written):
        return int("".join(str(DIGITS[character]) for character in written))
    return total + section + digit


def bounds(written: str, before: str = "", after: str = "") -> tuple[int, int | None] | None:
    """The range (at least, at most) that a number states with the words around it; None when it is no number.

    几百 is 200–999, 三百多 is 300–399, 上千 is 1000–1999, 近600 is 540–600, 约100 is 90–110, 不下50 is 50 or more.
    """
    vague = re.fullmatch("[几数好几]+([十百千万]+)", written)
    if vague:
        scale = 1
        for character in vague[1]:
            scale *= SCALES[character]
        return 2 * scale, 10 * scale - 1
    pair = re.fullmatch("([一二两三四五六七八])([二三四五六七八九])([十百千万]*)", written)
    if pair and DIGITS[pair[2]] == DIGITS[pair[1]] + 1:
        scale = 1
        for character in pair[3]:
            scale *= SCALES[character]
        return DIGITS[pair[1]] * scale, DIGITS[pair[2]] * scale
    value = exact(written)
    if value is None:
        return None
    if re.search("上$", before) and re.fullmatch("[十百千万]+", written):
        return value, 2 * value - 1
    if re.match("多|余|来|几", after):
        step = 1
        while value and value % (step * 10) == 0:
            step *= 10
        return value, value + max(step, 1) - 1
    if re.search("(超过|不下|不少于|至少|多达|起码|高达|以上)$", before) or after.startswith("以上"):
        return value, None
    if re.search("(近|将近|接近|快|不到|不足)$", before):
        return value * 9 // 10, value
    if re.search("(约|大约|大概|差不多|估计)$", before) or re.match("左右|上下|把", after):
        return value * 9 // 10, value * 11 // 10
    return value, value

"""Identity documents (证件号): identity cards by checksum, and every number that a cue word calls one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Final

from pipeline.redact.digits import digit_runs, spelled_runs
from pipeline.redact.finding import Finding

_PROVINCES: Final = frozenset(
    map(
        str,
        (
            *range(11, 16),
            *range(21, 24),
            *range(31, 38),
            *range(41, 47),
            *range(50, 55),
            *range(61, 66),
            71,
            81,
            82,
            83,
            91,
        ),
    )
)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK: Final = "10X98765432"
"""GB 11643-1999: the check character is this string at (weighted sum mod 11)."""

_CUED: Final = re.compile(
    r"(?:身份证件?|证件|社会保障|社保(?:卡|账户|个人)?|医保(?:卡)?|医疗证|护照|"
    r"通行证|台胞证|回乡证|学籍|学生证?|学|准考证|考生|驾驶证|驾照|军官证|退役证|"
    r"退伍证"
    r"|士兵证|残疾人?证|户口(?:本|簿)|居住证|老年证|低保证|工作证|工|警|执业证|"
    r"港澳证|产权证|房产证|结婚证|出生证|病历|住院|就诊卡?|门诊)"
    r"(?:号码?|编号|件号)(?:码)?\s?(?:是|为|[:(])?\s*[\"“]?"
    r"([A-Za-z]{0,3}[0-9*](?:[ \-]?[0-9A-Za-z*]){4,20})(?![0-9A-Za-z])"
)
_BARE_CUE: Final = re.compile(
    r"(?:身份证|护照|社保卡|学籍号|学号|医保卡|通行证)[^\d\n,。;A-Za-z]{0,4}?([A-Za-z]{0,2}\d[0-9Xx*]{5"
    r",18})(?![0-9A-Za-z])"
)
_TOKEN: Final = re.compile(r"[0-9*](?:[ \-]?[0-9A-Za-z*]){4}")
_PASSPORT: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[EG]\d{8}|E[A-HJ-NP-Z]\d{7}|[DSP]\d{7}|[HMC]\d{8,10}|14\d{7}(?=\(护照))(?![A-Za-z0-9])"
)
_MASKED: Final = re.compile(
    r"(?<![\d*])(?=[\d*Xx]{15,18}(?![\d*Xx]))[1-8]\d{2,13}[*xX]{4,14}\d{0,4}[Xx]?(?![\dA-Za-z*])"
)
_SPACED: Final = re.compile(r"(\d{6}[ \-](?:18|19|20)\d{6}[ \-]\d{3}[\dXx])\d*")
_TITLE_DEED: Final = re.compile(
    r"[\[(]?\d{4}[\])]?[\u4e00-\u9fff]{2,8}不动产权第\s?(\d{5,10})号|(?:产权证|"
    r"房权证|土地证)[\u4e00-\u9fff]{0,6}字?第\s?(\d{5,12})号"
)


def find_identity_numbers(text: str) -> Iterator[Finding]:
    """Identity cards (15 and 18 digits), passports, social security, student and other personal document numbers."""
    for pattern in (_CUED, _BARE_CUE, _TITLE_DEED) if _TOKEN.search(text) else ():
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            if re.search(r"\d{2}", match.group(group)):
                yield Finding(match.start(group), match.end(group), "id_number")
    for match in _SPACED.finditer(text):
        if is_identity_card(re.sub(r"[ \-]", "", match.group(1)).upper()):
            start = match.start()
            while start and text[start - 1].isdecimal():
                start -= 1
            yield Finding(start, match.end(), "id_number")
    for pattern in (_PASSPORT, _MASKED):
        for match in pattern.finditer(text):
            yield Finding(match.start(), match.end(), "id_number")
    for run in digit_runs(text):
        for start, end, digits, sizes in run.windows():
            grouped = len(sizes) > 1 and valid_checksum(digits)
            if grouped or (len(sizes) == 1 and (is_identity_card(digits) or _contains_identity_card(digits))):
                yield Finding(start, end, "id_number")
    for start, end, digits in spelled_runs(text):
        if _contains_identity_card(digits):
            yield Finding(start, end, "id_number")


def is_identity_card(number: str) -> bool:
    """Whether region and birthday of an 18- or 15-digit number are possible; a typing error in the checksum passes."""
    if number[:2] not in _PROVINCES:
        return False
    if len(number) == 18:
        return number[:17].isdecimal() and _is_birthday(number[6:14])
    return len(number) == 15 and number.isdecimal() and _is_birthday("19" + number[6:12])


def valid_checksum(number: str) -> bool:
    """Whether an 18-character number has a possible region and birthday and the check character of GB 11643."""
    if len(number) != 18 or not is_identity_card(number):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return number[17] == _CHECK[total % 11]


def _contains_identity_card(digits: str) -> bool:
    return any(valid_checksum(digits[start : start + 18]) for start in range(len(digits) - 17))


def _is_birthday(digits: str) -> bool:
    try:
        return 1890 <= date(int(digits[:4]), int(digits[4:6]), int(digits[6:])).year <= 2100
    except ValueError:
        return False

"""Telephone numbers (电话) of people: mobiles and landlines in every spelling; published service lines stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.redact.digits import digit_runs, spelled_runs
from pipeline.redact.finding import Finding

_MOBILE: Final = re.compile(r"(?:0086|86|0)?1[3-9]\d{9}")
_INSIDE: Final = re.compile(r"1[3-9]\d{9}")
_LANDLINE: Final = re.compile(r"(?:86)?(?:0(?:10|2\d)[2-8]\d{7}|0[3-9]\d{2}[2-8]\d{6,7})")
_LOOSE_GROUPS: Final = frozenset(
    {
        (4, 3, 4),
        (4, 4, 3),
        (5, 6),
        (6, 5),
        (5, 3, 3),
        (3, 2, 2, 2, 2),
        (3, 4, 2, 2),
        (2, 9),
        (1, 10),
        (3, 3, 3, 2),
        (4, 7),
    }
)
_MOBILE_GROUPS: Final = frozenset({(11,), (3, 4, 4), (3, 8), (7, 4), (3, 3, 5), (1,) * 11})
_CUE: Final = re.compile(
    r"(?:电话|手机|号码|联系方式|联系|座机|固话|传真|致电|来电|拨打|[Tt][Ee][Ll]|短信|微信同号)[^\d\n。;]{0,8}$"
)
_SERVICE_LINE: Final = re.compile(
    r"(?:热线|客服|查号台|(?:咨询|服务|监督|举报|投诉|值班|办公|办公室|客服|公开|受理|政务|"
    r"报修|维修|抢修|应急|救援|预约|信访|便民|单位|窗口|大厅|12345)"
    r"(?:热线|专线)?(?:电话|号码))(?:号码)?(?:是|为)?[:\s(]{0,3}$"
)
_EXTENSION: Final = re.compile(r"\s?(?:-|转|分机|#|ext\.?)\s?(?:分机)?(?:号)?\s?(\d{1,5})(?!\d)", re.IGNORECASE)
_LOCAL: Final = re.compile(
    r"(?:电话|座机|固话|传真|宅电|[Tt][Ee][Ll])(?:号码|号)?(?:是|为)?[:\s(]{0,3}([2-8]\d{2,3}[ \-]?\d{4})(?!\d)"
)
_MASKED: Final = re.compile(r"(?<!\d)1[3-9]\d(?:[*xX]{2,8}\d{2,4}|\d{1,4}[*xX]{3,8}\d{0,4})(?![\dA-Za-z])")
_EMBEDDED: Final = re.compile(r"1[3-9]\d([ \-.·]{1,3})\d{4}\1\d{4,}|1([ \-.·])[3-9](?:\2\d){9}\d*")
_OFFICE: Final = re.compile(
    r"(?:[局科室办委院站所队处]|中心|大厅|咨询|致电|拨打|来电|联系我们|与我[局办委院]联系|特此回复)[^。;\n]{0,16}$"
)
_PRIVATE: Final = re.compile(r"先生|女士|联系人|投诉人|信访人|反映人|本人|家里|住户|业主|村民")
_FOREIGN: Final = re.compile(r"\+\s?(?!86)\d{1,3}[ \-]?(?:\d[ \-]?){6,11}\d")


def find_phones(text: str, *, official: bool = False) -> Iterator[Finding]:
    """Telephone numbers, with country code and extension; 12345, 110, 400 and 95 numbers are not people's.

    In ``official`` texts the landlines that an office gives as its own stay as well.
    """
    for run in digit_runs(text):
        for start, end, digits, sizes in run.windows():
            if _is_mobile(text, start, digits, sizes):
                yield _phone(text, start, end)
            elif _is_landline(digits, sizes) and not _is_public(text, start, official=official):
                extension = _EXTENSION.match(text, end)
                yield _phone(text, start, extension.end() if extension else end)
            elif len(sizes) == 1 and len(digits) >= 12 and _INSIDE.search(digits):
                yield Finding(start, end, "phone" if len(digits) <= 14 else "case_number")
    for start, end, digits in spelled_runs(text):
        if _INSIDE.search(digits) or _LANDLINE.fullmatch(digits):
            yield Finding(start, end, "phone")
    for match in _LOCAL.finditer(text):
        if not _is_public(text, match.start(1), official=official):
            extension = _EXTENSION.match(text, match.end(1))
            yield Finding(match.start(1), extension.end() if extension else match.end(1), "phone")
    for match in _EMBEDDED.finditer(text):
        start = match.start()
        while start and text[start - 1].isdecimal():
            start -= 1
        yield Finding(start, match.end(), "phone")
    for pattern in (_MASKED, _FOREIGN):
        for match in pattern.finditer(text):
            yield Finding(match.start(), match.end(), "phone")


def _is_mobile(text: str, start: int, digits: str, sizes: tuple[int, ...]) -> bool:
    if not _MOBILE.fullmatch(digits):
        return False
    core = _without_prefix(sizes, len(digits) - 11)
    if core in _MOBILE_GROUPS:
        return True
    return core in _LOOSE_GROUPS and _CUE.search(text, max(0, start - 16), start) is not None


def _without_prefix(sizes: tuple[int, ...], extra: int) -> tuple[int, ...]:
    if extra and sizes[0] > extra:
        return (sizes[0] - extra, *sizes[1:])
    while extra and sizes:
        extra -= sizes[0]
        sizes = sizes[1:]
    return sizes


def _is_landline(digits: str, sizes: tuple[int, ...]) -> bool:
    if not _LANDLINE.fullmatch(digits):
        return False
    return len(sizes) <= 5 and (len(sizes) == 1 or sizes[0] in (3, 4) or digits.startswith("86"))


def _is_public(text: str, start: int, *, official: bool) -> bool:
    """Whether a landline is introduced as the line of an office: 咨询热线, 监督电话."""
    if _SERVICE_LINE.search(text, max(0, start - 20), _opening(text, start)):
        return True
    before = text[max(0, start - 24) : start]
    return official and _OFFICE.search(before) is not None and _PRIVATE.search(before) is None


def _opening(text: str, start: int) -> int:
    return start - 1 if start and text[start - 1] in "(+" else start


def _phone(text: str, start: int, end: int) -> Finding:
    """Takes in the plus sign or the bracket that belongs to the number."""
    if text[max(0, start - 1) : start] == "(" and ")" in text[start:end]:
        start -= 1
    if text[max(0, start - 2) : start] == "(+" and ")" in text[start:end]:
        start -= 2
    elif text[max(0, start - 1) : start] == "+":
        start -= 1
    return Finding(start, end, "phone")

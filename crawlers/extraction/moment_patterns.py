"""How Chinese pages write points in time, as regular expressions; :mod:`crawlers.extraction.moments` reads them."""

from __future__ import annotations

import re
from typing import Final

CLOCK: Final = (
    r"(?P<half>上午|下午|中午|凌晨|清晨|早上|晚上|晚间|傍晚|夜间|[AaPp]\.?[Mm]\.?)?\s*(?P<hour>[01]?\d|2[0-4])\s*(?:[:：]|[时時点點])\s*(?P<minute>[0-5]\d)"
    r"(?:\s*(?:[:：]|分)\s*(?P<second>[0-5]\d)(?:[.,]\d{1,9})?)?\s*[秒分]?\s*(?P<half2>[AaPp]\.?[Mm]\.?(?![A-Za-z]))?"
    r"(?:\s*(?P<zone>Z(?![A-Za-z])|UTC|GMT(?![+-])|(?:GMT|UTC)?[+-](?:0\d|1[0-4]):?[0-5]\d(?!\d)))?"
)
WEEKDAY: Final = r"(?:\s*[(（‧·,，|]?\s*(?:星期|礼拜|禮拜|周|週)[一二三四五六日天]\s*[)）]?)?"
YEAR: Final = r"(?P<year>(?:19|20)\d\d|(?:中華民國|民國|民国)\s*1[0-2]\d|民?國\s*\d{2,3})"
FULL: Final = re.compile(
    rf"(?<![\d.]){YEAR}\s*[年/.\-_]\s*(?P<month>1[0-2]|0?[1-9])\s*[月/.\-_]\s*(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)\s*[日号號]?{WEEKDAY}(?:[\sT,，·|]*{CLOCK})?"
)
COMPACT: Final = re.compile(
    r"(?<!\d)(?P<year>20\d\d)(?P<month>0[1-9]|1[0-2])(?P<day>0[1-9]|[12]\d|3[01])(?:T?(?P<hour>[01]\d|2[0-3]):?(?P<minute>[0-5]\d):?(?P<second>[0-5]\d)?(?P<zone>Z)?)?(?!\d)"
)
SHORT_YEAR: Final = re.compile(
    rf"(?<![\d.])(?P<year>\d\d)\s*[年/.\-]\s*(?P<month>1[0-2]|0?[1-9])\s*[月/.\-]\s*(?P<day>3[01]|[12]\d|0?[1-9])(?!\d)\s*日?{WEEKDAY}\s*{CLOCK}"
)
DAY: Final = re.compile(
    rf"(?<![\d./\-])(?:(?P<month>1[0-2]|0?[1-9])\s*月\s*(?P<day>3[01]|[12]\d|0?[1-9])\s*[日号號]{WEEKDAY}(?:\s*{CLOCK})?"
    rf"|(?P<month2>1[0-2]|0?[1-9])[-/.](?P<day2>3[01]|[12]\d|0?[1-9])\s+(?=\d){CLOCK.replace('?P<', '?P<x')})"
)
ENGLISH: Final = re.compile(
    r"\b(?:(?P<day>[0-3]?\d)\s+(?P<name>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?,?|(?P<name2>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\.?"
    rf"\s+(?P<day2>[0-3]?\d)(?:st|nd|rd|th)?,?)\s+(?P<year>20\d\d)(?:[\s,]*(?:at\s+)?{CLOCK})?",
    re.IGNORECASE,
)
MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
AGO: Final = re.compile(
    r"(?P<number>\d{1,3}|[一二两兩三四五六七八九十半几幾]{1,3})\s*(?P<unit>秒[钟鐘]?|分[钟鐘]?|個?小[时時]|个?小时|個?鐘頭|天|日|(?:个|個)?(?:星期|礼拜|禮拜)|周|週|个月|個月|年)(?P<half>半)?\s*(?:以前|之前|前)"
)
BARE: Final = "(?![\u4e00-\u9fffA-Za-z\\d])"
"""A day without a clock is a time of publication where it stands alone, not where a sentence goes on (今日必读)."""
NAMED_DAY: Final = re.compile(
    rf"(?<![\u4e00-\u9fff])(?P<name>今天|今日|昨天|昨日|大前天|前天|前日|昨晚|今早|今晨)\s*(?:{CLOCK}|{BARE})"
)
WEEK: Final = re.compile(
    rf"(?<![\u4e00-\u9fff上])(?P<last>上)?(?:个|個)?(?:星期|礼拜|禮拜|周|週)(?P<name>[一二三四五六日天])\s*(?:{CLOCK}|{BARE})"
)
NOW: Final = re.compile(r"刚刚|剛剛|刚才|剛才")
NUMERALS: Final = {
    "〇": "0",
    "○": "0",
    "零": "0",
    "一": "1",
    "二": "2",
    "三": "3",
    "四": "4",
    "五": "5",
    "六": "6",
    "七": "7",
    "八": "8",
    "九": "9",
}
WRITTEN: Final = re.compile(
    r"(?P<year>[二一][〇○零一二三四五六七八九]{3})\s*年\s*(?P<month>[一二三四五六七八九十]{1,2})\s*月\s*(?P<day>[一二三四五六七八九十]{1,3})\s*日"
)
WEEKDAYS: Final = "一二三四五六日"

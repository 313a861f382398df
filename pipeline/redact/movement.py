"""Movement (行踪): where one person was at an exact time is generalised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.redact.finding import Finding

_CLOCK: Final = (
    r"(?:(?:\d{2,4}年)?(?:\d{1,2}月\d{1,2}[日号]|昨天|今天|前天|昨晚|今晚|今早|"
    r"当晚|当天|昨日|今日|前晚|周[一二三四五六日天]|星期[一二三四五六日天])?\s?"
    r"(?:凌晨|清晨|早上|早晨|上午|中午|下午|傍晚|晚上|夜里|深夜|晚|早)?\s?"
    r"(?:\d{1,2}|[一二三四五六七八九十两]{1,3})\s?(?:[点时](?:\d{1,2}分?|[一二三四五]?十?[一二三四五六七"
    r"八九]?分|半|一刻|三刻|钟|整|多|左右|许)*|:\d{2})(?:左右|许)?)"
)
_HINT: Final = re.compile(r"[\d一二三四五六七八九十两]\s?(?:[点时]|:\d)")
_WHO: Final = (
    r"(?:,?\s?(?:我|本人|他|她|我(?:妻子|丈夫|父亲|母亲|爸|妈|老公|老婆|爱人|儿子|"
    r"女儿|家人)|其|该人|当事人|〈人名〉))"
)
_PERSON: Final = r"(?:我|本人|他|她|我(?:妻子|丈夫|父亲|母亲|爸|妈|老公|老婆|爱人|儿子|女儿|家人)|〈人名〉)"
_PLACE: Final = r"[^,。;!?\n从到去往至]{2,24}?"
_MOVE: Final = re.compile(
    rf"(?:{_CLOCK}{_WHO}|{_PERSON}(?:是|于|在)?{_CLOCK})[^,。;!?\n从]{{0,8}}从{_PLACE}(?:出发|"
    rf"下班|放学|出来|离开|上车)?[,\s]?(?:[^,。;!?\n]{{0,6}}?(?:到|去|往|回|至|前往|"
    rf"赶往|途经|途径|经过|返回)(?:了|过)?{_PLACE}(?=[,。;!?\n]|$|时|的路上|途中|"
    rf"上班|办事|看病|接|送|买|吃)|(?=[,。;!?\n]|$))"
)
_VISIT: Final = re.compile(
    rf"{_CLOCK},?\s?(?:我|本人|他|她|我(?:妻子|丈夫|父亲|母亲|爸|妈|老公|老婆|爱人|儿子|女儿))(?:[^,。;!?\n]{{0,6}})"
    rf"(?:乘坐?|坐|驾车|开车|骑车|骑电动车|步行|走路|打车|乘车|坐车)[^,。;!?\n]{{0,14}}?(?:到|"
    rf"去|往|回|前往|赶往|返回|途经|经过|抵达){_PLACE}(?=[,。;!?\n]|$|时|的路上|"
    rf"途中|上班|办事|看病)"
)


def find_movements(text: str) -> Iterator[Finding]:
    """A clock time, a person and a way from one place to another: 昨晚 8 点我从…到…."""
    if not _HINT.search(text):
        return
    for pattern in (_MOVE, _VISIT):
        for match in pattern.finditer(text):
            yield Finding(match.start(), match.end(), "movement")

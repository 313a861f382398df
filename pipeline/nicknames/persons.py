"""What may be a person's name, nickname or handle: it is never proposed as the name of a project (P-13)."""

from __future__ import annotations

import re
from typing import Final

from models.surnames import COMPOUND_SURNAMES, SURNAMES
from pipeline.redact import CannotRedact, redact
from pipeline.redact.people import everyday, people_in
from pipeline.redact.titles import COURTESY, COURTESY_AFTER, POST_AFTER, POSTS

THING: Final = re.compile(
    r"(?:[路街巷弄道桥站厂场园苑城镇村庄寨区县市楼栋院校馆塔坝库渠河湖江沟塘井矿港房墓炉山府郡庭轩居阁门洞坑线铁轨管网"
    r"滩湾岭坪冲堤闸桩楼盘店所棚堆池槽隧段期]|中心|小区|工程|项目|公寓|花园|大厦|广场)$"
)
"""How the names of things end: a short name that begins like a family name is one of a thing only with such an end."""
_FAMILIAR: Final = re.compile(rf"(?:[老小阿大][{''.join(sorted(SURNAMES))}]|阿[\u4e00-\u9fff])[\u4e00-\u9fff]?$")
_CALLED: Final = re.compile(
    rf"(?:{'|'.join(sorted((word for word in (*COURTESY, *POSTS) if len(word) > 1), key=len, reverse=True))}"
    r"|[哥姐嫂婶姨伯叔爷婆爸妈仔佬]|麻子|胖子|瘸子|疯子|聋子|瞎子|矮子|老头|老太|一家|家里)$"
)
_OWN: Final = re.compile(r"(?:@|微信号?|网名|昵称|账号|我叫|名叫|叫做?人|姓名)[:：“\"'「\s]*$")


def may_be_person(expression: str) -> bool:
    """Whether an expression by itself may name a person: when in doubt it does."""
    if not re.search(r"[\u4e00-\u9fff]", expression):
        return True  # letters and digits alone are as likely a handle as a name
    if _CALLED.search(expression) or _FAMILIAR.match(expression):
        return True
    if not THING.search(expression):
        family = 2 if expression[:2] in COMPOUND_SURNAMES else 1 if expression[0] in SURNAMES else 0
        if family and len(expression) - family <= 2 and not everyday(expression):
            return True
    return _redacted(expression) or any(True for _ in people_in(f"大家都知道{expression}。"))


def called_like_person(text: str, start: int, end: int) -> bool:
    """Whether the words around a passage speak of a person: a title behind it, an @ or “my name is” before it."""
    return bool(
        _OWN.search(text, max(0, start - 8), start) or POST_AFTER.match(text, end) or COURTESY_AFTER.match(text, end)
    )


def _redacted(expression: str) -> bool:
    try:
        return str(redact(expression).text) != expression
    except CannotRedact:
        return True

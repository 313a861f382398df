"""Titles (称谓) that follow or precede a name: of citizens, and the posts (职务) of officials."""

from __future__ import annotations

import re
from typing import Final

from pipeline.redact.words import words

COURTESY: Final = words("courtesy_titles")
"""Words after a surname that make it a person; the person is a citizen or holds a private post."""

POSTS: Final = words("posts")
"""Posts of officials: what replaces their names in petitions and posts."""


def _alternatives(alternatives: list[str] | tuple[str, ...]) -> str:
    return "|".join(sorted(map(re.escape, alternatives), key=len, reverse=True))


_MODIFIER: Final = r"(?:原|前|现任|新任|时任|代理?|常务)?(?:副|总|老)?"
POST_AFTER: Final = re.compile(rf"[ (]?{_MODIFIER}(?:{_alternatives(POSTS)})(?!助理|办|信箱|热线|接待|室|会|们)")
COURTESY_AFTER: Final = re.compile(
    rf"\s?(?:{_alternatives([word for word in COURTESY if len(word) > 1 and word != '工程师'])}|"
    rf"工程师|[总工](?=[,。;!?:说承在不也和、来去打给答表让现收送拿派签叫要就都把跟的]|$))(?!傅)"
)
POST_BEFORE: Final = re.compile(rf"(?<!班)(?:{_alternatives(POSTS)})(?:\(?(?:兼|、)?\)?|\s?:?\s?)$")
COURTESY_BEFORE: Final = re.compile(
    r"(?:业主|村民|居民|住户|邻居|户主|租客|房东|老板|包工头|工头|司机|法人代表|"
    r"法定代表人|法人|负责人|工人|农民工|民工|员工|职工|学生|家长|老师|医生|护士|"
    r"律师|会计|患者|死者|伤者|受害人|被害人|肇事者|嫌疑人|原告|被告|证人|代理人|"
    r"监护人"
    r"|丈夫|妻子|老公|老婆|爱人|儿子|女儿|父亲|母亲|爸爸|妈妈|哥哥|弟弟|姐姐|妹妹|"
    r"兄弟|孙子|孙女|外孙|侄子|岳父|岳母|公公|婆婆|儿媳|女婿|老人|老汉|店主|摊主|"
    r"商户|车主|贫困户|低保户|五保户|残疾人|退役军人|教师|经理|董事长|总经理|同学|"
    r"同事|朋友|同志|股东|会员|市民|群众|工程师|厂长|店长|工长|班长|中介|保安|保洁|"
    r"业务员|销售|售楼员|班主任|客户|顾客|乘客|病人|继父|继母|养子|舅舅|叔叔|姑姑|"
    r"侄儿|侄女|外甥|孩子|爷爷|奶奶|外公|外婆|表哥|表弟|堂哥|堂弟|组长|镇干部|村干部|"
    r"干部)\s?:?\s?$"
)

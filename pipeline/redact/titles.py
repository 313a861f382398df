"""Titles (称谓) that follow or precede a name: of citizens, and the posts (职务) of officials."""

from __future__ import annotations

import re
from typing import Final

COURTESY: Final = (
    "先生 女士 小姐 太太 夫人 师傅 老师 大爷 大妈 大叔 大娘 大伯 阿姨 大姐 大哥 奶奶 爷爷 叔叔 伯伯 婶婶 大婶 嫂子 同学 医生 大夫 护士 律师 老板 老板娘 教授 工程师 经理 总经理 "
    "董事长 老人 老汉 婆婆 爹爹 嗲嗲 娭毑 姐姐 妹妹 哥哥 小朋友 同志 会计 出纳 教练 司机 房东 老头 某 氏 姓 兄弟 女 男 嫂 婶 姨 伯 叔 哥 姐 爷"
).split()
"""Words after a surname that make it a person; the person is a citizen or holds a private post."""

POSTS: Final = (
    "书记 总书记 县长 市长 区长 镇长 乡长 省长 州长 局长 厅长 处长 科长 股长 部长 主任 所长 队长 大队长 中队长 支队长 校长 院长 站长 主席 委员 村长 支书 会长 秘书长 行长 "
    "法官 检察官 检察长 庭长 警官 警长 组长 社长 司长 政委 常委 调研员 主任科员 科员 专员 巡视员 总工程师 村主任 街道主任 园长 馆长 社区书记 第一书记 民警 干事 指导员 教导员 政协委员 人大代表 辅警 副局 执法员 协管员 网格员 网格长 党委书记 党支部书记 村支书 支部书记 党组书记 村书记"
).split()
"""Posts of officials: what replaces their names in petitions and posts."""


def _alternatives(words: list[str]) -> str:
    return "|".join(sorted(map(re.escape, words), key=len, reverse=True))


_MODIFIER: Final = r"(?:原|前|现任|新任|时任|代理?|常务)?(?:副|总|老)?"
POST_AFTER: Final = re.compile(rf"[ (]?{_MODIFIER}(?:{_alternatives(POSTS)})(?!助理|办|信箱|热线|接待|室|会|们)")
COURTESY_AFTER: Final = re.compile(
    rf"\s?(?:{_alternatives([word for word in COURTESY if len(word) > 1 and word != '工程师'])}|工程师|总(?=[,。;!?:说承在不也和、]|$))(?!傅)"
)
POST_BEFORE: Final = re.compile(rf"(?:{_alternatives(POSTS)})(?:\(?(?:兼|、)?\)?|\s?:?\s?)$")
COURTESY_BEFORE: Final = re.compile(
    r"(?:业主|村民|居民|住户|邻居|户主|租客|房东|老板|包工头|工头|司机|法人代表|法定代表人|法人|负责人|工人|农民工|民工|员工|职工|学生|家长|老师|医生|护士|律师|会计|患者|死者|伤者|受害人|被害人|肇事者|嫌疑人|原告|被告|证人|代理人|监护人"
    r"|丈夫|妻子|老公|老婆|爱人|儿子|女儿|父亲|母亲|爸爸|妈妈|哥哥|弟弟|姐姐|妹妹|兄弟|孙子|孙女|外孙|侄子|岳父|岳母|公公|婆婆|儿媳|女婿|老人|老汉|店主|摊主|商户|车主|贫困户|低保户|五保户|残疾人|退役军人|教师|经理|董事长|总经理|同学|同事|朋友|同志|股东|会员|市民|群众|工程师|厂长|店长|工长|班长|中介|保安|保洁|业务员|销售|售楼员|班主任|客户|顾客|乘客|病人|继父|继母|养子|舅舅|叔叔|姑姑|侄儿|侄女|外甥|孩子|爷爷|奶奶|外公|外婆|表哥|表弟|堂哥|堂弟|组长|镇干部|村干部|干部)\s?:?\s?$"
)

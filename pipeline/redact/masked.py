"""Half-hidden names (化名): 张某, 李某某, 王某平, 刘**, 陈XX, and 老王, 小李."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from models.surnames import COMPOUND_SURNAMES, FREQUENT_SURNAMES, SURNAMES
from pipeline.redact.cues import PARTY
from pipeline.redact.titles import COURTESY_BEFORE, POST_BEFORE

PREPOSITIONS: Final = frozenset(
    "和向时任于应都全当如经由同连从到为把被对及与单安方党管明常关项干查强成解经即有尚官原祝"
)
"""Surnames that are far more often another word: 和某部门, 向书记, 任主任."""

_COMPOUND: Final = "|".join(sorted(COMPOUND_SURNAMES))
_FAMILY: Final = f"(?:{_COMPOUND}|[{''.join(sorted(SURNAMES))}])"
_FREQUENT: Final = f"(?:{_COMPOUND}|[{''.join(sorted(FREQUENT_SURNAMES))}])"
_MOU: Final = re.compile(
    rf"({_FAMILY})某(?:[某甲乙丙丁戊]{{1,2}}|([\u4e00-\u9fff])(?=[,。;:!?、()\s\"“”和与等的说在将把被向已"
    rf"经因对系于称家]|$|先生|女士|同志))?"
    r"(?![年月日些种个时处地条项段])"
)
_SURNAME_ONLY: Final = re.compile(rf"(?<=姓)({_FREQUENT})(?![\u4e00-\u9fff]*家族)(?=[,。;!、\s的(]|$)")
_CHILD_NAME: Final = re.compile(
    r"(?:儿子|女儿|孙子|孙女|孩子|弟弟|妹妹|侄子|侄女|外孙|男孩|女孩|同学)叫?([小阿](?![学时孩区型心名朋"
    r"姨伯])[\u4e00-\u9fff])(?=[,。;、\s在说被的今就是(有没每上放因和从]|$)"
)
_SURNAME_FIRST: Final = re.compile(
    rf"(?<![复同单外异双])({_FREQUENT})姓(?=(?:村|镇|社区|街道|物业)?(?:工作人员|干部|领导|经理|主任|书记)|男子|女子|村民|业主|居民|老板|干部|领导|经理|司机|住户|邻居|[男女]|夫妇|老人|负责人)"
)
_CALLED: Final = re.compile(
    r"(?:叫做?|外号|绰号|小名|人称|名叫)[“\"‘]?([老小阿大](?![家人年时学区型板师])[\u4e00-\u9fff]{1,2}?)"
    r"(?=[”\"’,。;的、]|$)"
)
_NOT_GIVEN: Final = frozenset(
    "的在说是因为与和及等将把被向对于从到又也不未没有已即就曾自称表要找打骂家某以其些种个时年月日处地条"
    "项段村镇乡县市区路街局部门单位公司小区"
)
_STARRED: Final = re.compile(
    rf"({_FREQUENT})(?:[×＊○〇*]{{1,2}}|[XxΧ]{{1,2}}(?![A-Za-z0-9])|某\*)"
    r"(?:[\u4e00-\u9fff](?=[,。;、\s与和在于说会把将的因(家都也向被]|$))?"
    r"(?![路街镇村县市区乡号栋]|[\u4e00-\u9fff]{0,8}(?:公司|集团|有限|物业|置地|店|厂|酒店|银行|医院|学校|小区))"
)
_STAR: Final = re.compile(r"[×＊○〇*XxΧ某]")
_FAMILIAR: Final = re.compile(
    r"[老小][王李张刘陈杨赵周吴徐朱胡郭何罗郑梁谢韩唐冯董许傅沈曾彭吕苏卢蒋蔡魏薛宋谭邓曹袁田姜潘杜戴夏钟汪范廖邹熊孙林贾秦侯邵孟龚段雷钱汤尹黎贺赖]"
    r"(?=[,。;:!?、\s]|$|说|家(?!具|园|长|庭|乡|村)|和|等人|的(?!士)|打(?!工|车|"
    r"印)|来|去|给|把|被|在|也|就|是|头|夫妇|两口|一家)"
)

_FAMILIAR_ANYWHERE: Final = re.compile(rf"[老小]{_FREQUENT}(?!师|板|板娘|人|家|孩|组|时|区|学)")
"""老贾, 小邓: behind 包工头 or 干部 they are persons, whatever follows."""

_ROLES_BEFORE: Final = (PARTY, COURTESY_BEFORE, POST_BEFORE)
_BESIDE: Final = re.compile(r"[和与、]([老小阿][\u4e00-\u9fff])(?=[可在说也都去来被,。、;!\s]|$)")
_AGAIN: Final = re.compile(r"[\u4e00-\u9fff]{1,2}某|[老小][\u4e00-\u9fff]")


def masked_names(text: str) -> Iterator[tuple[int, int]]:
    """Spans of 张某 and its kin, of starred names, and of 老王 and 小李 where they act like a person.

    One that is known by what stands before it (副局长单某, 包工头老贾) is taken out wherever it stands again.
    """
    found = list(_masked(text))
    yield from found
    for name in {text[start:end] for start, end in found if _AGAIN.fullmatch(text[start:end])}:
        for match in re.finditer(re.escape(name), text):
            yield match.span()


def _masked(text: str) -> Iterator[tuple[int, int]]:
    if "某" in text:
        for match in _MOU.finditer(text):
            if match.group(1) in PREPOSITIONS and not POST_BEFORE.search(
                text, max(0, match.start() - 8), match.start()
            ):
                continue
            end = match.end() - 1 if match.group(2) in _NOT_GIVEN else match.end()
            yield match.start(), end
    for pattern in (_SURNAME_ONLY, _SURNAME_FIRST, _CHILD_NAME, _CALLED):
        for match in pattern.finditer(text):
            yield match.span(1)
    for match in _STARRED.finditer(text) if _STAR.search(text) else ():
        yield match.start(), match.end()
    if "老" in text or "小" in text:
        yield from _familiar(text)


def _familiar(text: str) -> Iterator[tuple[int, int]]:
    """老王, 小李 where they act like a person or stand behind a role, and who is named beside them."""
    for pattern in (_FAMILIAR, _FAMILIAR_ANYWHERE):
        for match in pattern.finditer(text):
            start, end = match.span()
            before = text[max(0, start - 8) : start]
            if pattern is _FAMILIAR_ANYWHERE and not any(cue.search(before) for cue in _ROLES_BEFORE):
                continue
            if re.search(r"[从很最古苍养衰大细微]$", before):
                continue
            yield start, end
            if beside := _BESIDE.match(text, end):
                yield beside.span(1)

"""Half-hidden names (化名): 张某, 李某某, 王某平, 刘**, 陈XX, and 老王, 小李."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from models.surnames import COMPOUND_SURNAMES, FREQUENT_SURNAMES, SURNAMES

PREPOSITIONS: Final = frozenset("和向时任于应都全当如经由同连从到为把被对及与单安方党管明常关项干查强成解经即有尚官原")
"""Surnames that are far more often another word: 和某部门, 向书记, 任主任."""

_COMPOUND: Final = "|".join(sorted(COMPOUND_SURNAMES))
_FAMILY: Final = f"(?:{_COMPOUND}|[{''.join(sorted(SURNAMES))}])"
_FREQUENT: Final = f"(?:{_COMPOUND}|[{''.join(sorted(FREQUENT_SURNAMES))}])"
_MOU: Final = re.compile(
    rf"({_FAMILY})某(?:某|[甲乙丙丁戊]|[\u4e00-\u9fff](?=[,。;:!?、()\s\"“”和与等的说在将把被向]|$|先生|女士|同志))?[某甲乙丙丁]?(?![年月日些种个时处地条项段])"
)
_NOT_GIVEN: Final = frozenset("的在说是因为与和及等将把被向对于从到又也不未没有已即就曾称表要找打骂家某以其些种个时年月日处地条项段村镇乡县市区路街局部门单位公司小区")
_STARRED: Final = re.compile(rf"({_FREQUENT})(?:[×＊○〇*]{{1,2}}|[XxΧ]{{1,2}}(?![A-Za-z0-9])|某\*)(?:[\u4e00-\u9fff](?=[,。;、\s]|$))?(?![路街镇村县市区乡号栋])")
_FAMILIAR: Final = re.compile(
    r"(?<![\u4e00-\u9fff])?[老小](?:王|李|张|刘|陈|杨|赵|周|吴|徐|朱|胡|郭|何|罗|郑|梁|谢|韩|唐|冯|董|许|傅|沈|曾|彭|吕|苏|卢|蒋|蔡|魏|薛|宋|谭|邓|曹|袁|田|姜|潘|杜|戴|夏|钟|汪|范|廖|邹|熊)"
    r"(?=[,。;:!?、\s]|$|说|家(?!具|园|长|庭|乡|村)|和|等人|的(?!士)|打(?!工|车|印)|来|去|给|把|被|在|也|就|是|头|夫妇|两口|一家)"
)


def masked_names(text: str) -> Iterator[tuple[int, int]]:
    """Spans of 张某 and its kin, of starred names, and of 老王 and 小李 where they act like a person."""
    if "某" in text:
        for match in _MOU.finditer(text):
            if match.group(1) in PREPOSITIONS:
                continue
            end = match.end()
            if end - match.start() > 2 and match.group()[len(match.group(1)) + 1] in _NOT_GIVEN - {"某"}:
                end = match.start() + len(match.group(1)) + 1
            yield match.start(), end
    for match in _STARRED.finditer(text):
        yield match.start(), match.end()
    if "老" in text or "小" in text:
        for match in _FAMILIAR.finditer(text):
            if not re.search(r"[从很最古苍养衰大细微]$", text[max(0, match.start() - 1) : match.start()]):
                yield match.start(), match.end()

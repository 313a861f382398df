"""Names of minorities and transliterated names (少数民族人名、音译名)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_SOUNDS: Final = (
    "伦伯蒙瑟查乔弗奥贝汤阿艾爱安巴拜比布波卜达德迪丁杜多额厄恩尔法菲夫甫富盖戈格古哈海汗罕赫合胡吉加佳贾江杰金卡凯坎柯克肯"
    "孔库拉来莱兰朗勒雷里力莉丽利列林琳龙卢鲁罗洛玛马麦曼买迈曼茂米木穆娜纳那乃妮尼诺努欧帕佩皮普其恰琴"
    "热仁日荣茹若萨赛桑沙山莎善舍什史斯苏索塔泰坦特提帖铁图吐托瓦万维卫温沃乌吾西希夏谢辛亚雅耶叶伊依衣"
    "尤玉约扎孜祖则泽旦次丹珠顿央措姆嘎巴班禅朝鲁格日勒其木苏敏格根呼浩都冬不别克霍兹詹姆森顿曼维奇娃诗"
    "塞玫瑰娅琪萍燕昆孙逊宁农斡朵坚赞措久拥忠甲热登巅"
)
_PART: Final = rf"[{_SOUNDS}]{{1,7}}"
_DOTTED: Final = re.compile(rf"(?<![\u4e00-\u9fff])?{_PART}(?:[··.・]{_PART}){{1,3}}")
_PLAIN_DOTTED: Final = re.compile(r"(?<=[::叫])\s?[\u4e00-\u9fff]{1,8}(?:·[\u4e00-\u9fff]{1,8}){1,3}")
_UYGHUR: Final = re.compile(
    rf"(?:[{_SOUNDS}]{{0,4}}(?:买买提|买合木提|麦麦提|穆罕默德|艾合买提|阿不都|阿卜杜|"
    rf"阿布都|阿迪力|阿依|古丽|努尔|吐尔逊|吐尔洪|热依|热合曼|依明|伊敏|艾力|艾尼|"
    rf"玉素甫|亚森|肉孜|托合提|帕提|木拉提|叶尔|哈斯木|赛买提|克力木)[{_SOUNDS}]{{1,6}}"
    rf"|[{_SOUNDS}]{{2,4}}(?:古丽|买买提|别克|江|汗|木汗)(?=[,。;、\s说的家和与(男女]|$))"
)
_TIBETAN_PART: Final = (
    "扎西|次仁|卓玛|多吉|达瓦|旺堆|旺姆|央金|拉姆|尼玛|平措|格桑|德吉|顿珠|洛桑|"
    "白玛|贡布|丹增|仁青|索朗|强巴|边巴|巴桑|普布|曲珍|措姆|卓嘎|罗布|坚赞|云丹|"
    "阿旺|加措|才让|才旦|仁增|旦增|桑吉|东珠|卓嘎|曲措|拉毛|华旦|次旺|土登|晋美|"
    "班觉|其美"
)
_TIBETAN: Final = re.compile(rf"(?:{_TIBETAN_PART}){{2,3}}")
_MONGOLIAN: Final = re.compile(
    r"(?:巴特尔|乌日娜|其其格|斯琴高娃|萨仁|娜仁|乌兰|苏日娜|格日勒图|巴图|布和|"
    r"哈斯|朝鲁|呼格吉勒|阿拉坦|宝音|敖登|额尔敦|孟和|通拉嘎|乌云|青格勒|那日苏|"
    r"斯日古楞|吉日嘎拉|特木尔|其木格)"
    r"(?:巴特尔|其其格|格日勒|高娃|巴雅尔|图雅|花|图|朝鲁|吉日嘎拉|塔娜|托娅|毕力格|"
    r"德力格尔|敖其尔|苏荣|巴图|仓|嘎|朝克图)"
)


_HINT: Final = re.compile(
    r"[买合麦穆艾阿古努吐热依伊玉亚肉托帕木叶哈赛克别][买合麦罕布不卜都杜迪力依丽尔逊洪素甫森孜提拉哈斯"
    r"木合曼明敏尼里克]"
    r"|[木尔]江|扎西|次仁|卓玛|[多吉]吉|达瓦|旺[堆姆]|央金|拉[姆毛]|尼玛|平措|格桑|"
    r"顿珠|洛桑|白玛|贡布|[丹旦仁]增|仁青|索朗|强巴|边巴|巴[桑图]|普布|曲[珍措]|"
    r"卓嘎|罗布|加措|才[让旦]|[次班]"
    r"|巴特|乌[日兰云]|其[其木]格|斯琴|[萨娜]仁|苏日|格日|布和|朝鲁|呼格|阿拉|宝音|"
    r"敖登|额尔|孟和|通拉|青格|那日|斯日|吉日|特木"
)


def minority_names(text: str) -> Iterator[tuple[int, int]]:
    """Names with a dot (阿依古丽·…), and those built from well-known Uyghur, Tibetan and Mongolian elements."""
    for pattern in (_DOTTED, _PLAIN_DOTTED) if re.search("[··・]", text) else ():
        for match in pattern.finditer(text):
            yield match.start() + len(match.group()) - len(match.group().lstrip()), match.end()
    for pattern in (_UYGHUR, _TIBETAN, _MONGOLIAN) if _HINT.search(text) else ():
        for match in pattern.finditer(text):
            if not re.match(
                r"路|街|镇|乡|县|市|区|村|山|湖|河|公司|小区|广场|酒店|餐厅", text[match.end() : match.end() + 2]
            ):
                yield match.start(), match.end()


_JOINED: Final = re.compile(r"[\u4e00-\u9fff]·[\u4e00-\u9fff]")
_WHOLE: Final = re.compile(rf"[{_SOUNDS}]{{4,8}}|[\u4e00-\u9fff]{{1,8}}(?:·[\u4e00-\u9fff]{{1,8}}){{1,3}}")


def may_be_minority(text: str) -> Iterator[tuple[int, int]]:
    """Where characters stand that such names are made of, far more often than there is a name."""
    for pattern in (_JOINED, _HINT):
        for match in pattern.finditer(text):
            yield match.span()


def sounds_like_minority(name: str) -> bool:
    """Whether a string is written like such a name: with a dot, or in four characters or more of their sounds."""
    return _WHOLE.fullmatch(name) is not None

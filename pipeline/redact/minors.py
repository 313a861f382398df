"""Minors (未成年人): the school class and the age of a child are generalised."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.redact.finding import Finding

_CHILD: Final = (
    r"(?:儿子|女儿|孩子|小孩|孙子|孙女|外孙女?|侄子|侄女|侄儿|外甥女?|小女|犬子|"
    r"幼子|幼女|宝宝|娃娃?|男孩|女孩|男童|女童|幼儿|婴儿|儿童|弟弟|妹妹|小朋友|"
    r"未成年人?|少年|少女|双胞胎)"
)
_AGE: Final = r"(?:1[0-7]|[1-9]|十[一二三四五六七]?|[一二两三四五六七八九])(?:\s?周)?岁(?:半)?"
_NOT_A_PERSON: Final = r"(?!以上|以下|以内|之前|前|至|到|-|起|的?儿童免|及以)"
_NUMBER: Final = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_GRADE: Final = (
    r"(?:(?:小学|初中|高中)?(?:[一二三四五六七八九]|[1-9])\s?年级|[初高][一二三123]|"
    r"小[一二三四五六]|(?<=[读上在园])[大中小](?=\s?[(\[]?\s?[\d一二三四五六七八九])|"
    r"20\d{2}级)"
)
_CLASS: Final = re.compile(
    rf"(?:{_GRADE}\s?[(\[]?\s?第?{_NUMBER}\s?[)\]]?\s?班|(?<![\d第])[一二三四五六七八九1-9]\s?[(\[]\s?{_NUMBER}"
    rf"\s?[)\]]\s?班"
    rf"|(?<=[读上在])[一二三四五六七八九1-9]年{_NUMBER}班|(?<=[读上在学])[一二三四五六]{_NUMBER}班)"
)
_AGE_AFTER: Final = re.compile(
    rf"{_CHILD}(?:[^,。;!?\n\d一二三四五六七八九十]{{0,8}}|[^。;!?\n\d]{{0,4}},[^,。;!?\n\d一二三四五六七"
    rf"八九十]{{0,4}}?)(?:今年|现年|刚满|才|刚|不到|未满|年仅|只有|已|快)?\s?((?<![\d一二三四五六七八九十"
    rf"]){_AGE}){_NOT_A_PERSON}"
)
_AGE_BEFORE: Final = re.compile(
    rf"((?<![\d一二三四五六七八九十到至\-.~])(?<!年满)(?<!未满)(?<![^刚才]满){_AGE}){_NOT_A_PERSON}(?:多"
    rf"|大)?的?(?:[^,。;!?\n\d]{{0,4}}){_CHILD}"
)
_PUPIL: Final = re.compile(r"(?:学生|同学|女生|男生)[^。;!?\n\d]{0,6}?(?<!\d)((?:1[0-7]|[6-9])\s?岁)" + _NOT_A_PERSON)
_JOIN: Final = re.compile(r"[,、\s]?(?:现在?|正在|在|就)?(?:读|上|念|就读于?)?[\u4e00-\u9fff]{0,2}")


def find_minors(text: str) -> Iterator[Finding]:
    """A child's age and a school class, joined where one follows the other: 8 岁读三(2)班."""
    classes = [match.span() for match in _CLASS.finditer(text)] if "班" in text else []
    if "岁" not in text and not classes:
        return
    ages = {match.span(1) for pattern in (_AGE_AFTER, _AGE_BEFORE, _PUPIL) for match in pattern.finditer(text)}
    for start, end in sorted(ages):
        following = next((span for span in classes if 0 <= span[0] - end <= 4), None)
        if following and _JOIN.fullmatch(text, end, following[0]):
            classes.remove(following)
            yield Finding(start, following[1], "minor", "〈学生〉")
        else:
            yield Finding(start, end, "minor")
    for start, end in classes:
        yield Finding(start, end, "minor", "〈学生〉")

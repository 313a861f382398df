"""Hypothesis strategies for identifiers that nobody has, in the spellings people use."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from pipeline.redact.identity import _CHECK, _WEIGHTS

digits = st.characters(min_codepoint=48, max_codepoint=57)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
SPOKEN = str.maketrans("0123456789", "零一二三四五六七八九")


@st.composite
def mobiles(draw: st.DrawFn) -> str:
    number = "1" + draw(st.sampled_from("3456789")) + draw(st.text(digits, min_size=9, max_size=9))
    spelling = draw(st.sampled_from(["plain", "spaced", "dashed", "full", "spoken", "country", "single"]))
    if spelling == "spaced":
        return f"{number[:3]} {number[3:7]} {number[7:]}"
    if spelling == "dashed":
        return f"{number[:3]}-{number[3:7]}-{number[7:]}"
    if spelling == "full":
        return number.translate(FULL_WIDTH)
    if spelling == "spoken":
        return number.translate(SPOKEN)
    if spelling == "country":
        return "+86 " + number
    if spelling == "single":
        return " ".join(number)
    return number


@st.composite
def identity_cards(draw: st.DrawFn) -> str:
    region = draw(st.sampled_from(["430102", "110105", "650104", "510108"]))
    birthday = draw(st.dates(date(1930, 1, 1), date(2015, 12, 31))).strftime("%Y%m%d")
    body = region + birthday + draw(st.text(digits, min_size=3, max_size=3))
    check = _CHECK[sum(int(digit) * weight for digit, weight in zip(body, _WEIGHTS, strict=True)) % 11]
    number = body + check
    return draw(
        st.sampled_from(
            [number, number.lower(), number.translate(FULL_WIDTH), f"{number[:6]} {number[6:14]} {number[14:]}"]
        )
    )


@st.composite
def emails(draw: st.DrawFn) -> str:
    letters = st.characters(min_codepoint=97, max_codepoint=122)
    name = draw(st.text(letters, min_size=2, max_size=10)) + draw(st.text(digits, max_size=4))
    return (
        name
        + draw(st.sampled_from(["@", "＠", "(at)", "[at]"]))
        + draw(st.sampled_from(["example.com", "mail.example.cn"]))
    )


@st.composite
def plates(draw: st.DrawFn) -> str:
    body = draw(st.text(digits, min_size=4, max_size=4)) + draw(st.sampled_from("ABCDEFGH123"))
    return (
        draw(st.sampled_from("湘粤京沪浙"))
        + draw(st.sampled_from("ABCDEF"))
        + draw(st.sampled_from(["", "·", " "]))
        + body
    )


surroundings = st.text(
    st.one_of(
        st.sampled_from("我的电话是，。：（）老板张王李县路号栋单元室村组年月日元 \n-@.·#*某网友微信〈〉"),
        st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")),
    ),
    max_size=30,
)

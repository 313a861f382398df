"""One administrative division and how its names are spelled."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Level = Literal["province", "city", "county", "township", "functional_area"]
LEVEL_OF_LENGTH: dict[int, Level] = {2: "province", 4: "city", 6: "county", 9: "township"}
FUNCTIONAL = re.compile(
    "(?:开发区|高新区|经开区|示范区|产业园|园区|工业区|科技园|合作区|保税区|试验区|管理区|新城|管委会|管理委员会|农场|林场|牧场)$"
)
ETHNIC = "|".join(
    (
        "壮|回|维吾尔|蒙古|藏|苗|彝|布依|朝鲜|满|侗|瑶",
        "白|土家|哈尼|哈萨克|傣|黎|傈僳|佤|畲|拉祜|水|东乡",
        "纳西|景颇|柯尔克孜|土|达斡尔|仫佬|羌|布朗|撒拉|毛南|仡佬|锡伯",
        "普米|塔吉克|怒|鄂温克|保安|裕固|独龙|鄂伦春|各",
    )
)
PROVINCE_SUFFIX = re.compile("(?:(?:壮族|回族|维吾尔)?自治区|特别行政区|省|市)$")
SUFFIX = re.compile(
    f"(?:(?:(?:{ETHNIC})族?)*(?:自治区|自治州|自治县|自治旗)|特别行政区|行政委员会|林区|地区|新区|省|市|盟|县|区|旗)$"
)


@dataclass(frozen=True, slots=True)
class Division:
    """An administrative division (行政区划) by its code: 2 digits province, 4 prefecture, 6 county, 9 township."""

    code: str
    name: str

    @property
    def level(self) -> Level:
        """Its level; development zones, farms and management committees are functional areas (功能区)."""
        if len(self.code) > 4 and FUNCTIONAL.search(self.name):
            return "functional_area"
        return LEVEL_OF_LENGTH[len(self.code)]

    @property
    def adcode(self) -> str:
        """The six-digit code of GB/T 2260 for province, prefecture and county; nine digits for a township."""
        return self.code.ljust(6, "0")

    @property
    def short_name(self) -> str | None:
        """The name people say (浙江, 西安, 武都); None when nothing unambiguous of two characters is left."""
        if len(self.code) == 9:
            return None
        suffix = PROVINCE_SUFFIX if len(self.code) == 2 else SUFFIX
        short = suffix.sub("", self.name)
        return short if short != self.name and len(short) >= 2 else None

    def contains(self, other: Division) -> bool:
        """Whether ``other`` lies within this division or is this division."""
        return other.code.startswith(self.code)

"""Regions of boards by their code (adcode): a petition's region is never finer than a county (P-20)."""

from __future__ import annotations

import re
from typing import Final

from crawlers.importers.regions import county_of
from models.gazetteer import gazetteer

_ADCODE: Final = re.compile(r"\d{2}|\d{4}|\d{6}")
_FILLER: Final = re.compile("市辖区|省直辖县级行政区划|自治区直辖县级行政区划|^县$")


def named(adcode: str) -> str:
    """Province, city and county of a code of GB/T 2260, as one name. Raises ValueError for a code that is none."""
    if not _ADCODE.fullmatch(adcode):
        raise ValueError(f"expected a region code of 2, 4 or 6 digits, found {adcode!r}")
    code = re.sub("(00)+$", "", adcode) if len(adcode) == 6 else adcode
    divisions = gazetteer().by_code
    if code not in divisions:
        raise ValueError(f"no region has the code {adcode}; give the region's name as well (region = …)")
    levels = [
        divisions[code[:length]].name for length in (2, 4, 6) if length <= len(code) and code[:length] in divisions
    ]
    return "".join(dict.fromkeys(_FILLER.sub("", name) for name in levels))


def region_in(text: str) -> str | None:
    """The region that a board states for a petition: by code, or by name down to its county."""
    text = text.strip()
    if _ADCODE.fullmatch(text):
        try:
            return named(text)
        except ValueError:
            return None
    return county_of(text)

"""Regions of boards by their code (adcode): a petition's region is never finer than a county (P-20)."""

from __future__ import annotations

import re
from typing import Annotated, Final, Self

from pydantic import BaseModel, Field, model_validator

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


class OfRegion(BaseModel):
    """Settings of something that belongs to a region; a code that the table of divisions lacks needs the name too."""

    adcode: Annotated[str, Field(pattern=r"^\d{6}$")] | None = None
    """Code of the region (GB/T 2260)."""
    region: Annotated[str, Field(min_length=2, max_length=60)] | None = None
    """Its name, where the code is not in the table of divisions."""

    @model_validator(mode="after")
    def _known(self) -> Self:
        if self.adcode and not self.region:
            named(self.adcode)
        return self

    @property
    def place(self) -> str | None:
        """The name of its region."""
        return self.region or (named(self.adcode) if self.adcode else None)


def region_in(text: str) -> str | None:
    """The region that a board states for a petition: by code, or by name down to its county."""
    text = text.strip()
    if _ADCODE.fullmatch(text):
        try:
            return named(text)
        except ValueError:
            return None
    return county_of(text)

"""Vehicle plates (车牌), new-energy and special ones included."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.redact.finding import Finding

_PROVINCE: Final = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_PLATE: Final = re.compile(
    rf"[{_PROVINCE}][A-HJ-Za-hj-z][ ·.\-]{{0,2}}(?=[A-Za-z]{{0,5}}[\d*])"
    r"(?:[A-HJ-NP-Za-hj-np-z0-9*]{4}[挂学警港澳领试超]|[A-HJ-NP-Za-hj-np-z0-9*]{5,6}|"
    r"[A-HJ-NP-Za-hj-np-z0-9]{2}[ ·\-][A-HJ-NP-Za-hj-np-z0-9]{3})"
)
_ARMED: Final = re.compile(
    rf"WJ[{_PROVINCE}]?\d{{4,5}}[A-Z0-9]?|使\d{{6}}|(?<=车牌)[号为是:]{{0,3}}([A-Z]{{2}}[ ·\-]?\d{{5}})"
)


def find_plates(text: str) -> Iterator[Finding]:
    """Plates of the mainland: a province, a letter, five characters (six for new energy), at least one a digit."""
    for match in _PLATE.finditer(text):
        if sum(character.isdigit() for character in match.group()) >= 2:
            yield Finding(match.start(), match.end(), "plate")
    for match in _ARMED.finditer(text):
        group = match.lastindex or 0
        yield Finding(match.start(group), match.end(group), "plate")

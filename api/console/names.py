"""What factors, groups, units and categories are called in the visitor's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, Literal

from api.console.i18n import Language
from models.taxonomy import taxonomy

Kind = Literal["factors", "stakeholders", "units"]
LISTS: Final[Mapping[Kind, Mapping[str, object]]] = {
    "factors": taxonomy().factors, "stakeholders": taxonomy().stakeholders, "units": taxonomy().units,
}  # fmt: skip


def names(kind: Kind, language: Language) -> dict[str, str]:
    """Code → name."""
    field = "name_en" if language == "en" else "name_zh"
    return {code: str(getattr(one, field) or getattr(one, "name_zh", code)) for code, one in LISTS[kind].items()}

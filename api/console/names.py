"""What factors, groups, units and categories are called in the visitor's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, Final, Literal

from api.console.i18n import Language
from models.taxonomy import taxonomy

Kind = Literal["factors", "categories", "stakeholders", "units"]
LISTS: Final[Mapping[Kind, Mapping[str, object]]] = {
    "factors": taxonomy().factors, "categories": taxonomy().categories, "stakeholders": taxonomy().stakeholders,
    "units": taxonomy().units,
}  # fmt: skip


@cache
def names(kind: Kind, language: Language) -> Mapping[str, str]:
    """Code → name."""
    field = "name_en" if language == "en" else "name_zh"
    return {code: str(getattr(one, field) or getattr(one, "name_zh", code)) for code, one in LISTS[kind].items()}


def called(code: str, kind: Kind, *, language: Language) -> str:
    """What one code is called; a code that the lists do not have stands for itself."""
    return names(kind, language).get(code, code)


def asked_to_act(units: Any, *, language: Language) -> list[str]:
    """The names of the units that are proposed: those of the function, then those of the place."""
    of: Callable[[str], Any] = units.__getitem__ if isinstance(units, Mapping) else partial(getattr, units)
    return [called(code, "units", language=language) for code in (*of("primary"), *of("territorial"))]

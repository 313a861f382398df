"""Languages of the console: the Chinese texts are the message ids, English comes from the catalogue (gettext)."""

from __future__ import annotations

from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path
from typing import Final, Literal

Language = Literal["zh", "en"]
LANGUAGES: Final[tuple[Language, ...]] = ("zh", "en")
HERE: Final = Path(__file__).parent
COMPILED: Final = HERE / "locale" / "en" / "LC_MESSAGES" / "console.mo"


def N_(text: str) -> str:  # noqa: N802 – the name by which gettext's tools know a text that is translated later
    """The text itself, marked so that it gets into the catalogue; it is translated where it is shown."""
    return text


@cache
def translations(language: Language) -> NullTranslations:
    """What turns a Chinese text into the language; one that has no translation stays Chinese."""
    if language == "zh":
        return NullTranslations()
    with COMPILED.open("rb") as compiled:
        return GNUTranslations(compiled)


def spoken(language: Language, text: str, **values: object) -> str:
    """A Chinese text in the language, its ``%(name)s`` filled in; like ``_()`` of a template."""
    said = translations(language).gettext(text)
    return said % values

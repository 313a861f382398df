"""The language of the console and its light or dark look: kept in the browser, for who is not signed in too."""

from __future__ import annotations

from typing import Annotated

from fastapi import Form, Response
from pydantic import BaseModel

from api.console.i18n import LANGUAGES
from api.console.links import local
from api.console.rules import ConsoleRouter, Public
from api.console.visit import THEMES, AtConsole

router = ConsoleRouter()


class Language(BaseModel):
    """The language, and the page to go back to; without one it is the page that held the form."""

    language: str = ""
    next: str = ""


class Theme(BaseModel):
    """``light``, ``dark``, or anything else for what the reader's system says."""

    theme: str = ""
    next: str = ""


@router.act("/language", rule=Public())
def choose_language(visit: AtConsole, chosen: Annotated[Language, Form()]) -> Response:
    """Keeps the language."""
    if chosen.language in LANGUAGES:
        visit.cookies.set("language", chosen.language)
    return visit.redirect(local(chosen.next, visit.here))


@router.act("/theme", rule=Public())
def choose_theme(visit: AtConsole, chosen: Annotated[Theme, Form()]) -> Response:
    """Keeps the look."""
    if chosen.theme in THEMES:
        visit.cookies.set("theme", chosen.theme)
    else:
        visit.cookies.drop("theme")
    return visit.redirect(local(chosen.next, visit.here))

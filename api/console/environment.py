"""The Jinja environment of the console: one a language, with texts, filters and the addresses of static files."""

from __future__ import annotations

import hashlib
from functools import cache, partial
from importlib.metadata import version
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from api.console import formats, menu, names, passages, words
from api.console.i18n import HERE, Language, translations

TEMPLATES: Final = HERE / "templates"
STATIC: Final = HERE / "static"


@cache
def environment(language: Language) -> Environment:
    """Templates of ``api/console/templates`` that speak ``language``. A name that was not given is an error."""
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
    )
    texts = translations(language)
    made.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(
        {
            "figure": formats.figure,
            "exact_number": formats.exact_number,
            "voices": formats.voices,
            "percent": formats.percent,
            "day": partial(formats.day, language=language),
            "short_day": partial(formats.short_day, language=language),
            "period": partial(formats.period, language=language),
            "weekday": partial(formats.weekday, language=language),
            "moment": partial(formats.moment, language=language),
            "machine_time": formats.machine_time,
            "visible": formats.visible,
            "word": partial(words.word, texts.gettext),
            "called": partial(names.called, language=language),
            "asked_to_act": partial(names.asked_to_act, language=language),
        }
    )
    made.globals.update(
        {
            "language": language,
            "menu": menu,
            "static": static,
            "version": version("minyi"),
            "percent_range": formats.percent_range,
            "highlighted": passages.highlighted,
        }
    )
    return made


@cache
def static(path: str) -> str:
    """The address of a static file; it changes with the content, so that browsers may keep the file for ever."""
    return f"/static/{path}?v={hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]}"

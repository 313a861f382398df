"""The English catalogue: ``python -m api.console.catalogue extract`` brings in new texts, ``compile`` makes the .mo.

The catalogue is sorted by text and names the files that hold each; the same texts give the same bytes.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from api.console.i18n import COMPILED, HERE

CATALOGUE: Final = COMPILED.with_suffix(".po")
SOURCES: Final = [("**.py", "python"), ("templates/**.html", "jinja2")]
OPTIONS: Final = {
    "templates/**.html": {"newstyle_gettext": "true", "silent": "false", "extensions": "jinja2.ext.do"},
}
KEYWORDS: Final[dict[str, tuple[int, ...] | None]] = {
    "_": None,
    "spoken": (2,),
    "N_": None,
    "gettext": None,
    "say": None,
    "ngettext": (1, 2),
}

NO_DAY: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""The catalogue bears no date of its own; when it changed, the repository knows."""


def asked() -> Catalog:
    """Every text of the console's modules and templates, with the files that hold it. Raises for a broken template."""
    catalogue = Catalog(charset="utf-8")
    found = extract_from_dir(HERE, method_map=SOURCES, options_map=OPTIONS, keywords=KEYWORDS, strip_comment_tags=True)
    for path, _, message, comments, context in sorted(found, key=lambda one: (one[0], one[1])):
        catalogue.add(message, None, [(path, 0)], auto_comments=comments, context=context)
    return catalogue


def stored() -> Catalog:
    """The English catalogue as it was written."""
    if not CATALOGUE.exists():
        return Catalog(locale="en", charset="utf-8")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en", charset="utf-8")


def extract() -> None:
    """Adds new texts without a translation and removes texts that are gone."""
    catalogue = stored()
    catalogue.update(asked(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    written = io.BytesIO()
    write_po(written, catalogue, width=120, omit_header=True, sort_output=True, include_lineno=False)
    head = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
    CATALOGUE.write_text(head + written.getvalue().decode(), "utf-8")


def compiled() -> bytes:
    """The catalogue in the form that is read at run time."""
    plain = Catalog(charset="utf-8", creation_date=NO_DAY, revision_date=NO_DAY)
    for message in stored():
        if message.id and message.string:
            plain.add(message.id, message.string)
    written = io.BytesIO()
    write_mo(written, plain)
    return written.getvalue()


def main() -> None:
    """``extract`` or ``compile``; anything else says so and exits with 2."""
    match sys.argv[1:]:
        case ["extract"]:
            extract()
        case ["compile"]:
            COMPILED.write_bytes(compiled())
        case _:
            sys.stderr.write("usage: python -m api.console.catalogue extract|compile\n")
            raise SystemExit(2)


if __name__ == "__main__":
    main()

"""What the small parts of a workbook say: its sheets, from which day it counts, and which styles show dates."""

from __future__ import annotations

import posixpath
import zipfile
from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format
from openpyxl.utils.datetime import MAC_EPOCH, WINDOWS_EPOCH

from crawlers.importers.markup import read_markup
from crawlers.importers.parts import whole

MAX_PART: Final = 8 * 2**20
"""Bytes of each of these parts, unpacked. Styles of a workbook that was copied together for years take a few."""
_MAIN: Final = frozenset(
    f"application/vnd.{kind}.main+xml"
    for kind in (
        "openxmlformats-officedocument.spreadsheetml.sheet", "openxmlformats-officedocument.spreadsheetml.template",
        "ms-excel.sheet.macroEnabled", "ms-excel.template.macroEnabled",
    )
)  # fmt: skip
_STYLES: Final = "xl/styles.xml"
_LONGEST_FORMAT: Final = 255
"""Characters of a number format that Excel takes."""


class WorkbookParts(NamedTuple):
    """``sheets``: name → part and state. ``dates``: numbers of the styles in which a number is a date."""

    sheets: dict[str, tuple[str, str]]
    epoch: datetime
    dates: frozenset[int]


def workbook_parts(archive: zipfile.ZipFile) -> WorkbookParts:
    """Reads them. Raises KeyError, ValueError or ExpatError for a damaged workbook, ImportRefused for a bomb."""
    main = _main_part(archive)
    folder, name = posixpath.split(main)
    targets = _targets(archive, posixpath.join(folder, "_rels", f"{name}.rels"), folder)
    listed, epoch = _listed(archive, main)
    present, taken = set(archive.namelist()), set[str]()
    sheets: dict[str, tuple[str, str]] = {}
    for title, relation, state in listed:
        part, kind = targets[relation]
        if part in present and part not in taken and "chartsheet" not in kind:
            taken.add(part)  # a part is one sheet, however often it is listed
            sheets[title] = (part, state)
    return WorkbookParts(sheets, epoch, _date_styles(archive) if _STYLES in present else frozenset())


def _tell(archive: zipfile.ZipFile, part: str, told: Callable[[str, str, dict[str, str]], None]) -> None:
    """Tells each element of a part: the one that it stands in, its own name, its attributes; without namespaces."""
    within = [""]

    def start(name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(" ")[2]
        told(within[-1], tag, {key.rpartition(" ")[2]: value for key, value in attributes.items()})
        within.append(tag)

    def end(_: str) -> None:
        within.pop()

    read_markup(whole(archive, archive.getinfo(part), MAX_PART), start, end)


def _main_part(archive: zipfile.ZipFile) -> str:
    named: list[str] = []

    def told(_: str, tag: str, attributes: dict[str, str]) -> None:
        if attributes.get("ContentType") in _MAIN:
            named.append(attributes["PartName"] if tag == "Override" else "xl/workbook.xml")

    _tell(archive, "[Content_Types].xml", told)
    if not named:
        raise KeyError("a workbook")
    return named[0].lstrip("/")


def _targets(archive: zipfile.ZipFile, part: str, folder: str) -> dict[str, tuple[str, str]]:
    """Relation → part and kind."""
    targets: dict[str, tuple[str, str]] = {}

    def told(_: str, tag: str, attributes: dict[str, str]) -> None:
        if tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/" + folder, attributes["Target"])).lstrip("/")
            targets[attributes["Id"]] = (target, attributes.get("Type", ""))

    _tell(archive, part, told)
    return targets


def _listed(archive: zipfile.ZipFile, part: str) -> tuple[list[tuple[str, str, str]], datetime]:
    """Title, relation and state of each sheet, in their order; and the day from which the workbook counts."""
    listed: list[tuple[str, str, str]] = []
    epoch = WINDOWS_EPOCH

    def told(within: str, tag: str, attributes: dict[str, str]) -> None:
        nonlocal epoch
        if tag == "sheet" and within == "sheets" and attributes.get("id"):
            listed.append((attributes["name"], attributes["id"], attributes.get("state", "visible")))
        elif tag == "workbookPr" and attributes.get("date1904", "").lower() in {"1", "true", "on"}:
            epoch = MAC_EPOCH

    _tell(archive, part, told)
    return listed, epoch


def _date_styles(archive: zipfile.ZipFile) -> frozenset[int]:
    formats = {str(number): code for number, code in BUILTIN_FORMATS.items()}
    used: list[str] = []

    def told(within: str, tag: str, attributes: dict[str, str]) -> None:
        if tag == "numFmt" and within == "numFmts":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif tag == "xf" and within == "cellXfs":
            used.append(attributes.get("numFmtId", "0"))

    _tell(archive, _STYLES, told)
    dates = {number for number in set(used) if _shows_dates(formats.get(number, ""))}
    return frozenset(style for style, number in enumerate(used) if number in dates)


def _shows_dates(code: str) -> bool:
    return len(code) <= _LONGEST_FORMAT and is_date_format(code) and not is_timedelta_format(code)

"""Text that a page holds but does not show: not displayed, off the screen, without size, in its ground's colour."""

from __future__ import annotations

import re
from typing import Final

from lxml import html

_SHEETS: Final = 60_000
"""Characters of a page's own style sheets that are read."""
_STYLE: Final = 4_000
"""Characters of an inline style that are read: every element looks at those of all around it."""
_MEDIA: Final = re.compile(r"@[\w-]+[^{};]{0,200}\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}")
_RULE: Final = re.compile(r"([^{}]{1,500})\{([^{}]{0,2000})\}")
_SIMPLE: Final = re.compile(r"[.#][\w-]{1,60}")
_NOTHING: Final = r"0(?:\.0*)?(?:px|em|rem|%|pt)?\s*(?:!important)?\s*(?:;|$)"
_HIDING: Final = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden"
    rf"|opacity\s*:\s*{_NOTHING}|font-size\s*:\s*(?:{_NOTHING}|[01](?:\.\d+)?px)|line-height\s*:\s*{_NOTHING}"
    r"|text-indent\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*[01](?:px)?[ ,]+[01](?:px)?[ ,]+[01](?:px)?[ ,]+[01](?:px)?\s*\)"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%)",
)  # fmt: skip
_OFF_SCREEN: Final = re.compile(r"(?:^|;)\s*(?:left|top|right|margin-left|margin-top)\s*:\s*-\d{3,}")
_EXTENT: Final = re.compile(rf"(?:^|;)\s*(?:max-)?(?:width|height)\s*:\s*(?:{_NOTHING}|1px)")
_CLIPPED: Final = re.compile(r"(?:^|;)\s*overflow(?:-[xy])?\s*:\s*hidden")
_COLOUR: Final = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]+)")
_GROUND: Final = re.compile(r"(?:^|;)\s*background(?:-color|-image)?\s*:\s*([^;!]+)")
_WHITE: Final = "#ffffff"
_NAMED: Final = {"white": _WHITE, "black": "#000000", "rgb(255,255,255)": _WHITE, "rgb(0,0,0)": "#000000"}


def hiding_selectors(root: html.HtmlElement) -> frozenset[str]:
    """The classes (``.x``) and ids (``#x``) that the page's own style sheets hide.

    Only rules for one class or id count, and none inside ``@media``: what hides for print is shown on the screen.
    """
    found = set()
    sheets = "\n".join(sheet.text or "" for sheet in root.iter("style"))[:_SHEETS]
    for selectors, declarations in _RULE.findall(_MEDIA.sub("", without_comments(sheets))):
        if hides(declarations):
            found |= {name for part in selectors.split(",") if _SIMPLE.fullmatch(name := part.strip())}
    return frozenset(found)


def without_comments(sheet: str) -> str:
    """A style sheet without its comments; one that never ends stays."""
    parts, kept = [], 0
    while (begin := sheet.find("/*", kept)) >= 0 and (end := sheet.find("*/", begin + 2)) >= 0:
        parts.append(sheet[kept:begin])
        kept = end + 2
    return "".join([*parts, sheet[kept:]])


def is_hidden(element: html.HtmlElement, selectors: frozenset[str]) -> bool:
    """Whether nobody sees the element: by attribute, by inline style, or by ``selectors``, the page's own rules."""
    attributes = element.attrib
    if "hidden" in attributes:
        return True
    style = attributes.get("style")
    if style and hides(style):
        return True
    if (style or element.tag == "font") and _in_colour_of_its_ground(element):
        return True
    if not selectors:
        return False
    if "#" + attributes.get("id", "") in selectors:
        return True
    return any("." + name in selectors for name in attributes.get("class", "").split())


def hides(style: str) -> bool:
    """Whether CSS declarations alone make text unseen."""
    style = _declarations(style)
    if _HIDING.search(style) or _OFF_SCREEN.search(style):
        return True
    if _EXTENT.search(style) and _CLIPPED.search(style):
        return True
    colour, ground = _COLOUR.search(style), _GROUND.search(style)
    if colour is None:
        return False
    ink = _plain(colour[1])
    return ink in ("transparent", "rgba(0,0,0,0)") or (ground is not None and ink == _plain(ground[1]))


def _in_colour_of_its_ground(element: html.HtmlElement) -> bool:
    """Whether the element's own ink is that of the nearest stated background; without any, the page is white."""
    found = _COLOUR.search(_declarations(element.get("style", "")))
    ink = found[1] if found else element.get("color", "").lower() if element.tag == "font" else ""
    if not ink:
        return False
    for outer in (element, *element.iterancestors()):
        ground = _GROUND.search(_declarations(outer.get("style", "")))
        if ground:
            return "url(" not in ground[1] and _plain(ink) == _plain(ground[1])
        if outer.get("bgcolor"):
            return _plain(ink) == _plain(outer.get("bgcolor").lower())
        if outer.get("background"):
            return False
    return _plain(ink) == _WHITE


def _declarations(style: str) -> str:
    """A style in lower case with single blanks, as the patterns read it; their ``\\s*`` would try runs in all ways."""
    return " ".join(style[:_STYLE].lower().split())


def _plain(colour: str) -> str:
    """A colour in six hexadecimal digits, where it is written in another of the usual ways."""
    colour = re.sub(r"\s+", "", colour)
    colour = _NAMED.get(colour, colour)
    if re.fullmatch(r"#[0-9a-f]{3}", colour):
        colour = "#" + "".join(digit * 2 for digit in colour[1:])
    return colour

"""A page as a tree that holds only what a reader sees: no scripts, no hidden text, no forms."""

from __future__ import annotations

import re
from typing import Final, TypeGuard

from lxml import etree, html

MAX_CHARACTERS: Final = 6_000_000
"""Characters of a page that are parsed; an article lies well within."""
MAX_ELEMENTS: Final = 120_000
MAX_DEPTH: Final = 400

_UNSEEN_TAGS: Final = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "iframe",
        "object",
        "embed",
        "applet",
        "svg",
        "math",
        "canvas",
        "audio",
        "video",
        "map",
        "form",
        "select",
        "option",
        "textarea",
        "button",
        "input",
        "label",
        "head",
        "meta",
        "link",
        "dialog",
        "marquee",
        "frameset",
        "noframes",
    ]
)
_NOT_DROPPED_WITH_CONTENT: Final = frozenset(("form", "label"))
"""Old sites wrap whole pages in one form."""
_CONTROL: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_INVISIBLE: Final = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\u00ad]")
_DECLARATION: Final = re.compile(r"^\s*<\?xml[^>]*\?>", re.IGNORECASE)
_RULE: Final = re.compile(r"([.#])([\w-]{1,60})\s*(?:,[^{}]{0,200})?\{([^{}]{0,600})\}")


class NotAPage(ValueError):
    """E801: there is no HTML to read."""


def parse(text: str) -> html.HtmlElement:
    """The tree of a page, with everything in it. No entity is resolved, no file or host is asked.

    Raises NotAPage (E801) where there is no element at all.
    """
    cut = _DECLARATION.sub("", _CONTROL.sub("", text[:MAX_CHARACTERS]))
    if "<" not in cut:
        raise NotAPage("E801: this is no HTML page: it has no element; check what was fetched")
    parser = html.HTMLParser(
        encoding="utf-8", no_network=True, recover=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = html.document_fromstring(cut.encode("utf-8", "ignore"), parser=parser, ensure_head_body=True)
    except (etree.LxmlError, AssertionError, ValueError) as error:
        raise NotAPage(f"E801: this is no HTML page ({type(error).__name__}); check what was fetched") from error
    return root


def visible(root: html.HtmlElement) -> html.HtmlElement:
    """Removes, in place, what a reader of the page does not see; returns the same tree."""
    hidden = hiding_selectors(root)
    doomed = []
    for number, element in enumerate(root.iter()):
        if not is_element(element) or number > MAX_ELEMENTS:
            doomed.append(element)
        elif element.tag in ("html", "body"):
            continue
        elif (element.tag in _UNSEEN_TAGS and element.tag not in _NOT_DROPPED_WITH_CONTENT) or is_hidden(
            element, hidden
        ):
            doomed.append(element)
    for element in doomed:
        remove(element)
    for element in root.iter():
        if element.text and _INVISIBLE.search(element.text):
            element.text = _INVISIBLE.sub("", element.text)
        if element.tail and _INVISIBLE.search(element.tail):
            element.tail = _INVISIBLE.sub("", element.tail)
    return root


def is_element(node: object) -> TypeGuard[html.HtmlElement]:
    """Whether a node is an element, not a comment, instruction or entity."""
    return isinstance(node, etree._Element) and isinstance(node.tag, str)


def remove(element: etree._Element) -> None:
    """Takes an element out of its tree and keeps the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def hiding_selectors(root: html.HtmlElement) -> frozenset[str]:
    """The classes (``.x``) and ids (``#x``) that the page's own style sheets hide."""
    found = set()
    for sheet in root.iter("style"):
        for rule in _RULE.finditer((sheet.text or "")[:200_000]):
            if hides(rule[3]):
                found.add(rule[1] + rule[2])
    return frozenset(found)


def is_hidden(element: html.HtmlElement, selectors: frozenset[str]) -> bool:
    """Whether the element is there for machines only: by attribute, by inline style or by the page's own rules."""
    attributes = element.attrib
    if "hidden" in attributes or attributes.get("aria-hidden", "").lower() == "true":
        return True
    style = attributes.get("style")
    if style and hides(style):
        return True
    if (
        element.tag == "font"
        and attributes.get("color", "").lower() in _WHITE
        and attributes.get("size") in ("0", "1", "-7")
    ):
        return True
    if not selectors:
        return False
    if "#" + attributes.get("id", "") in selectors:
        return True
    return any("." + name in selectors for name in attributes.get("class", "").split())


_WHITE: Final = frozenset(("white", "#fff", "#ffffff", "rgb(255,255,255)", "transparent", "rgba(0,0,0,0)"))
_NOTHING: Final = r"0(?:\.0*)?(?:px|em|rem|%|pt)?\s*(?:!important)?\s*(?:;|$)"
_HIDING: Final = re.compile(
    r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)|content-visibility\s*:\s*hidden"
    rf"|opacity\s*:\s*{_NOTHING}|font-size\s*:\s*(?:{_NOTHING}|[01](?:\.\d+)?px)|line-height\s*:\s*{_NOTHING}"
    r"|text-indent\s*:\s*-\d{3,}|clip\s*:\s*rect\(\s*[01](?:px)?[ ,]+[01](?:px)?[ ,]+[01](?:px)?[ ,]+[01](?:px)?\s*\)"
    r"|clip-path\s*:\s*inset\(\s*(?:50|100)%)",
)  # fmt: skip
_OFF_SCREEN: Final = re.compile(
    r"(?:^|;)\s*(?:left|top|right|margin-left|margin-top)\s*:\s*-\d{3,}(?:\.\d+)?(?:px|em|rem|%|pt)?"
)
_EXTENT: Final = re.compile(rf"(?:^|;)\s*(?:max-)?(?:width|height)\s*:\s*(?:{_NOTHING}|1px)")
_CLIPPED: Final = re.compile(r"(?:^|;)\s*overflow(?:-[xy])?\s*:\s*hidden")
_COLOUR: Final = re.compile(r"(?:^|;)\s*color\s*:\s*([^;!]+)")
_GROUND: Final = re.compile(r"(?:^|;)\s*background(?:-color)?\s*:\s*([^;!]+)")


def hides(style: str) -> bool:
    """Whether CSS declarations make text unseen.

    Not displayed, off the screen, without size, or in its ground's colour.
    """
    style = style.lower()
    if _HIDING.search(style) or _OFF_SCREEN.search(style):
        return True
    if _EXTENT.search(style) and _CLIPPED.search(style):
        return True
    colour, ground = _COLOUR.search(style), _GROUND.search(style)
    if colour is None:
        return False
    ink = _plain(colour[1])
    if ink in ("transparent", "rgba(0,0,0,0)"):
        return True
    return ink in _WHITES if ground is None else ink == _plain(ground[1])


_WHITES: Final = frozenset(("#ffffff", "rgb(255,255,255)"))
_NAMED: Final = {"white": "#ffffff", "black": "#000000", "red": "#ff0000", "yellow": "#ffff00", "blue": "#0000ff"}


def _plain(colour: str) -> str:
    colour = re.sub(r"\s+", "", colour)
    colour = _NAMED.get(colour, colour)
    if re.fullmatch(r"#[0-9a-f]{3}", colour):
        colour = "#" + "".join(digit * 2 for digit in colour[1:])
    return colour

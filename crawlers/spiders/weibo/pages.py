"""Pages of posts and comments in the documented layouts: the open interface and the public mobile pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from crawlers.spiders.refusals import OTHER_LAYOUT, Refusal

_DEEPEST: Final = 4
"""Search pages nest cards in card groups; deeper nesting is no layout of theirs."""


@dataclass(frozen=True, slots=True, repr=False)
class Page:
    """The status or comment objects of one page, as they came, and where the next page begins."""

    entries: tuple[Any, ...]
    total: int | None = None
    """How many the platform says there are; None where it says nothing that holds (mobile pages)."""
    next_cursor: str | None = None
    """``max_id``, ``since_id`` or the like where pages are linked by it; None where they are numbered."""


def post_page(found: Mapping[str, Any]) -> Page | Refusal:
    """The posts of a search or topic page.

    Layouts: ``statuses`` (open interface), ``data.cards`` (mobile pages), ``data.list`` (desktop pages).
    """
    if isinstance(found.get("statuses"), list):
        return Page(tuple(found["statuses"]), _count(found.get("total_number")), _cursor(found.get("next_cursor")))
    data = found["data"] if isinstance(found.get("data"), Mapping) else found
    if isinstance(data.get("list"), list):
        return Page(tuple(data["list"]), _count(data.get("total")), _cursor(data.get("since_id")))
    cards = data.get("cards")
    if isinstance(cards, list):
        info = data.get("cardlistInfo")
        about: Mapping[str, Any] = info if isinstance(info, Mapping) else {}
        return Page(tuple(_posts_in(cards)), None, _cursor(about.get("since_id")))
    return _empty_or_changed(found)


def comment_page(found: Mapping[str, Any]) -> Page | Refusal:
    """The comments of a post, first level.

    Layouts: ``comments`` (open interface), ``data.data`` with ``max_id`` (mobile pages); ``hot_data`` repeats them.
    """
    if isinstance(found.get("comments"), list):
        return Page(tuple(found["comments"]), _count(found.get("total_number")), _cursor(found.get("next_cursor")))
    data = found.get("data")
    if isinstance(data, Mapping) and isinstance(data.get("data"), list):
        return Page(tuple(data["data"]), _count(data.get("total_number")), _cursor(data.get("max_id")))
    if isinstance(data, list):
        return Page(tuple(data), _count(found.get("total_number")), _cursor(found.get("max_id")))
    return _empty_or_changed(found)


def _posts_in(cards: list[Any], depth: int = 0) -> Iterator[Any]:
    for card in cards if depth < _DEEPEST else ():
        if not isinstance(card, Mapping):
            continue
        if str(card.get("card_type")) == "9" and "mblog" in card:
            yield card["mblog"]
        elif isinstance(card.get("card_group"), list):
            yield from _posts_in(card["card_group"], depth + 1)


def _empty_or_changed(found: Mapping[str, Any]) -> Page | Refusal:
    """``ok: 0`` without an error says that there is nothing (more); anything else has lost its known keys."""
    if str(found.get("ok")) == "0":
        return Page(())
    return OTHER_LAYOUT


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _cursor(value: object) -> str | None:
    """A cursor; 0 and an empty one mean that this was the last page."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return None
    return text if (text := str(value).strip()) not in {"", "0"} else None

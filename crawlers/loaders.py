"""The item loader: collects the fields of one item by selectors and processors, and makes a RawItem of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from itemloaders.processors import Identity, MapCompose, TakeFirst
from scrapy.loader import ItemLoader

from crawlers.importers.characters import mended
from pipeline.raw import RawItem

REQUIRED: Final = ("source_kind", "source", "item_key", "body", "genre")
_BLANKS: Final = re.compile(r"[^\S\n]+")
_LINES: Final = re.compile(r"\s*\n\s*")


class IncompleteItem(ValueError):
    """E703: an item lacks a field that every item has; it names the field, never the content."""

    def __init__(self, missing: str) -> None:
        super().__init__(f"E703: an item without {missing}: the page's layout may have changed")
        self.missing = missing


def line(text: str) -> str:
    """Text as one line."""
    return " ".join(mended(text).split())


def paragraphs(text: str) -> str:
    """Text with one line a paragraph and no blank around them."""
    return _LINES.sub("\n", _BLANKS.sub(" ", mended(text))).strip()


def count(value: Any) -> int | None:
    """A number as sites show it: 37, "1,204", "3.2万", "100万+". None when it is none."""
    found = re.fullmatch(r"\s*([\d,]+(?:\.\d+)?)\s*([万亿]?)\+?\s*", str(value))
    if not found:
        return None
    return round(float(found[1].replace(",", "")) * {"": 1, "万": 10_000, "亿": 100_000_000}[found[2]])


class RawItemLoader(ItemLoader):
    """Builds one RawItem: ``loader.add_css("title", "h1::text")``, ``loader.add_value("item_key", key)``, load_item().

    A field takes its first value that is not empty; ``body`` joins all of its values as paragraphs; ``engagement``
    takes (name, count) pairs. Spiders derive from it to give fields their own processors.
    """

    default_item_class = dict
    default_input_processor = Identity()
    default_output_processor = TakeFirst()
    title_in = MapCompose(line)
    item_key_in = MapCompose(str, str.strip)
    author_key_in = MapCompose(str, str.strip)
    region_in = MapCompose(line)
    body_in = MapCompose(paragraphs)
    body_out: Callable[..., str] = staticmethod(lambda values: "\n".join(filter(None, values)))
    engagement_in = Identity()
    engagement_out: Callable[..., dict[str, int]] = staticmethod(
        lambda values: {name: number for name, shown in values if (number := count(shown)) is not None}
    )

    def load_item(self) -> RawItem:
        """The item. Raises IncompleteItem (E703) when it has no key or no text; an item without title has title ''."""
        fields: dict[str, Any] = dict(super().load_item())
        for name in REQUIRED:
            if not fields.get(name):
                raise IncompleteItem(name)
        return RawItem(**{"title": "", **fields})

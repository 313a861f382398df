"""Logging without content: no address, item, header or page of a source reaches a log (P-01)."""

from __future__ import annotations

import logging
from typing import Final

SILENT: Final = ("scrapy", "aiohttp", "protego", "filelock", "tldextract")
"""Libraries whose lines name addresses and quote pages; what went wrong is told by the crawl itself, by its kind."""


class WithoutTraces(logging.Filter):
    """Keeps of a line what kind of error it tells of: stack traces and messages quote what was read."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Changes the record in place and keeps it."""
        failed = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else "a line"
        record.msg, record.args = f"withheld while sources are read: {failed}", None
        record.exc_info, record.exc_text, record.stack_info = None, None, None
        return True


def quiet() -> None:
    """Silences the libraries that read sources, and asyncio's stack traces."""
    for name in SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    loop = logging.getLogger("asyncio")
    if not any(isinstance(present, WithoutTraces) for present in loop.filters):
        loop.addFilter(WithoutTraces())

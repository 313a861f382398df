"""Logging without content: no address, item, header or page of a source reaches a log (P-01); hosts do."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from typing import Any, Final

from scrapy.http import Request, Response
from scrapy.logformatter import LogFormatter, LogFormatterResult

QUIET: Final = ("scrapy", "aiohttp", "asyncio", "protego", "py.warnings")
_ADDRESS: Final = re.compile(r"(https?://[^\s/?#>'\"]+)[^\s>'\",)]*")


def shortened(text: str) -> str:
    """The text with every address cut after its host: paths and queries name people and keywords."""
    return _ADDRESS.sub(r"\1/…", text)


class WithheldAddresses(logging.Filter):
    """Cuts addresses in what libraries log, and drops their stack traces: those quote what was read."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Changes the record in place and keeps it."""
        failed = record.exc_info[0].__name__ if record.exc_info and record.exc_info[0] else ""
        record.msg = shortened(record.getMessage().partition("\n")[0]) + (f" ({failed})" if failed else "")
        record.args, record.exc_info, record.exc_text, record.stack_info = None, None, None, None
        return True


class _Withholding:
    """Makes log records; those of what reads pages lose addresses and stack traces as they are made.

    A filter of the logger ``scrapy`` does not see what the loggers below it say.
    """

    def __init__(self, make: Callable[..., logging.LogRecord]) -> None:
        self._make = make
        self._withhold = WithheldAddresses()

    def __call__(self, name: str, *args: Any, **kwargs: Any) -> logging.LogRecord:
        record = self._make(name, *args, **kwargs)
        if name.startswith(tuple(f"{parent}." for parent in QUIET)):
            self._withhold.filter(record)
        return record


def quiet() -> None:
    """Lets Scrapy and what it uses log warnings only, without addresses and content, where the program logs."""
    make = logging.getLogRecordFactory()
    if not isinstance(make, _Withholding):
        logging.setLogRecordFactory(_Withholding(make))
    for name in QUIET:
        logger = logging.getLogger(name)
        logger.setLevel(logging.CRITICAL if name == "scrapy" else logging.WARNING)
        if not any(isinstance(present, WithheldAddresses) for present in logger.filters):
            logger.addFilter(WithheldAddresses())


class WithheldContent(LogFormatter):
    """Scrapy's own lines, reduced to what happened where."""

    def crawled(self, request: Request, response: Response, spider: Any) -> LogFormatterResult:
        """A page was read: its status and host."""
        return _line(logging.DEBUG, "read %(where)s: %(status)s", where=shortened(request.url), status=response.status)

    def scraped(self, item: Any, response: Any, spider: Any) -> LogFormatterResult:
        """An item was yielded."""
        return _line(logging.DEBUG, "an item of %(source)s", source=spider.source.name)

    def dropped(self, item: Any, exception: BaseException, response: Any, spider: Any) -> LogFormatterResult:
        """An item was dropped."""
        return _line(logging.DEBUG, "an item of %(source)s was dropped", source=spider.source.name)

    def item_error(self, item: Any, exception: BaseException, response: Any, spider: Any) -> LogFormatterResult:
        """An item could not be taken in."""
        return _line(logging.ERROR, "an item could not be taken in: %(kind)s", kind=type(exception).__name__)

    def spider_error(self, failure: Any, request: Request, response: Any, spider: Any) -> LogFormatterResult:
        """A page could not be parsed."""
        return _line(
            logging.ERROR, "a page of %(where)s could not be parsed: %(kind)s",
            where=shortened(request.url), kind=failure.type.__name__,
        )  # fmt: skip

    def download_error(
        self, failure: Any, request: Request, spider: Any, errmsg: str | None = None
    ) -> LogFormatterResult:
        """A page could not be read."""
        return _line(
            logging.ERROR, "%(where)s could not be read: %(kind)s",
            where=shortened(request.url), kind=failure.type.__name__,
        )  # fmt: skip


def _line(level: int, message: str, **values: Any) -> LogFormatterResult:
    return {"level": level, "msg": message, "args": values}

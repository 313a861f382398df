"""Backing off: a site that is busy (429, 503) is left alone for as long as it asks, one that fails is tried again."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Request, Response

from crawlers.politeness.headers import header

if TYPE_CHECKING:
    from crawlers.spiders.base import SourceSpider

BUSY: Final = frozenset({429, 503})
LONGEST_WAIT: Final = 600.0
"""Seconds that a crawl waits for a site; one that asks for more is read another time."""
FIRST_PAUSE: Final = 0.5


class PoliteRetry(RetryMiddleware):
    """Scrapy's retries, with pauses that double, and with Retry-After in seconds or as a date."""

    def process_response(self, request: Request, response: Response, spider: Any = None) -> Request | Response:
        """The answer, or the request once more."""
        if response.status in self.retry_http_codes and not request.meta.get("dont_retry"):
            reader: SourceSpider = self.crawler.spider  # type: ignore[assignment]
            asked = retry_after(response) if response.status in BUSY else None
            if asked is not None and asked > LONGEST_WAIT:
                reader.come_back_in(asked, f"the site asks to come back in {asked:.0f} s")
                return response
            reader.traffic.back_off(request.url, asked if asked is not None else self._pause(request, reader))
        answer: Request | Response = super().process_response(request, response)
        return answer

    def process_exception(
        self, request: Request, exception: Exception, spider: Any = None
    ) -> Request | Response | None:
        """The request once more after a connection that failed; None when it is given up."""
        reader: SourceSpider = self.crawler.spider  # type: ignore[assignment]
        if isinstance(exception, self.exceptions_to_retry):
            reader.traffic.back_off(request.url, self._pause(request, reader))
        answer: Request | Response | None = super().process_exception(request, exception)
        return answer

    @staticmethod
    def _pause(request: Request, reader: SourceSpider) -> float:
        tried: int = request.meta.get("retry_times", 0)
        return min(max(reader.traffic.delay(request.url), FIRST_PAUSE) * float(2**tried), LONGEST_WAIT)


def retry_after(response: Response) -> float | None:
    """Seconds that the site asks to be left alone; None when it does not say so in a way that can be read."""
    written = header(response, "Retry-After").strip()
    if written.isdigit():
        return float(written)
    try:
        moment = parsedate_to_datetime(written)
    except (TypeError, ValueError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())

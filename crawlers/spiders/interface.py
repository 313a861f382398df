"""What spiders of JSON interfaces share: an answer is data, a refusal that stops the source, or an outage."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, ClassVar, Final

from scrapy.downloadermiddlewares.retry import get_retry_request
from scrapy.http import Request, Response

from crawlers.spiders.base import SourceSpider
from crawlers.spiders.refusals import OTHER_LAYOUT, REFUSING, Refusal, json_of, refused_status

MOST_SKEW: Final = timedelta(hours=26)
"""So far from ours a site's clock may be (its own error and a day of time zone); more is no date."""


class InterfaceSpider(SourceSpider):
    """Reads a JSON interface."""

    handle_httpstatus_list: ClassVar = [400, *REFUSING]
    """Statuses whose body says why."""

    def refused(self, found: Mapping[str, Any]) -> Refusal | None:
        """The refusal in an answer of this interface; None when it holds data. May raise refusals.Gone."""
        raise NotImplementedError

    def answer(self, response: Response) -> dict[str, Any] | Request | None:
        """The object in an answer, or the request once more after an outage; None when tries are spent.

        The window is then cut short. A refusal stops the source (raises Blocked).
        """
        found = json_of(response.body)
        refusal = found if isinstance(found, Refusal) else self.refused(found)
        if refusal is None or refusal.cause is None:
            refusal = refused_status(response.status, response.url) or refusal
        if refusal is None and not isinstance(found, Refusal):
            return found
        return self.once_more(response, refusal or OTHER_LAYOUT)

    def once_more(self, response: Response, refusal: Refusal) -> Request | None:
        """Stops the source, or asks again as often as the settings allow and then cuts the window short."""
        if refusal.cause is not None:
            self.block(refusal.cause, refusal.told)
        asked = response.request
        again = get_retry_request(asked, spider=self, reason=refusal.told) if asked is not None else None
        if again is None:
            self.cut("outage", refusal.told)
        return again


def answered_at(response: Response, now: datetime | None = None) -> datetime:
    """The moment of an answer by the server's own clock, which its relative times count from; ours if it is absurd."""
    now = now or datetime.now(UTC)
    header = response.headers.get("Date")
    if header is None:
        return now
    try:
        stated = parsedate_to_datetime(header.decode("latin-1"))
    except ValueError:
        return now
    stated = stated if stated.tzinfo else stated.replace(tzinfo=UTC)
    return stated if abs(stated - now) <= MOST_SKEW else now

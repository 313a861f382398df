"""Why a request was not sent."""

from __future__ import annotations

from scrapy.exceptions import IgnoreRequest


class NoPage(IgnoreRequest):
    """A link leads to a file, a program or a mailbox: there is no page to be read."""


class TrafficStopped(IgnoreRequest):
    """No further request may go to this source in this crawl: it was blocked, stopped, or its budget is spent."""

"""Scrapy's settings for one source. Nothing here caches a page, archives one or keeps a queue on disk."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, Final

from crawlers.registry.source import Source

LARGEST_PAGE: Final = 16 * 1024 * 1024
"""Bytes of a page, as sent and as unpacked."""
LONGEST_PAUSE: Final = 60.0
_OFF: Final = {
    "scrapy.extensions.feedexport.FeedExporter": None,
    "scrapy.extensions.remote_control.RemoteControl": None,
    "scrapy.extensions.spiderstate.SpiderState": None,
    "scrapy.extensions.telnet.TelnetConsole": None,
}

_POLITE: Final = {
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    "scrapy.downloadermiddlewares.cookies.CookiesMiddleware": None,
    "crawlers.politeness.traffic.Gate": 60,
    "crawlers.politeness.robots.RobotsObeyed": 100,
    "crawlers.politeness.backoff.PoliteRetry": 550,
    "crawlers.politeness.blocks.Walls": 575,
    "crawlers.politeness.unchanged.ConditionalGet": 640,
    "crawlers.politeness.blocks.Refusals": 650,
    "crawlers.politeness.cookies.SessionCookies": 700,
}
"""What stands between a spider and a site, in Scrapy's order: requests go down the list, answers come up."""


def user_agent(source: Source) -> str:
    """How we say who we are: program, version, and where the operator of a site reaches the deployment."""
    return f"Minyi/{version('minyi')} (+{source.contact or 'no contact given'})"


def scrapy_settings(source: Source) -> dict[str, Any]:
    """The settings of a crawl of this source."""
    return {
        "BOT_NAME": "minyi",
        "USER_AGENT": user_agent(source),
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/json;q=0.9,*/*;q=0.8",
            "Accept-Language": "zh-CN,zh;q=0.9",
        },
        "TWISTED_REACTOR_ENABLED": False,
        "DOWNLOAD_HANDLERS": {
            "http": "crawlers.politeness.handler.PoliteDownloadHandler",
            "https": "crawlers.politeness.handler.PoliteDownloadHandler",
            "ftp": None,
            "file": None,
            "data": None,
            "s3": None,
        },
        "DOWNLOAD_MAXSIZE": LARGEST_PAGE,
        "DOWNLOAD_WARNSIZE": 0,
        "DOWNLOAD_TIMEOUT": 60,
        "DOWNLOAD_DELAY": source.rate_seconds,
        "DOWNLOAD_DELAY_JITTER": 0,
        "CONCURRENT_REQUESTS": 4,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
        "AUTOTHROTTLE_ENABLED": source.rate_seconds > 0,
        "AUTOTHROTTLE_START_DELAY": source.rate_seconds,
        "AUTOTHROTTLE_MAX_DELAY": max(LONGEST_PAUSE, source.rate_seconds),
        "REDIRECT_MAX_TIMES": 5,
        "RETRY_TIMES": 2,
        "ROBOTSTXT_OBEY": True,
        "ROBOTSTXT_USER_AGENT": "Minyi",
        "COOKIES_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "JOBDIR": None,
        "SCHEDULER_MEMORY_QUEUE": "scrapy.squeues.FifoMemoryQueue",  # the items of a page before the next page
        "DOWNLOADER_MIDDLEWARES": _POLITE,
        "ITEM_PIPELINES": {"crawlers.pipelines.HandOver": 500},
        "SPIDER_MIDDLEWARES": {"crawlers.politeness.lost.LostPages": 950},
        "EXTENSIONS": {**_OFF, "crawlers.monitoring.extension.ItemFaults": 500},
        "LOG_FORMATTER": "crawlers.logs.WithheldContent",
        "STATS_DUMP": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
    }

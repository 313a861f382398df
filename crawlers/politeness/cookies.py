"""Session cookies, in memory, for sources that need them; which domains are public suffixes is known without asking."""

from __future__ import annotations

from scrapy.downloadermiddlewares import cookies
from tldextract import TLDExtract

cookies._split_domain = TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
"""Scrapy's own would fetch the list of public suffixes from the network and keep it on disk (P-21)."""


class SessionCookies(cookies.CookiesMiddleware):
    """Scrapy's cookies with the list of public suffixes that is installed."""

"""From the bytes of a page to an article: decode, drop what is hidden, find title, body and publish time.

Pure functions: nothing here touches the network, a disk or a clock. ``article.extract`` is the way in. Who wrote an
article is never kept.
"""

from crawlers.extraction.article import Article, NotAPage, extract

__all__ = ["Article", "NotAPage", "extract"]

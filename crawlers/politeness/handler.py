"""The download handler: the only place where a connection is made. It looks at the address that it connects to."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from io import BytesIO
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    IgnoreRequest,
    ResponseDataLossError,
    UnsupportedURLSchemeError,
)
from scrapy.http import Headers, Request, Response
from scrapy.responsetypes import responsetypes

from crawlers.politeness.addresses import PrivateAddress, authority, is_public

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from crawlers.spiders.base import SourceSpider

_SET_BY_SCRAPY: Final = ("Accept", "Accept-Encoding", "Content-Type", "User-Agent")


class AddressRefused(IgnoreRequest):
    """E710: a request would have gone to an address that is not public."""


@dataclass(slots=True)
class _Permit:
    """What the connection that is being made may do, and who hears where it goes."""

    private: bool
    connected: Callable[[str], None]
    refused: list[str] = field(default_factory=list)


_permit: ContextVar[_Permit] = ContextVar("permit")


def _checked_socket(info: Any) -> socket.socket:
    """A socket for an address that a name led to, checked here against rebinding. Raises PrivateAddress."""
    family, kind, protocol, _, address = info
    permit = _permit.get()
    if not permit.private and not is_public(address[0]):
        permit.refused.append(address[0])
        raise PrivateAddress("E710: not a public address")
    permit.connected(address[0])
    return socket.socket(family=family, type=kind, proto=protocol)


class PoliteDownloadHandler(BaseDownloadHandler):
    """HTTP over aiohttp: one request at a time to a host, in its turn, to public addresses alone, up to a size."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._largest = crawler.settings.getint("DOWNLOAD_MAXSIZE")
        self._timeout = crawler.settings.getfloat("DOWNLOAD_TIMEOUT")
        self._session: aiohttp.ClientSession | None = None

    async def download_request(self, request: Request) -> Response:
        """The answer to a request; redirects are answers. Raises Scrapy's download errors and AddressRefused."""
        spider: SourceSpider = self.crawler.spider  # type: ignore[assignment]
        host = authority(request.url)
        permit = _Permit(
            private=host in spider.source.allowed_private_hosts,
            connected=partial(spider.traffic.connected, request.url),
        )
        _permit.set(permit)
        await spider.traffic.turn(request.url)
        failed = True
        try:
            answer = await self._answer(request)
            failed = answer.status >= 500
            return answer
        except aiohttp.ClientConnectorDNSError as error:
            raise CannotResolveHostError(host) from error
        except aiohttp.ClientConnectorError as error:
            if permit.refused:
                raise AddressRefused(f"E710: {host} is not a public address") from None
            raise DownloadConnectionRefusedError(host) from error
        except TimeoutError as error:
            raise DownloadTimeoutError(host) from error
        except (aiohttp.InvalidURL, aiohttp.NonHttpUrlClientError) as error:
            raise UnsupportedURLSchemeError(host) from error
        except aiohttp.ClientPayloadError as error:
            raise ResponseDataLossError(host) from error
        except (aiohttp.ClientError, ConnectionError) as error:
            raise DownloadFailedError(host) from error
        finally:
            spider.traffic.answered(request.url, failed=failed)

    async def close(self) -> None:
        """Closes the connections."""
        if self._session is not None:
            await self._session.close()

    async def _answer(self, request: Request) -> Response:
        begun = monotonic()
        limit = aiohttp.ClientTimeout(total=request.meta.get("download_timeout", self._timeout))
        async with self._opened().request(
            request.method,
            request.url,
            data=request.body or None,
            headers=request.headers.to_tuple_list(),
            timeout=limit,
            allow_redirects=False,
        ) as answer:
            request.meta["download_latency"] = monotonic() - begun
            headers = Headers(list(answer.headers.items()))
            body = await self._body(answer)
            kind = responsetypes.from_args(headers=headers, url=request.url, body=body)
            return kind(url=request.url, status=answer.status, headers=headers, body=body, protocol="HTTP/1.1")

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        """The body. Raises DownloadCancelledError when it is larger than DOWNLOAD_MAXSIZE, before it is all here."""
        if (answer.content_length or 0) > self._largest:
            raise DownloadCancelledError(f"E711: larger than {self._largest} bytes")
        body = BytesIO()
        async for chunk in answer.content.iter_any():
            if body.tell() + len(chunk) > self._largest:
                raise DownloadCancelledError(f"E711: larger than {self._largest} bytes")
            body.write(chunk)
        return body.getvalue()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(use_dns_cache=False, socket_factory=_checked_socket),
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                skip_auto_headers=_SET_BY_SCRAPY,
            )
            self._session._retry_connection = False  # a second try takes its turn like any other
        return self._session

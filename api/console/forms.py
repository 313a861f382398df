"""Forms: where they may come from (CSRF), and their bodies, which never touch the disk (P-02)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any, Final
from urllib.parse import urlsplit

from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

TOKEN: Final = "csrf"
HEADER: Final = "X-CSRF"
OWN_SITE: Final = frozenset({"same-origin", "none"})


class ForeignForm(PermissionError):
    """E905: a form without its token, with another's, or from another site."""


class UnreadableForm(ValueError):
    """E906: a body that is no form."""


class ConsoleRequest(Request):
    """A request whose uploaded files stay in memory: what they hold is not redacted yet."""

    async def _get_form(self, **limits: Any) -> FormData:
        if self._form is None and self.headers.get("content-type", "").startswith("multipart/form-data"):
            try:
                self._form = await _InMemory(self.headers, self.stream(), **limits).parse()
            except (MultiPartException, KeyError) as error:
                raise UnreadableForm("E906: the form cannot be read; reload the page and send it again") from error
        return await super()._get_form(**limits)


class _InMemory(MultiPartParser):
    spool_max_size = 1 << 40
    """Files are spooled to disk beyond this size: never, since the guard bounds the body far below it."""


def token_of(secret: str) -> str:
    """The token of the forms that are shown to whom holds ``secret``, in hex."""
    return hmac.new(secret.encode(), b"minyi:form", hashlib.sha256).hexdigest()


def check_origin(request: Request, public_url: str) -> None:
    """Raises ForeignForm (E905) when the browser says that another site sent the form."""
    site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
    ours = {request.headers.get("host", ""), _host(public_url)} - {""}
    if (site is not None and site not in OWN_SITE) or (origin is not None and _host(origin) not in ours):
        raise ForeignForm("E905: the form came from another site; nothing was done")


async def check_token(request: Request, secret: str) -> None:
    """Raises ForeignForm (E905) unless field or header bring the token of ``secret``."""
    sent: Any = request.headers.get(HEADER) or (await request.form()).get(TOKEN)
    if not secret or not isinstance(sent, str) or not hmac.compare_digest(sent.encode(), token_of(secret).encode()):
        raise ForeignForm("E905: the form is no longer valid; open the page again and send it once more")


def _host(address: str) -> str:
    """Host and port of an address; empty for one that has none or cannot be read, which is nobody's."""
    try:
        return urlsplit(address).netloc
    except ValueError:  # a bracket that is not closed
        return ""

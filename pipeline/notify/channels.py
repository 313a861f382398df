"""From a channel's address to the channel. Addresses hold keys and passwords: sealed at rest, and in no message."""

from __future__ import annotations

import json
import re
from typing import Final
from urllib.parse import urlsplit

from pipeline.deployment_key import DeploymentKey
from pipeline.notify.channel import Channel
from pipeline.notify.mail import mail_of
from pipeline.notify.robots import robot_of
from pipeline.notify.services import LOCAL, Service, plugin_of
from pipeline.notify.signed import SignedWebhook, new_secret

SIGNED: Final = "signed"
"""``signed+https://HOST/PATH``: our own webhook; the host may lie in the deployment's own network."""
SCHEME: Final = re.compile(r"([a-z0-9]{1,32})(?:\+https?)?://", re.IGNORECASE)
MAILS: Final = ("mailto", "mailtos")
ROBOTS: Final = ("dingtalk", "wecombot", "feishu", "lark")
LONGEST: Final = 2000


def kind_of(address: str) -> str:
    """The kind of channel, which alone is ever shown. Raises ValueError (E850) for no or an unusable address."""
    _channel(address, new_secret())
    return _scheme(address)


def sealed_channel(keys: DeploymentKey, name: str, address: str) -> tuple[bytes, str | None]:
    """The channel as it is kept, and the signing secret of a signed webhook, to be shown this once."""
    secret = new_secret() if _scheme(address) == SIGNED else None
    return keys.seal_channel(name, json.dumps({"address": address, "secret": secret})), secret


def channel_of(keys: DeploymentKey, name: str, sealed: bytes) -> Channel:
    """The channel that was sealed. Raises ValueError (E850, E855) when it cannot be used any more."""
    kept = json.loads(keys.open_channel(name, sealed))
    return _channel(kept["address"], kept["secret"] or "")


def _channel(address: str, secret: str) -> Channel:
    scheme = _scheme(address)
    if scheme == SIGNED:
        return SignedWebhook(_http(address), secret)
    plugin = None if scheme in LOCAL else plugin_of(address)
    if plugin is None:
        raise ValueError(
            f"E850: a {scheme}:// address of this form cannot be used; the forms are in docs/ALERTS.md, Notification"
        )
    if scheme in MAILS:
        return mail_of(plugin)
    if scheme in ROBOTS:
        return robot_of(plugin, scheme)
    return Service(plugin)


def _scheme(address: str) -> str:
    found = SCHEME.match(address)
    if found is None or len(address) > LONGEST or re.search(r"[\s\x00-\x1f\x7f]", address):
        raise ValueError(
            "E850: the address of a channel is like mailtos://USER:PASSWORD@HOST?to=MAILBOX, dingtalk://…, "
            "wecombot://…, feishu://… or signed+https://HOST/PATH; see docs/ALERTS.md, Notification"
        )
    return found[1].lower()


def _http(address: str) -> str:
    try:
        parts = urlsplit(address.partition("+")[2])
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable or parts.username or parts.fragment:
        raise ValueError("E850: a signed webhook is signed+https://HOST/PATH (or signed+http://), without a user")
    return parts.geturl()

"""Every other service that Apprise knows (https://appriseit.com): it says whether it took the notice, and no more."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Final

from pipeline.notify.channel import SECONDS, NotDelivered, Notice, silence_libraries

if TYPE_CHECKING:
    from apprise import NotifyBase

LOCAL: Final = frozenset({"dbus", "qt", "glib", "gnome", "kde", "macosx", "windows", "syslog"})
"""Services of a desktop or of this machine's own log: nobody is told by them."""


class Service:
    """A service of Apprise."""

    def __init__(self, plugin: NotifyBase) -> None:
        self._plugin: Any = plugin

    def send(self, notice: Notice) -> None:
        """Sends once. Raises NotDelivered."""
        from apprise import NotifyFormat

        plugin = self._plugin
        plugin.socket_connect_timeout = plugin.socket_read_timeout = SECONDS
        headers = getattr(plugin, "headers", None)
        if isinstance(headers, dict):  # json://, xml://, form://: webhooks that may know keys
            headers["Idempotency-Key"] = notice.key
        try:
            taken = plugin.notify(title=notice.subject, body=notice.text, body_format=NotifyFormat.TEXT)
        except Exception as error:  # a plugin may raise anything; its message may hold the address
            raise NotDelivered(f"the service failed ({type(error).__name__})") from None
        if not taken:
            raise NotDelivered("the service refused the message or cannot be reached")


def plugin_of(address: str) -> NotifyBase | None:
    """What Apprise reads in an address; None when it cannot be used. Nothing of it is logged or kept on disk."""
    silence_libraries()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Apprise asks for modules that Python is to lose
        from apprise import Apprise, AppriseAsset, PersistentStoreMode

        asset = AppriseAsset(
            app_id="Minyi", app_desc="Minyi", app_url="", async_mode=False, http_redirects=0,
            storage_mode=PersistentStoreMode.MEMORY, pgp_autogen=False, pem_autogen=False,
        )  # fmt: skip
        try:
            return Apprise.instantiate(address, asset=asset)
        except Exception:  # what it says may hold the address
            return None

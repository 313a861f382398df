"""Webhooks: another system is told that a risk point changed, signed, at least once, with ids and links alone."""

from pipeline.webhooks.address import HostNotAllowed, WebhookUnusable, address_of
from pipeline.webhooks.push import MayTell, event_of, push, send_once
from pipeline.webhooks.verifier import REPLAY_WINDOW, NotGenuine, verified

__all__ = [
    "REPLAY_WINDOW", "HostNotAllowed", "MayTell", "NotGenuine", "WebhookUnusable", "address_of", "event_of", "push",
    "send_once", "verified",
]  # fmt: skip

"""What is told of incidents, in which words, to whom; sending itself is :mod:`pipeline.notify`."""

from __future__ import annotations

from api.notices.desk import SubscriptionDesk
from api.notices.run import notify

__all__ = ["SubscriptionDesk", "notify"]

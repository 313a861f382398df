"""Notification: incidents are told to those who subscribed, at least once, never twice under one key."""

from __future__ import annotations

from pipeline.notify.channel import Channel, NotDelivered, Notice
from pipeline.notify.channels import channel_of, kind_of, sealed_channel
from pipeline.notify.delivery import Sent, deliver
from pipeline.notify.plan import plan

__all__ = ["Channel", "NotDelivered", "Notice", "Sent", "channel_of", "deliver", "kind_of", "plan", "sealed_channel"]

"""Subscribers of an office and what is due to them, for tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alerting import NOW, burst, looked, quiet, say
from county import CountyOffice

from api.notices import SubscriptionDesk, notify
from api.policy import Reader
from pipeline.notify import Sent
from pipeline.records.subscription import Subscription


def subscribed(county: CountyOffice, address: str, name: str = "duty", **fields: Any) -> Subscription:
    """Somebody in a role is told over the channel at an address."""
    given = {
        "name": name, "who": "county-supervisor", "role": "platform", "purpose": "supervision",
        "least_level": "blue", **fields,
    }  # fmt: skip
    return desk(county).add("administration", address, given).subscription


def desk(county: CountyOffice) -> SubscriptionDesk:
    """The desk of the admin."""
    return SubscriptionDesk(county.office, Reader("cli-admin", "admin"))


def alarmed(county: CountyOffice, **more: Any) -> str:
    """Complaints rise; the id of the incident."""
    say(county, [*quiet(), *burst(**more)])
    looked(county)
    return str(county.store.incidents()[0].id)


def told(county: CountyOffice, after: timedelta = timedelta()) -> Sent:
    """One run of the notification, some time after the burst."""
    county.store.clock = lambda: NOW + after
    return notify(county.office)

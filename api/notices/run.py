"""One step of notification: plan what is to be told to people and to other systems, send what is due, note it."""

from __future__ import annotations

from typing import Final

from api.notices.compose import Composer, may_tell, may_tell_dispatches
from api.webhook_desk import tell_webhooks
from pipeline.alerts.watch import detector_of
from pipeline.notify import Sent, deliver, plan
from pipeline.notify.dispatches import plan_overdue
from pipeline.office import Office

SECONDS: Final = 60.0
"""A run starts no further send after so long: what is left is sent at the next one."""


def notify(office: Office, seconds: float = SECONDS) -> Sent:
    """Plans and sends; returns what it did. Any number of processes may do it at once. No failure of a channel raises.

    Killed anywhere, it loses nothing: what was under way is sent again under the same key.
    """
    store, settings = office.store, office.settings
    planned = plan(store, lambda subscription, incident: may_tell(store, subscription, incident), settings.digest_times)
    planned += plan_overdue(store, lambda one, project: may_tell_dispatches(store, one, project), settings.digest_times)
    rules = detector_of(settings).rules
    assert rules is not None
    composer = Composer(store, settings.k_anonymity, rules, settings.public_url)
    done = Sent(planned=planned)
    deliver(store, office.keys, composer, attempts=settings.notify_attempts, seconds=seconds, done=done)
    told = tell_webhooks(office, seconds)
    done.webhooks = told if told != Sent() else None
    return done

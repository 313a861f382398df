"""One step of notification: plan what is to be told to people and to other systems, send what is due, note it."""

from __future__ import annotations

from typing import Final

from api.notices.compose import Composer, may_tell, may_tell_dispatch
from api.notices.searches import SearchNews, may_tell_search
from api.webhook_desk import tell_webhooks
from pipeline.alerts.watch import detector_of
from pipeline.notify import Sent, deliver, plan
from pipeline.notify.channel import Notice
from pipeline.notify.dispatches import plan_overdue
from pipeline.notify.searches import KEY as OF_SEARCHES
from pipeline.notify.searches import plan_searches
from pipeline.office import Office
from pipeline.records.subscription import Message, Subscription

SECONDS: Final = 60.0
"""A run starts no further send after so long: what is left is sent at the next one."""


def notify(office: Office, seconds: float = SECONDS) -> Sent:
    """Plans and sends; returns what it did. Any number of processes may do it at once. No failure of a channel raises.

    Killed anywhere, it loses nothing: what was under way is sent again under the same key.
    """
    store, settings = office.store, office.settings
    planned = plan(store, lambda subscription, incident: may_tell(store, subscription, incident), settings.digest_times)
    planned += plan_overdue(store, lambda one, dispatch: may_tell_dispatch(store, one, dispatch), settings.digest_times)
    planned += plan_searches(store, lambda one, watch: may_tell_search(store, one, watch), settings.digest_times)
    rules = detector_of(settings).rules
    assert rules is not None
    composer = Composer(store, settings.k_anonymity, rules, settings.public_url)
    news, done = SearchNews(office), Sent(planned=planned)

    def compose(message: Message, subscription: Subscription) -> Notice | None:
        return (news if OF_SEARCHES.match(message.key) else composer)(message, subscription)

    deliver(store, office.keys, compose, attempts=settings.notify_attempts, seconds=seconds, done=done)
    told = tell_webhooks(office, seconds)
    done.webhooks = told if told != Sent() else None
    return done

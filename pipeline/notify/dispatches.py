"""Who is told of dispatches that are beyond their clock: one message a dispatch, limit and subscription."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from pipeline.notify.plan import waiting
from pipeline.notify.schedule import after_quiet, digests, in_digest, reaches
from pipeline.process.clocks import day_of
from pipeline.process.dispatching import late_step
from pipeline.records import DispatchProposal
from pipeline.records.incident import AlertLevel
from pipeline.records.subscription import Message, Subscription
from pipeline.store import Store

LEVEL: Final[AlertLevel] = "yellow"
"""A late unit is told like a yellow incident: not in quiet hours, and not to who asks for orange or red alone."""
KEY: Final = re.compile(r"dispatch:(t[0-9a-f]{24}):(take_up|answer):")
MayRead = Callable[[Subscription, DispatchProposal], bool]
"""Whether what ``subscription.who`` may read at this moment includes a dispatch."""


def plan_overdue(store: Store, may: MayRead, digest_times: tuple[str, str]) -> int:
    """Plans the messages of overdue dispatches that have none yet; returns how many are new. Safe to repeat.

    Nobody is told of what was late before the subscription began.
    """
    new = 0
    with store.planning():
        late = store.overdue_dispatches()
        subscriptions = store.subscriptions() if late else []
        now = store.clock()
        for dispatch in late:
            step = late_step(dispatch, day_of(now))
            limit = dispatch.due if step == "answer" else dispatch.take_up_due
            for one in subscriptions:
                if step is None or not reaches(LEVEL, one.least_level) or day_of(one.created_at) > limit:
                    continue
                if may(one, dispatch):
                    due = (
                        next(digests(one, digest_times, now)) if in_digest(one, LEVEL) else after_quiet(one, LEVEL, now)
                    )
                    key = f"dispatch:{dispatch.id}:{step}:{limit:%Y%m%d}:{one.name}"
                    new += store.add_plain_message(waiting(key, one.name, due))
    return new


def dispatch_of(store: Store, message: Message) -> tuple[DispatchProposal, str] | None:
    """The dispatch that a message tells of, and what its unit is late with; None once it is not late any more."""
    found = KEY.match(message.key)
    dispatch = store.dispatch(found[1]) if found else None
    if found is None or dispatch is None or late_step(dispatch, day_of(store.clock())) != found[2]:
        return None
    return dispatch, found[2]

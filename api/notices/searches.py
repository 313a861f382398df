"""What is told of the new texts in a watched search: how many under k-anonymity (P-06), and not a word of any."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from api.notices import words
from api.notices.holders import living
from api.notices.notice import notice_of
from api.policy import Denied, Figure, Reader, access
from api.policy.wording import CONTROL_WORDS
from api.saved_search_desk import news_of
from pipeline.notify import Notice
from pipeline.office import Office
from pipeline.records.subscription import Message, Subscription
from pipeline.store import SearchAlert, SearchWatch, Store


def may_tell_search(store: Store, subscription: Subscription, watch: SearchWatch) -> bool:
    """Whether watcher and subscriber may both read the saved search at this moment (P-09).

    A watcher without an account or key that lives, in the role in which the watch began, may not.
    """
    project, watchers = store.project(watch.project_id), living(store, watch.who, watch.role)
    told = Reader(subscription.who, subscription.role, subscription.project_ids, subscription.region_code)
    if project is None or not watchers:
        return False
    try:
        access().check(told, "saved_searches.watch", subscription.purpose, project)
        for reader in watchers:
            access().check(reader, "saved_searches.watch", watch.purpose, project)
    except Denied:
        return False
    return True


class SearchNews:
    """Writes the messages of watched searches for one run of one office."""

    def __init__(self, office: Office) -> None:
        self._office, self._store = office, office.store
        self._public_url = office.settings.public_url.rstrip("/")

    def __call__(self, message: Message, subscription: Subscription) -> Notice | None:
        """The notice; None when nothing is new any more, or nothing may be told."""
        alerts = self._store.search_alerts_of_message(message.key)
        told = [row for alert in alerts if (row := self._row(alert, subscription)) is not None]
        if not told:
            return None
        lines = [words.SEARCH_LINE.format(number=n, **row["said"]) for n, row in enumerate(told, 1)]
        links = [row["data"]["link"] for row in told]
        between = [[line, words.LINK.format(link=link)] if link else [line]
                   for line, link in zip(lines, links, strict=True)]  # fmt: skip
        data = {"event": "saved_searches", "searches": [row["data"] for row in told]}
        subject = words.SEARCH_SUBJECT.format(count=len(told))
        return notice_of(message.key, subject, [line for pair in between for line in pair] + [words.SEARCH_MORE], data)

    def _row(self, alert: SearchAlert, subscription: Subscription) -> dict[str, Any] | None:
        watch = alert.watch
        saved, project = self._store.saved_search(watch.project_id, watch.name), self._store.project(watch.project_id)
        if saved is None or project is None or not may_tell_search(self._store, subscription, watch):
            return None
        news = news_of(self._office, saved, alert)
        if news is None:
            return None
        name = words.SEARCH_UNNAMED if any(word in saved.name for word in CONTROL_WORDS) else f"“{saved.name}”"
        link = f"{self._public_url}/projects/{project.id}/search?{urlencode({'saved': saved.name})}"
        return {
            "said": {"name": name, "project": project.name_zh, "seen": _said(news.new)},
            "data": {
                "project_id": project.id, "project_name": project.name_zh, "name": saved.name,
                "at": alert.at.isoformat(), "new": news.new.as_json() if news.new else None,
                "link": link if self._public_url else None,
            },
        }  # fmt: skip


def _said(new: Figure | None) -> str:
    if new is None:
        return words.SEARCH_SOME
    if new.form == "less_than":
        return words.FEWER.format(k=new.number)
    return words.AT_LEAST.format(count=new.number)

"""Watched searches in the store: a hit is noted once, an alert takes all that wait, and all of it goes with the watch."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from letters import ROAD, petition

from index.query import Text
from pipeline.notify.plan import waiting
from pipeline.saved import save
from pipeline.store import Store

NOW = datetime.fromisoformat("2026-04-20T12:00:00+08:00")


@pytest.fixture
def desk(store: Store) -> Store:
    store.upsert_projects([ROAD])
    save(store, ROAD.id, "扬尘", "assessor", Text("扬尘"))
    store.add_documents([petition(number) for number in range(1, 4)])
    return store


def test_hits_are_noted_once_alerted_together_and_told_by_the_message(desk: Store):
    assert desk.watch_search(ROAD.id, "扬尘", "li.wei", "assessor", "risk_identification")
    assert not desk.watch_search(ROAD.id, "扬尘", "li.wei", "assessor", "risk_identification")
    [watch] = desk.search_watches("li.wei", "assessor")
    ids = sorted(document.id for document in desk.all_documents())
    assert desk.note_search_hits([(watch.id, one) for one in ids[:2]], 5) == 2
    assert desk.note_search_hits([(watch.id, one) for one in ids[:2]] + [("wgone", ids[0])], 3) == 0
    assert desk.searches_matched_through() == 5
    assert desk.watches_with_hits() == [(watch, None)]
    desk.alert_search(watch.id, NOW)
    message = waiting("searches:2026-04-20T12:duty", "duty", NOW, digest=True)
    assert desk.tell_search(message, watch.id, NOW) and not desk.tell_search(message, watch.id, NOW)
    [alert] = desk.search_alerts_of_message(message.key)
    assert (alert.watch, alert.at, alert.document_ids) == (watch, NOW, tuple(ids[:2]))
    assert desk.watches_with_hits() == []
    later = NOW + timedelta(hours=1)
    desk.note_search_hits([(watch.id, ids[2])], 6)
    assert desk.watches_with_hits() == [(watch, NOW)]
    desk.alert_search(watch.id, later)
    [newest] = desk.last_search_alerts([watch])
    assert (newest.watch, newest.at, newest.document_ids) == (watch, later, (ids[2],))
    assert desk.unwatch_search(ROAD.id, "扬尘", "li.wei", "assessor")
    assert not desk.unwatch_search(ROAD.id, "扬尘", "li.wei", "assessor")
    assert desk.search_alerts_of_message(message.key) == [] and desk.last_search_alerts([watch]) == []


def test_a_watch_goes_with_its_search_and_a_link_when_it_can_be_used_no_more(desk: Store):
    desk.watch_search(ROAD.id, "扬尘", "li.wei", "assessor", "risk_identification")
    assert desk.forget_search(ROAD.id, "扬尘", "assessor") and desk.search_watches() == []
    desk.add_account("li.wei", "李工", "assessor")
    link = desk.make_link("li.wei", timedelta(hours=24))
    assert desk.forget_old_links() == 0 and desk.link_holder(link) == ("li.wei",)
    now = desk.clock()
    desk.clock = lambda: now + timedelta(hours=24)
    assert (desk.forget_old_links(), desk.forget_old_links()) == (1, 0)

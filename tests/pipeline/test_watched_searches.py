"""A watched saved search is told of once for every new text it finds, once an hour at most, in ids and counts alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from county import DUST, PURPOSES, CountyOffice
from letters import MONDAY
from notified import subscribed
from opinions import opinion
from receivers import Answer, Receiver

from api.notices import notify
from api.policy import Reader
from api.saved_search_desk import SavedSearchDesk
from index.query import parse
from pipeline.alerts.observation import CHINA
from pipeline.saved import match_new

NOON = (MONDAY + timedelta(days=50)).astimezone(CHINA).replace(hour=12, minute=20)
SUB = {"who": "li.wei", "role": "assessor", "purpose": "risk_identification"}


def desk(county: CountyOffice, who: str = "li.wei") -> SavedSearchDesk:
    """The desk of an assessor with an account."""
    if county.store.account(who) is None:
        county.store.add_account(who, "李工", "assessor")
    return SavedSearchDesk(county.office, Reader(who, "assessor"))


def watching(county: CountyOffice, query: str = "粉尘", name: str = "扬尘") -> SavedSearchDesk:
    """A search that is saved and watched at noon."""
    at(county)
    mine, purpose = desk(county), PURPOSES["assessor"]
    mine.keep("quarry-road", purpose, name, parse(query))
    assert mine.watch("quarry-road", purpose, name)
    return mine


def at(county: CountyOffice, later: timedelta = timedelta()) -> None:
    county.store.clock = lambda: NOON + later


def say(county: CountyOffice, *numbers: int, word: str = "粉尘") -> None:
    """New texts, matched as the work does after each feeding of the index."""
    county.hear(*(opinion(f"第{n}户的窗台上又落了一层{word}。", (DUST, word, 0.8), number=n, day=18) for n in numbers))
    match_new(county.store)


def told(receiver: Receiver) -> list[Any]:
    """What was told of searches so far."""
    return [row["new"] for request in receiver.requests for row in request.json()["searches"]]


def test_new_texts_are_told_by_number_alone_and_those_of_before_are_not(county: CountyOffice, receiver: Receiver):
    watching(county)
    subscribed(county, receiver.signed(), **SUB)
    assert match_new(county.store) == 0 and notify(county.office).planned == 0
    say(county, 101)
    assert (notify(county.office).sent, notify(county.office).planned) == (1, 0)
    [request] = receiver.requests
    body = request.json()
    assert body["event"] == "saved_searches" and told(receiver) == [{"at_least": 1}]
    assert "“扬尘”" in body["text"] and "窗台" not in body["text"] and "窗台" not in str(body)
    noted = [event for event in county.events() if event.action == "alerts.notify"]
    assert [event.project_id for event in noted] == ["quarry-road"] and "扬尘" not in repr(noted)


def test_a_number_of_many_is_told_as_a_step_so_that_no_other_number_set_off_tells_of_few(
    county: CountyOffice, receiver: Receiver
):
    watching(county, query="窗台")
    subscribed(county, receiver.signed(), **SUB)
    say(county, *range(101, 113))
    notify(county.office)
    assert told(receiver) == [{"at_least": 10}]


def test_a_watch_is_told_of_once_an_hour_and_quiet_hours_gather_what_comes(county: CountyOffice, receiver: Receiver):
    watching(county)
    subscribed(county, receiver.signed(), **SUB)
    for minutes, number in ((0, 101), (10, 102), (30, 103), (45, 104)):
        at(county, timedelta(minutes=minutes))
        say(county, number)
        notify(county.office)
    assert [key[-8:] for key in receiver.keys] == ["T12:duty", "T13:duty"]  # what came at 12:30 and 12:50 waits for one
    at(county, timedelta(minutes=100))
    assert notify(county.office).planned == 0
    quiet = dict(SUB, quiet=("12:00", "20:00"))
    subscribed(county, receiver.signed(), name="quiet", **quiet)
    for hour, number in ((3, 105), (4, 106), (5, 107)):
        at(county, timedelta(hours=hour))
        say(county, number)
        notify(county.office)
    at(county, timedelta(hours=8))
    assert notify(county.office).sent == 1 and receiver.keys[-1].endswith("T20:quiet")
    assert len(receiver.requests[-1].json()["searches"]) == 3


def test_two_watches_of_one_hour_are_one_message_and_a_kill_doubles_nothing(
    county: CountyOffice, receiver: Receiver, monkeypatch: Any
):
    mine = watching(county)
    mine.keep("quarry-road", PURPOSES["assessor"], "窗台", parse("窗台"))
    mine.watch("quarry-road", PURPOSES["assessor"], "窗台")
    subscribed(county, receiver.signed(), **SUB)
    county.hear(opinion("第101户的窗台上又落了一层粉尘。", (DUST, "粉尘", 0.8), number=101, day=18))
    with monkeypatch.context() as broken:
        broken.setattr("pipeline.store.search_watches.write_meta", _killed)
        with pytest.raises(RuntimeError):
            match_new(county.store)
    assert not county.store.watches_with_hits()
    assert (match_new(county.store), match_new(county.store)) == (2, 0)
    with monkeypatch.context() as broken:
        broken.setattr("pipeline.store.search_watches.SearchWatches.tell_search", _killed)
        with pytest.raises(RuntimeError):
            notify(county.office)
    receiver.usual = Answer(503)
    notify(county.office)
    receiver.usual = Answer()
    at(county, timedelta(minutes=5))
    notify(county.office)
    assert len(set(receiver.keys)) == 1 and len(receiver.requests[-1].json()["searches"]) == 2


def test_what_was_told_is_not_told_again_when_the_same_text_is_read_anew(county: CountyOffice, receiver: Receiver):
    watching(county)
    subscribed(county, receiver.signed(), **SUB)
    say(county, 101)
    notify(county.office)
    county.store.set_origins({document.id: document.id for document in county.store.all_documents()})
    at(county, timedelta(hours=3))
    say(county, 101)
    assert notify(county.office).planned == 0


def test_who_may_not_read_any_more_is_told_nothing(county: CountyOffice, receiver: Receiver):
    watching(county)
    subscribed(county, receiver.signed(), **SUB)
    subscribed(county, receiver.signed("/2"), name="other", **dict(SUB, who="wang.fang"))
    subscribed(county, receiver.signed("/3"), name="elsewhere", **dict(SUB, project_ids=("dam",)))
    subscribed(county, receiver.signed("/4"), name="off", searches=False, **SUB)
    say(county, 101)
    county.store.disable_account("li.wei")
    assert notify(county.office).planned == 0
    county.store.enable_account("li.wei")
    at(county, timedelta(hours=2))
    say(county, 102)
    assert notify(county.office).planned == 1
    county.store.disable_account("li.wei")
    at(county, timedelta(hours=26))
    assert notify(county.office).planned == 0 and len(receiver.requests) == 1


def test_rights_are_those_of_the_moment_of_sending(county: CountyOffice, receiver: Receiver):
    watching(county)
    subscribed(county, receiver.signed(), schedule="morning", **SUB)
    say(county, 101)
    assert notify(county.office).planned == 1
    county.store.disable_account("li.wei")
    at(county, timedelta(hours=26))
    assert notify(county.office).dropped == 1 and receiver.requests == []


def test_a_text_that_was_withdrawn_before_it_was_told_is_not_told(county: CountyOffice, receiver: Receiver):
    mine = watching(county)
    subscribed(county, receiver.signed(), schedule="morning", **SUB)
    say(county, 101)
    notify(county.office)
    assert len(mine.news(PURPOSES["assessor"])) == 1
    gone = next(one.id for one in county.store.all_documents() if "窗台" in str(one.body))
    county.store.withdraw_documents([gone])
    say(county)
    at(county, timedelta(hours=26))
    assert notify(county.office).sent == 0 and mine.news(PURPOSES["assessor"]) == []


def test_the_inbox_lists_an_alert_until_somebody_of_the_role_looked(county: CountyOffice):
    mine = watching(county)
    say(county, 101)
    notify(county.office)
    [news] = mine.news(PURPOSES["assessor"])
    assert (news.name, news.project_id) == ("扬尘", "quarry-road")
    assert desk(county, "wang.fang").news(PURPOSES["assessor"]) == []
    at(county, timedelta(minutes=1))
    mine.looked_at("quarry-road", PURPOSES["assessor"], "扬尘")
    assert mine.news(PURPOSES["assessor"]) == []


def test_an_alert_of_which_nothing_is_left_takes_no_place_in_the_inbox(county: CountyOffice, monkeypatch: Any):
    mine = watching(county)
    say(county, 101)
    notify(county.office)
    at(county, timedelta(minutes=5))
    mine.keep_watched("quarry-road", PURPOSES["assessor"], "噪音", parse("噪音"))
    say(county, 102, word="噪音")
    at(county, timedelta(hours=2))
    notify(county.office)
    monkeypatch.setattr("api.saved_search_desk.MOST_NEWS", 1)
    assert [one.name for one in mine.news(PURPOSES["assessor"])] == ["噪音"]
    gone = next(one.id for one in county.store.all_documents() if "噪音" in str(one.body))
    county.store.withdraw_documents([gone])
    say(county)
    assert [one.name for one in mine.news(PURPOSES["assessor"])] == ["扬尘"]


def test_a_watch_ends_with_its_search(county: CountyOffice):
    mine = watching(county)
    mine.forget_search("quarry-road", PURPOSES["assessor"], "扬尘")
    assert county.store.search_watches() == []
    say(county, 101)
    assert notify(county.office).planned == 0


def _killed(*_: Any, **__: Any) -> None:
    raise RuntimeError("killed")

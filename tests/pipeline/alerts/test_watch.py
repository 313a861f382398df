"""The watch over a real store: what it counts, when it tells, and that a kill changes nothing."""

from __future__ import annotations

import os
import shutil
import signal
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alerting import BURST_DAY, NOW, burst, complaint, looked, quiet, say, the_incident
from county import ACCUSATION, ACCUSED, CountyOffice
from letters import MONDAY
from opinions import opinion

from pipeline.alerts.late import late_texts
from pipeline.alerts.observation import tick_of
from pipeline.alerts.watch import watch
from pipeline.audit import AuditLog
from pipeline.office import Office
from pipeline.records import IncidentNote
from pipeline.records.incident import LEVELS
from pipeline.settings import Settings
from pipeline.store import CrawlWindow


def told(county: CountyOffice) -> list[tuple[str, str]]:
    return [(event.kind, event.level) for event in county.store.incident_events()]


def test_a_burst_is_told_once_and_a_quiet_project_is_not(road: CountyOffice) -> None:
    say(road, quiet())
    assert looked(road).told == 0 and road.store.incidents() == []
    say(road, burst())
    assert looked(road).told == 1
    incident = the_incident(road)
    assert LEVELS.index(incident.level) >= LEVELS.index("orange") and incident.held_back == ()
    assert incident.observed >= 10 > incident.interval[1] and incident.expected < 2
    assert incident.by_source_kind.keys() == {"hotline", "petition"}
    assert told(road)[0][0] == "opened"
    before = road.store.incident_events()
    assert looked(road).told == 0 and road.store.incident_events() == before


def test_copies_and_sealed_texts_are_no_origins(road: CountyOffice) -> None:
    say(road, quiet())
    [first, *_] = some = burst(1)
    copies = [complaint(3000 + n, 60 + n / 50, origin=first) for n in range(30)]
    sealed = [
        opinion(ACCUSED + f"第{n}次", (ACCUSATION, "截留青苗费", 0.9), purpose="misconduct_report", day=60.1, number=n)
        for n in range(30)
    ]
    say(road, [*some, *copies, *sealed])
    looked(road)
    assert road.store.incidents() == []
    hours = road.store.judged_hours("quarry-road", 0, 10**6)
    assert sum(hour.count for hour in hours) == len(quiet()) + 1
    assert road.store.alert_series(["quarry-road"])["quarry-road"].tick == tick_of(copies[-1].document.published_at)


def test_voices_of_an_hour_are_people_not_texts(road: CountyOffice) -> None:
    same_hour = [complaint(n, 10 + n / 240) for n in range(6)]
    say(road, same_hour, voices=[1, 1, 1, 2, 2, 3])
    [hour] = road.store.hour_counts(["quarry-road"], 0, 10**6)
    assert (hour.voices, sum(hour.negative.values())) == ((3, 3), 6)


def test_one_voice_on_one_kind_of_source_goes_no_further_than_yellow(road: CountyOffice) -> None:
    say(road, quiet())
    say(road, burst(kinds=["petition"]), voices=[7] * 24)
    looked(road)
    incident = the_incident(road)
    assert (incident.level, incident.held_back) == ("yellow", ("few_voices", "one_kind_of_source"))
    assert LEVELS.index(incident.signal) > LEVELS.index("yellow")


def test_a_rise_that_grows_is_told_once_a_level_and_its_end_is_told(road: CountyOffice) -> None:
    window(road, 0, 60.6)
    crawled(road, [*quiet(), *burst(6, hours=5)])
    looked(road)
    first = told(road)
    assert [kind for kind, _ in first] == ["opened"]
    window(road, 60.6, 65)
    crawled(road, burst(60, hours=5, day=60.65, first=6000))
    looked(road, MONDAY + timedelta(days=65))
    events = told(road)
    assert [kind for kind, _ in events] == ["opened", "escalated", "closed"]
    assert LEVELS.index(events[1][1]) > LEVELS.index(first[0][1])  # type: ignore[arg-type]
    assert the_incident(road).ended is not None
    looked(road, MONDAY + timedelta(days=65, hours=5))
    assert told(road) == events


def test_an_incident_that_was_closed_while_it_went_on_is_open_again_when_it_rises_a_level(road: CountyOffice) -> None:
    window(road, 0, 60.6)
    crawled(road, [*quiet(), *burst(6, hours=5)])
    looked(road)
    first = the_incident(road)
    note = IncidentNote(incident_id=first.id, who="officer", at=NOW, action="close", value=None, comment=None)
    road.store.answer_incident(first.id, note, state="closed")
    looked(road)
    assert the_incident(road).state == "closed"
    window(road, 60.6, 61)
    crawled(road, burst(60, hours=5, day=60.65, first=6000))
    looked(road, MONDAY + timedelta(days=61))
    assert the_incident(road).state == "open"
    assert LEVELS.index(the_incident(road).level) > LEVELS.index(first.level)
    assert [kind for kind, _ in told(road)] == ["opened", "escalated"]
    assert "alerts.rise" in [entry.action for entry in AuditLog(road.store).events()]


def test_texts_without_a_time_are_counted_nowhere_and_the_page_says_how_many(road: CountyOffice) -> None:
    undated = [complaint(8000 + n, None) for n in range(9)]
    assert all(one.document.published_at is None for one in undated)
    moved = [type(o)(o.document.model_copy(update={"collected_at": NOW}), o.analysis, o.link) for o in undated]
    say(road, [*quiet(), *moved])
    looked(road)
    assert road.store.incidents() == []
    assert sum(hour.count for hour in road.store.judged_hours("quarry-road", 0, 10**6)) == len(quiet())
    found = road.store.undated_opinions("quarry-road", NOW, NOW + timedelta(hours=1))
    assert sorted(found) == sorted(one.document.id for one in moved)


def test_history_is_kept_and_told_to_nobody(road: CountyOffice) -> None:
    say(road, [*quiet(), *burst(day=30), complaint(9000, 59)])
    assert looked(road).told == 0
    assert the_incident(road).announced is None and told(road) == []


def test_a_weekly_export_with_a_running_rise_is_told_when_it_comes(road: CountyOffice) -> None:
    say(road, quiet())
    week_later = NOW + timedelta(days=6)
    looked(road)
    say(road, burst())
    assert looked(road, week_later).told == 1
    assert [kind for kind, _ in told(road)] == ["opened"]
    assert looked(road, week_later + timedelta(days=30)).told == 0 and len(told(road)) == 1


def test_a_crawled_rise_that_lies_back_longer_than_three_days_is_history(road: CountyOffice) -> None:
    window(road, 0, 61)
    crawled(road, [*quiet(), *burst()])
    assert looked(road, NOW + timedelta(days=6)).told == 0
    assert told(road) == []


def test_an_hour_that_was_judged_is_not_judged_again_and_what_comes_late_is_flagged(road: CountyOffice) -> None:
    from pipeline.alerts.explain import explain
    from pipeline.alerts.watch import detector_of

    say(road, [*quiet(), *burst(12, hours=4)])
    looked(road, NOW)
    before = road.store.judged_hours("quarry-road", 0, 10**6)
    incident = the_incident(road)
    say(road, burst(40, hours=3.5, first=7000))
    looked(road, NOW)
    assert road.store.judged_hours("quarry-road", 0, 10**6) == before
    assert the_incident(road).observed == incident.observed
    rules = detector_of(road.office.settings).rules
    assert rules is not None
    checks = {check.code: check for check in explain(road.store, road.road, incident, rules).checks}
    assert checks["back_fill"].found and checks["back_fill"].share > 0.5


def test_a_text_dated_ahead_of_its_import_does_not_make_the_hours_before_it_pass_for_read(road: CountyOffice) -> None:
    def imported(opinions: list[Any], day: float) -> None:
        at = {"collected_at": MONDAY + timedelta(days=day)}
        say(road, [type(o)(o.document.model_copy(update=at), o.analysis, o.link) for o in opinions])

    imported([*quiet(), complaint(9100, BURST_DAY + 0.9)], BURST_DAY)
    looked(road)
    imported(burst(), BURST_DAY + 0.5)
    assert looked(road).told == 1


def crawled(road: CountyOffice, opinions: list[Any], source: str = "board") -> None:
    """Stores opinions as one crawled source delivered them."""
    moved = [type(o)(o.document.model_copy(update={"window_id": f"{source}:1"}), o.analysis, o.link) for o in opinions]
    say(road, moved)


def window(
    road: CountyOffice, since: float, until: float, cut: Any = None, source: str = "board", found: int = 1
) -> None:
    name = f"{source}:1" if cut is None else f"{source}:{until}-{cut}"
    road.store.close_window(
        CrawlWindow(id=name, source=source, since=MONDAY + timedelta(days=since),
                    until=MONDAY + timedelta(days=until), cut_short=cut, found=found),
        "x",
    )  # fmt: skip


def test_a_capped_hour_is_a_lower_bound_and_a_gap_is_no_silence(road: CountyOffice) -> None:
    window(road, 0, 60)
    crawled(road, [*quiet(), *burst(20, hours=8)])
    window(road, 60, 60.5, "page_cap")
    looked(road)
    incident = the_incident(road)
    assert incident.lower_bound
    window(road, 62, 62.5, "outage")
    looked(road, MONDAY + timedelta(days=63))
    hours = {hour.tick: hour for hour in road.store.judged_hours("quarry-road", 0, 10**6)}
    gap = tick_of(MONDAY + timedelta(days=61))
    assert hours[gap].missing and hours[tick_of(MONDAY + timedelta(days=62.2))].missing
    assert hours[tick_of(MONDAY + timedelta(days=60.1))].capped


def test_a_source_that_fell_silent_is_named_beside_the_incident(road: CountyOffice) -> None:
    from pipeline.alerts.explain import explain
    from pipeline.alerts.watch import detector_of

    window(road, 0, 61)
    window(road, 0, 57, source="forum")
    crawled(road, [*quiet(), *burst(20, hours=8)])
    crawled(road, [complaint(8000, 20), complaint(8001, 40)], "forum")
    since = (MONDAY + timedelta(days=57)).isoformat()
    window(road, 57, 61, "out_of_order", "forum", found=0)
    road.store.settle_incidents("forum", {"no_items": {"empty_since": since}})
    looked(road)
    rules = detector_of(road.office.settings).rules
    assert rules is not None
    [unseen] = explain(road.store, road.road, the_incident(road), rules).unseen
    assert (unseen.source, unseen.incidents, unseen.capped_hours) == ("forum", ("no_items",), 0)
    assert unseen.missing_hours > 0


def test_an_hour_waits_for_its_sources_but_not_for_ever(road: CountyOffice) -> None:
    window(road, 0, 59.9)
    crawled(road, quiet())
    at = MONDAY + timedelta(days=60)
    looked(road, at)
    assert road.store.alert_series(["quarry-road"])["quarry-road"].tick == tick_of(MONDAY + timedelta(days=59.9)) - 1
    later = MONDAY + timedelta(days=60.5)
    looked(road, later)
    assert road.store.alert_series(["quarry-road"])["quarry-road"].tick == tick_of(later) - 7


def test_a_new_source_is_watched_for_two_weeks_before_it_counts(road: CountyOffice) -> None:
    window(road, 0, 75)
    crawled(road, quiet(75))
    window(road, 50, 75, source="forum")
    loud = [complaint(4000 + n, 50 + n / 4, "weibo") for n in range(80)]
    crawled(road, loud, "forum")
    looked(road, MONDAY + timedelta(days=75))
    hours = {hour.tick: hour for hour in road.store.judged_hours("quarry-road", 0, 10**6)}
    early, late = (tick_of(MONDAY + timedelta(days=day)) for day in (52, 68))
    assert hours[early].count == 0 and hours[early].by_source == {"forum": 1}
    assert hours[late].count == 1
    assert road.store.incidents() == []


def everything(home: Path) -> dict[str, Any]:
    """All that the watch keeps, byte by byte, but for the moment at which an event was put up."""
    with Office(Settings(home=home)) as office:
        return {
            "series": office.store.alert_series(["quarry-road"]),
            "hours": office.store.judged_hours("quarry-road", 0, 10**6),
            "incidents": [incident.canonical_json() for incident in office.store.incidents()],
            "events": [event.model_copy(update={"at": NOW}) for event in office.store.incident_events()],
        }


def job(home: Path) -> None:
    with Office(Settings(home=home)) as office:
        office.store.clock = lambda: NOW
        watch(office.store, office.settings)


@pytest.mark.parametrize("seed", range(2))
def test_killed_anywhere_the_watch_ends_with_the_same_bytes(
    road: CountyOffice, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    say(road, [*quiet(), *burst(day=30), *burst(first=5000)])
    home = road.office.settings.home
    road.office.close()
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    for folder in (whole, killed):
        shutil.copytree(home, folder)
    monkeypatch.setattr("pipeline.alerts.watch.STRIDE", 48)
    began = time.monotonic()
    job(whole)
    span, deaths = time.monotonic() - began, 0
    for attempt in range(40):
        child = os.fork()
        if child == 0:
            try:
                job(killed)
            finally:
                os._exit(0)
        time.sleep(span * ((seed * 7 + attempt * 3) % 10) / 10)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        deaths += os.WIFSIGNALED(status)
        if not os.WIFSIGNALED(status):
            if deaths >= 3:
                break
            span /= 2
    job(killed)
    assert deaths >= 3
    assert everything(killed) == everything(whole)
    assert [event.kind for event in everything(whole)["events"]][:1] == ["opened"]


def test_hours_judged_one_by_one_give_the_same_as_all_at_once(road: CountyOffice, tmp_path: Path) -> None:
    window(road, 0, 61)
    crawled(road, [*quiet(), *burst()])
    home = road.office.settings.home
    road.office.close()
    at_once, by_hours = tmp_path / "at_once", tmp_path / "by_hours"
    for folder in (at_once, by_hours):
        shutil.copytree(home, folder)
    job(at_once)
    with Office(Settings(home=by_hours)) as office:
        for hours in (200, 24, 3, 2, 1, 0):
            moment = NOW - timedelta(hours=hours)
            office.store.clock = lambda moment=moment: moment
            watch(office.store, office.settings)
    once, stepwise = everything(at_once), everything(by_hours)
    assert once["series"] == stepwise["series"] and once["hours"] == stepwise["hours"]
    assert len(once["incidents"]) == len(stepwise["incidents"]) == 1


def test_it_works_on_every_database(store: Any) -> None:
    from letters import petition
    from opinions import ROAD

    store.upsert_projects([ROAD])
    said = [*quiet(), *burst()]
    store.add_documents([one.document for one in said])
    store.complete_analyses(one.analysis.model_copy(update={"links": (one.link,)}) for one in said)
    store.add_documents([petition(1)])
    store.clock = lambda: NOW
    done = watch(store, Settings())
    assert done.told == 1 and store.incident_events()[0].kind == "opened"
    assert watch(store, Settings()).hours == 0


def test_texts_that_come_after_their_hours_were_judged_are_counted_and_said(road: CountyOffice) -> None:
    say(road, [*quiet(), *burst(6, hours=5.9)])
    assert looked(road).late == 0
    say(road, burst(10, hours=5, first=7000))
    assert looked(road).late == 10
    assert late_texts(road.store)["quarry-road"].texts == 10
    assert looked(road).late == 0 and late_texts(road.store)["quarry-road"].texts == 10
    say(road, [complaint(9000, BURST_DAY + 8.5)])
    assert looked(road, NOW + timedelta(days=9)).late == 0 and late_texts(road.store) == {}


def test_only_late_texts_of_voices_that_the_judged_hours_cannot_hide_count_as_voices(road: CountyOffice) -> None:
    say(road, [*quiet(), complaint(9000, BURST_DAY + 0.1)])
    looked(road)
    say(road, burst(6, hours=0.5, first=7000), voices=[1, 1, 1, 1, 1, 1])
    looked(road)
    assert late_texts(road.store)["quarry-road"] == (6, 1, 1)

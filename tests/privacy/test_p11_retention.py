"""P-11: texts, aggregates and tokens go when their time is over, by the clock, and no setting keeps them longer."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from county import COMPENSATION, CountyOffice, what_people_say
from letters import MONDAY
from offices import office_in, petition
from opinions import ROAD, opinion

from api.cli.main import cli
from pipeline.alerts.lapses import lapse
from pipeline.records.incident import Incident, incident_id
from pipeline.redacted import seal
from pipeline.retention import CLOCK_SEEN, due, purge, retain
from pipeline.settings import SettingsError, load_settings
from pipeline.store.process_marks import STAGE, Mark
from pipeline.store.retention import Retention
from pipeline.upkeep import follow
from pipeline.work import Silent

CAME = MONDAY + timedelta(days=400)
"""When the texts of the county came in."""


def at(county: CountyOffice, moment: datetime) -> CountyOffice:
    county.store.clock = lambda: moment
    return county


def file_report(county: CountyOffice, moment: datetime, state: str = "done", subject: str = "filing") -> None:
    mark = Mark(f"{subject}-{state}-{moment:%s}", county.road.id, subject, state, "zhou", moment, seal("已备案"))
    county.store.add_mark(mark)


def live(county: CountyOffice) -> int:
    return sum(1 for _ in county.store.all_documents())


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("text_days", 731),
        ("text_days_after_filing", 91),
        ("aggregate_days", 1826),
        ("snapshot_days", 1826),
        ("voice_period_days", 31),
    ],
)
def test_no_setting_keeps_anything_longer_than_the_rule(tmp_path: Path, setting: str, value: int):
    (tmp_path / "minyi.toml").write_text(f"{setting} = {value}\n")
    with pytest.raises(SettingsError, match=setting):
        load_settings(tmp_path)


def test_texts_go_two_years_after_they_came_and_not_a_day_before(county: CountyOffice):
    there = live(county)
    at(county, CAME + timedelta(days=729))
    assert not purge(county.office).texts and live(county) == there
    at(county, CAME + timedelta(days=731))
    assert due(county.office).texts == there
    assert purge(county.office).texts_too_old == there
    follow(county.office, Silent())
    assert live(county) == 0
    assert "补偿标准" not in at_rest(county)


def test_texts_go_ninety_days_after_the_report_was_filed(county: CountyOffice):
    there = live(county)
    file_report(county, CAME + timedelta(days=10))
    at(county, CAME + timedelta(days=99))
    assert not purge(county.office).texts
    at(county, CAME + timedelta(days=101))
    assert purge(county.office).texts_of_filed == there
    assert live(county) == 0


def test_a_report_that_is_not_filed_after_all_keeps_its_texts(county: CountyOffice):
    file_report(county, CAME)
    file_report(county, CAME + timedelta(days=5), "open")
    at(county, CAME + timedelta(days=400))
    assert not purge(county.office).texts


def test_a_project_that_moved_on_counts_as_filed(county: CountyOffice):
    file_report(county, CAME, "post_assessment", STAGE)
    assert Retention(county.store).filed_projects() == {county.road.id: CAME}


def test_what_comes_in_after_the_filing_stays_as_long_after_it_came(county: CountyOffice):
    there = live(county)
    file_report(county, CAME - timedelta(days=80))
    at(county, CAME + timedelta(days=15))
    assert not purge(county.office).texts, "filed 95 days ago, but they came 15 days ago"
    at(county, CAME + timedelta(days=91))
    assert purge(county.office).texts == there


def test_a_text_that_another_project_still_needs_stays(county: CountyOffice):
    both = opinion("采石场和水库的补偿标准都低。", (COMPENSATION, "补偿标准", 0.9), number=77)
    link = both.link.model_copy(update={"project_id": county.dam.id})
    county.store.add_documents([both.document])
    county.store.complete_analyses([both.analysis.model_copy(update={"links": (both.link, link)})])
    file_report(county, CAME)
    at(county, CAME + timedelta(days=91))
    purge(county.office)
    assert [document.id for document in county.store.all_documents()] == [both.document.id]


def test_a_candidate_that_a_person_took_up_keeps_its_last_figures(county: CountyOffice):
    from surfaces import accept

    accept(county, COMPENSATION)
    at(county, CAME + timedelta(days=731))
    purge(county.office)
    follow(county.office, Silent())
    points = {point.id: point for point in county.store.risk_points(county.road.id).rows}
    kept = points[county.point(COMPENSATION)]
    assert kept.presence == "withdrawn" and kept.candidate.counts.documents == 6
    assert "补偿标准" not in json.dumps(kept.candidate.model_dump(mode="json"), ensure_ascii=False)


def test_aggregates_go_after_five_years_and_the_audit_trail_stays(county: CountyOffice):
    from sqlalchemy import func, insert, select

    from pipeline.store.hourly import tick_of
    from pipeline.store.tables import alert_hours

    row = {"project_id": county.road.id, "count": 1.0, "total": 1.0, "voices_low": 1, "voices_high": 1,
           "by_source": {}, "exposure": 1.0, "capped": False, "missing": False}  # fmt: skip
    with county.store.transaction() as connection:
        connection.execute(insert(alert_hours), [{**row, "tick": tick_of(CAME - timedelta(days=d))} for d in (1, 400)])
    at(county, CAME + timedelta(days=1825 - 200))
    county.office.audit.append("zhou", "assessor", "risk_points.read", project_id=county.road.id)
    before = len(county.events())
    done = purge(county.office, "zhou", "admin")
    assert done.aggregates.alert_hours == 1
    with county.store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(alert_hours)).scalar_one() == 1
    at(county, CAME + timedelta(days=5000))
    purge(county.office)
    assert len(county.events()) > before and county.office.audit.verify() is None


def test_a_closed_life_safety_incident_goes_after_five_years(county: CountyOffice):
    began = CAME + timedelta(days=1)
    cue = Incident(
        id=incident_id(county.road.id, "life_safety", "x"), project_id=county.road.id, kind="life_safety", serial=0,
        begin=began, window_start=began, window_end=began, observed=1, expected=0.0, interval=(0.0, 0.0), p_value=1.0,
        recurrence_months=0.0, signal="red", level="red", settings_version="1", expires_at=began + timedelta(days=3),
    )  # fmt: skip
    still_open = cue.model_copy(update={"id": incident_id(county.road.id, "life_safety", "y"), "expires_at": None})
    for one in (cue, still_open):
        county.store.save_incident(one)
        county.store.tell(one, "life_safety", "life_safety", began)
    at(county, began + timedelta(days=4))
    lapse(county.store, county.store.clock())
    assert county.store.incident(cue.id).state == "closed"
    at(county, began + timedelta(days=1824))
    assert purge(county.office).aggregates.incidents == 0
    at(county, began + timedelta(days=1826))
    assert purge(county.office).aggregates.incidents == 1
    assert [one.id for one in county.store.incidents(kind="life_safety")] == [still_open.id]
    assert {one.incident_id for one in county.store.incident_events()} == {still_open.id}


def test_the_official_reply_goes_with_its_petition_whatever_it_is_linked_to(county: CountyOffice):
    petition_ = next(iter(county.store.documents_of(county.road.id)))
    reply = opinion("关于您反映的旱地补偿标准问题，答复如下。", number=91, genre="reply").document
    reply = reply.model_copy(update={"reply_to": petition_.id, "collected_at": CAME + timedelta(days=30)})
    county.store.add_documents([reply])
    there = live(county)
    file_report(county, CAME)
    at(county, CAME + timedelta(days=91))
    assert due(county.office).texts_of_filed == there
    assert purge(county.office).texts_of_filed == there
    assert live(county) == 0


def test_tokens_are_gone_after_their_period(tmp_path: Path):
    with office_in(tmp_path / "office", ROAD) as office:
        now = datetime.now(UTC)
        office.receive([petition("道路|青石坳采石场进场道路的补偿标准太低。", 1, author_key="u1", platform="weibo",
                                 source_kind="weibo", genre="post", source="微博")])  # fmt: skip
        assert office.store.periods_with_tokens()
        office.store.clock = office.voice_keys._clock = lambda: now + timedelta(days=30)
        purge(office)
        assert office.store.periods_with_tokens() == () == office.voice_keys.periods()


def test_the_work_does_it_once_a_day_and_says_how_many(county: CountyOffice):
    there = live(county)
    at(county, CAME + timedelta(days=731))
    assert retain(county.office).texts == there
    assert retain(county.office).texts == 0
    events = [event for event in county.events() if event.action.startswith("retention.")]
    assert [(event.who, event.action, event.subject) for event in events] == [
        ("minyi", "retention.texts", f"texts:{there}")
    ]


@pytest.mark.parametrize("jump", [timedelta(days=900), timedelta(days=-30)])
def test_a_clock_that_jumped_removes_nothing_on_that_day(county: CountyOffice, jump: timedelta):
    at(county, CAME + timedelta(days=1))
    retain(county.office)
    there = live(county)
    at(county, CAME + timedelta(days=1) + jump)
    assert not retain(county.office).texts and live(county) == there
    at(county, CAME + timedelta(days=1, seconds=10) + jump)  # the work goes on, and the clock is still wrong
    assert not retain(county.office).texts and live(county) == there
    at(county, CAME + timedelta(days=2))  # the clock was put right
    assert not retain(county.office).texts and live(county) == there


def test_the_command_counts_then_removes_then_says_that_nothing_is_left(county: CountyOffice):
    home = str(county.office.settings.home)
    with county.store.transaction() as connection:
        from sqlalchemy import update

        from pipeline.store.tables import documents

        connection.execute(update(documents).values(collected_at=datetime.now(UTC) - timedelta(days=800)))
    there = live(county)
    county.office.close()

    def run(*more: str) -> dict:
        done = CliRunner().invoke(cli, ["purge", "--home", home, "--json", *more])
        assert done.exit_code == 0, done.output
        return json.loads(done.stdout)

    assert run("--dry-run")["texts"] == there
    assert run()["texts"] == there
    assert run()["texts"] == 0


def test_the_command_asks_when_the_clock_jumped(county: CountyOffice):
    county.store.set_fact(CLOCK_SEEN, (datetime.now(UTC) - timedelta(days=90)).isoformat())
    home = str(county.office.settings.home)
    refused = CliRunner().invoke(cli, ["purge", "--home", home])
    assert refused.exit_code == 1 and "E250" in refused.output and "--clock-is-right" in refused.output
    assert CliRunner().invoke(cli, ["purge", "--home", home, "--clock-is-right"]).exit_code == 0


def at_rest(county: CountyOffice) -> str:
    county.office.close()
    home = county.office.settings.home
    return "".join(path.read_bytes().decode("utf-8", "replace") for path in home.rglob("*") if path.is_file())


def test_what_people_said_is_what_these_tests_think(county: CountyOffice):
    assert live(county) == len(what_people_say())

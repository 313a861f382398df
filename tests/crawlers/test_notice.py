"""Official notices: what is taken, with which unit and day, and how one becomes a milestone of a project."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from click.testing import CliRunner
from offices import TestOffice
from opinions import ROAD
from replica import Replica
from replica_notice import FEBRUARY, county_notices, fill
from terminal import PURPOSE

from api.cli.main import cli
from crawlers.reading import taste
from crawlers.run import crawl
from crawlers.windows import BEIJING
from pipeline.notices.kinds import kind_in
from pipeline.notices.periods import issuing_unit
from pipeline.work import work

NOW = datetime(2026, 2, 28, 12, tzinfo=BEIJING).astimezone(UTC)


def test_notices_of_every_kind_are_taken_with_unit_and_day_and_other_pages_are_not(site: Replica) -> None:
    tasted = taste(county_notices(site).source(), FEBRUARY)
    found = {kind[0].code: item for item in tasted.items if (kind := kind_in(item.title, item.body))}
    assert set(found) == {
        "expropriation_pre_notice", "compensation_plan", "planning_draft", "eia_draft", "solicitation",
        "expropriation_decision",
    }  # fmt: skip
    assert len(tasted.items) == 6 and tasted.outcome.cut is None
    pre_notice = found["expropriation_pre_notice"]
    assert (pre_notice.genre, pre_notice.source_kind, pre_notice.region) == ("notice", "notice", "南岭县")
    assert pre_notice.published_at == datetime(2026, 2, 10, 9, tzinfo=BEIJING)
    assert pre_notice.title == f"{ROAD.name_zh}征收土地预公告" and pre_notice.author_key is None
    text = f"{found['eia_draft'].title}\n{found['eia_draft'].body}"
    start, end = issuing_unit(text) or (0, 0)
    assert text[start:end] == "南岭县城市管理局"
    assert "备案号" not in pre_notice.body and "抢栽抢建" in pre_notice.body


def test_a_list_of_several_pages_is_read_to_the_begin_of_the_window(site: Replica) -> None:
    pages = county_notices(site)
    fill(pages, 22)
    tasted = taste(pages.source(), FEBRUARY)
    assert len(tasted.items) == 28 and tasted.outcome.cut is None
    assert len({item.item_key for item in tasted.items}) == 28


def test_selectors_say_where_title_and_text_stand(site: Replica) -> None:
    pages = county_notices(site)
    tasted = taste(pages.source(parser={"title": "h1.tit", "body": "div.TRS_Editor", "unit": ""}), FEBRUARY)
    assert len(tasted.items) == 6
    assert all("信息来源" not in item.body and item.title for item in tasted.items)
    everything = taste(pages.source(parser={"every_page": True}), FEBRUARY)
    assert len(everything.items) == 8


def test_a_crawled_notice_becomes_a_milestone_by_a_persons_decision(site: Replica, office: TestOffice) -> None:
    office.register([ROAD])
    office.store.clock = lambda: NOW
    assert crawl(county_notices(site).source(), office).tally.receipt.new == 6
    work(office)

    def minyi(*arguments: str):
        return CliRunner(env={"MINYI_PROCESSES": "1"}).invoke(
            cli, ["projects", "milestones", ROAD.id, *arguments, *PURPOSE, "--home", str(office.folder)]
        )

    shown = minyi().output
    assert (
        "at least 10 working days (土地管理法实施条例第二十六条); the notice announces 6: the announced period is shorter"
        in shown
    )
    assert "at least 30 days" in shown and "announces 30\n" in shown and "2026年2月10日至2026年2月24日" in shown
    rows = json.loads(minyi("--json").stdout)
    assert [(row["kind"], row["state"], row["clock"]["shorter"]) for row in rows] == [
        ("expropriation_pre_notice", "proposed", True), ("compensation_plan", "proposed", False),
    ]  # fmt: skip
    assert rows[0]["issued_by"] == "南岭县自然资源局" and rows[0]["notice_url"].startswith(site.url("/gggs/"))
    first, second = (row["id"] for row in rows)
    assert minyi("--accept", first).exit_code == 2, "nobody decides without a name and a reason"
    assert minyi("--accept", first, "--who", "评估员甲", "--reason", "与原件一致").exit_code == 0
    assert minyi("--reject", second, "--who", "评估员甲", "--reason", "重复").exit_code == 0
    assert minyi("--accept", second, "--who", "评估员甲", "--reason", "改判").exit_code == 1
    milestones = office.store.project(ROAD.id).milestones
    assert [(one.name, one.date) for one in milestones] == [("征收土地预公告", "2026-02-10")]
    actions = [event.action for event in office.audit.events(0, 100)]
    assert actions.count("milestones.decide") == 2 and "milestones.read" in actions


def test_a_notice_that_the_site_takes_back_is_withdrawn_with_its_proposal(site: Replica, office: TestOffice) -> None:
    office.register([ROAD])
    office.store.clock = lambda: NOW
    pages = county_notices(site)
    crawl(pages.source(), office)
    work(office)
    assert len(office.store.milestone_proposals(ROAD.id)) == 2
    pages.take_back(pages.posted[0])
    assert crawl(pages.source(), office).tally.withdrawn == 1
    work(office)
    assert [one.payload.kind for one in office.store.milestone_proposals(ROAD.id)] == ["compensation_plan"]

"""The site that the demonstration crawls: its letters are evidence, its notice a milestone, its writers nowhere."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime

import pytest
import yaml
from offices import TestOffice

from api.cli.projects import read_projects
from crawlers.registry import deploy, find
from crawlers.run import CrawlReport, crawl
from crawlers.windows import BEIJING
from examples import site as example
from examples.site import SOURCES, CountySite
from pipeline.work import work

SINCE, UNTIL = datetime(2026, 4, 1, tzinfo=BEIJING), datetime(2026, 10, 1, tzinfo=BEIJING)
RING_ROAD = "qingtan-east-ring"


@pytest.fixture
def crawled(office: TestOffice) -> tuple[TestOffice, list[CrawlReport]]:
    office.register(read_projects(example.FOLDER / "projects.jsonl")[0])
    with CountySite(0) as site:
        site.deploy(office.folder)
        for name in SOURCES:
            assert not find(office.folder, name).enabled, "a source is switched on by a person"
            deploy(office.folder, name, enabled=True)
        reports = [crawl(find(office.folder, name), office, since=SINCE, until=UNTIL) for name in SOURCES]
    work(office)
    return office, reports


def test_what_the_site_says_becomes_evidence_and_a_milestone(crawled: tuple[TestOffice, list[CrawlReport]]) -> None:
    office, reports = crawled
    assert [(report.state, report.tally.receipt.new) for report in reports] == [("done", 6), ("done", 3), ("done", 1)]
    sources = Counter((str(document.source), document.genre) for document in office.documents())
    assert sources == {
        ("青檀县县长信箱", "petition"): 5, ("青檀县县长信箱", "reply"): 1, ("青檀新闻网", "news"): 3, ("青檀县公告公示", "notice"): 1,
    }  # fmt: skip
    evidence = {
        passage.document_id
        for point in office.store.risk_points(RING_ROAD, None, 100).rows
        if point.candidate
        for passage in point.candidate.evidence
    }
    letters = {document.id for document in office.documents() if document.genre == "petition"}
    assert len(evidence & letters) >= 4
    about = {document.genre for document in office.store.documents_of(RING_ROAD)}
    assert {"petition", "news", "notice"} <= about
    [milestone] = office.desk().milestones(RING_ROAD, "risk_identification")
    clock = milestone["clock"]
    assert (milestone["kind"], clock["announced"], clock["required"], clock["shorter"]) == (
        "compensation_plan", 24, 30, True,
    )  # fmt: skip
    assert clock["last"] == date(2026, 5, 8) and "2026年5月8日" in clock["evidence"]["text"]


def test_who_wrote_a_letter_is_nowhere(crawled: tuple[TestOffice, list[CrawlReport]]) -> None:
    office, _ = crawled
    told = yaml.safe_load((example.FOLDER / "source" / "site.yaml").read_text("utf-8"))
    at_rest = office.texts_at_rest()
    assert "过渡费" in at_rest
    assert [letter["who"] for letter in told["mailbox"] if letter["who"] in at_rest] == []

"""The weekly bulletin: figures that may be shown, units by name, gaps as gaps, on paper and on the page."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from alerting import NOW, burst, looked, quiet, say
from click.testing import CliRunner
from county import COMPENSATION, CountyOffice
from docx import Document
from letters import MONDAY
from opinions import opinion

from api.bulletin import Bulletin, Week, bulletin_of
from api.bulletin.docx import docx
from api.bulletin.html import html
from api.bulletin.volume import Volumes, region_codes, regions_of
from api.bulletin.words import region_rows
from api.charts import Bar, png, svg, volume_spec
from api.cli.main import cli
from pipeline.forecast.band import WeekOfProject
from pipeline.records import Decision
from pipeline.store.crawl import CrawlWindow

WEEK = Week.before(NOW + timedelta(days=7))
LATER = NOW + timedelta(days=7)


@pytest.fixture
def risen(county: CountyOffice) -> CountyOffice:
    """Two quiet months and a burst in the last week that is over."""
    say(county, [*quiet(), *burst()])
    looked(county)
    county.store.clock = lambda: LATER
    return county


def told(county: CountyOffice, *projects: Any, week: Week = WEEK) -> Bulletin:
    return bulletin_of(county.store, projects or [county.road, county.dam], week, None, 5)


def test_weeks_are_those_of_iso_8601():
    week = Week.named("2026-W01")
    assert (str(week.first), str(week.last), week.name) == ("2025-12-29", "2026-01-04", "2026-W01")
    for wrong in ("2026-W54", "2026-1", "2026-W00", "week"):
        with pytest.raises(ValueError, match="E831"):
            Week.named(wrong)


def test_a_project_shows_its_volume_beside_the_baseline_and_its_incidents(risen: CountyOffice):
    (part,) = told(risen, risen.road).projects
    bar = part.bars[-1]
    assert part.volume == f"≥{bar.value}" and len(part.bars) == 8 and bar.form == "at_least"  # imports end in it
    assert bar.band is not None and bar.band[2] < bar.value and "常态约" in part.baseline
    assert len(part.incidents) == 1 and part.incidents[0].startswith("【")


def test_small_numbers_are_hidden_in_the_table_and_in_the_chart_alike(risen: CountyOffice):
    part = told(risen, risen.road).projects[0]
    for bar in part.bars[:-1]:
        assert bar.form in ("less_than", "exact", None) and (bar.form != "exact" or bar.value == 0)
    assert not re.search(r"(?<![<\d])[1-4] 条", part.volume + part.before)


def test_a_week_that_was_not_read_is_no_quiet_week(risen: CountyOffice):
    assert [part.volume for part in told(risen, risen.dam).projects] == ["未监测"]
    later = told(risen, risen.road, week=Week(WEEK.first + timedelta(weeks=2))).projects[0]
    assert later.volume == "未读取" and later.bars[-1].sign == "×"


def test_regions_come_by_level_with_what_lies_in_them(risen: CountyOffice):
    road = risen.road.model_copy(update={"region_code": "439921101000"})
    dam = risen.dam.model_copy(update={"region_code": "439900"})
    assert region_codes(road) == ["4399", "439921", "439921101"] and region_codes(dam) == ["4399"]
    assert [(r.level, r.code) for r in regions_of([road, dam])] == [
        ("市", "4399"), ("县（区）", "439921"), ("乡镇（街道）", "439921101"),
    ]  # fmt: skip
    risen.office.register([road, dam])
    rows = told(risen, road, dam).regions
    assert [row.projects for row in rows] == [2, 1, 1] and rows[0].incidents != "无"


def test_petitions_without_an_answer_count_against_the_unit_after_15_and_60_days(county: CountyOffice):
    old = [
        opinion(
            f"第{n}户的旱地补偿标准至今没有答复，编号甲{n}。", (COMPENSATION, "补偿标准", 0.9), number=n, day=n / 10
        )
        for n in range(8)
    ]
    recent = [
        opinion(f"第{n}户的青苗补偿标准太低，编号乙{n}。", (COMPENSATION, "补偿标准", 0.9), number=n, day=62)
        for n in range(6)
    ]
    county.hear(*old, *recent)
    reply = opinion("您好，补偿标准按文件执行。", genre="reply", day=20, attitude=("neutral", 0.9))
    county.store.add_documents([reply.document.model_copy(update={"reply_to": old[0].document.id})])
    county.store.clock = lambda: MONDAY + timedelta(days=100)
    rows = told(county, county.road, week=Week.before(MONDAY + timedelta(days=98))).unanswered
    late, very_late = zip(*[(str(row.late), str(row.very_late)) for row in rows], strict=True)
    assert len(rows) == 1 and rows[0].unit
    before = told(county, county.road, week=Week.before(MONDAY + timedelta(days=28))).unanswered
    assert very_late[0] != "0" and late[0] != "0"
    assert before[0].very_late is None or before[0].very_late.number == 0


def test_a_bulletin_of_one_region_gives_nothing_away_about_another(county: CountyOffice):
    """The dam has two petitions: neither the whole, nor the road's county, nor both together tell them."""
    road = county.road.model_copy(update={"region_code": "439921"})
    dam = county.dam.model_copy(update={"region_code": "439933"})
    county.office.register([road, dam])
    said = [
        opinion(f"第{n}户的旱地补偿标准没有答复，编号丙{n}。", (COMPENSATION, "补偿标准", 0.9), number=n, day=n / 10)
        for n in range(9)
    ]
    for n in range(2):
        one = opinion(f"水闸边第{n}户补偿标准不明，编号丁{n}。", (COMPENSATION, "补偿标准", 0.9), number=n, day=1 + n)
        said.append(type(one)(one.document, one.analysis, one.link.model_copy(update={"project_id": dam.id})))
    county.hear(*said)
    looked(county)
    county.store.clock = lambda: MONDAY + timedelta(days=100)
    late, first = Week.before(MONDAY + timedelta(days=90)), Week.before(MONDAY + timedelta(days=7))
    both, one_county = (told(county, *projects, week=late).unanswered for projects in ((road, dam), (road,)))
    assert sum(row.very_late.number for row in both if row.very_late) >= 11
    assert [row.very_late for row in one_county] == [None]
    tables = [told(county, *projects, week=first).regions for projects in ((road, dam), (road,), (dam,))]
    for code in ("439921", "439933"):
        shown = {row.volume for rows in tables for row in rows if row.region.code == code}
        assert shown and not [volume for volume in shown if re.fullmatch(r"≥?\d+", volume) and volume != "≥5"]


def test_nothing_is_invented_where_nothing_was_dispatched(risen: CountyOffice):
    shown = told(risen)
    assert shown.dispatches == () and "未记录派单事项" in html(shown)


def test_points_are_new_confirmed_or_closed_in_their_week(risen: CountyOffice):
    from pipeline.propose import propose

    propose(risen.store)
    decided = Decision(
        id="d1", risk_point_id=risen.point(COMPENSATION), who="officer-1", when=WEEK.begin + timedelta(days=1),
        action="accept", reason="属实，已核对台账",
    )  # fmt: skip
    risen.store.add_decision(decided)
    points = told(risen, risen.road).projects[0].points
    assert [line.factor for line in points.confirmed] and not points.closed
    assert "officer-1" not in html(told(risen, risen.road)) and "台账" not in html(told(risen, risen.road))


def test_a_source_that_was_cut_short_says_why(risen: CountyOffice):
    window = CrawlWindow(
        id="青石坳论坛:1",
        source="青石坳论坛",
        since=WEEK.begin,
        until=WEEK.begin + timedelta(days=2),
        cut_short="page_cap",
        found=3,
    )
    risen.store.close_window(window, "c1")
    text = opinion("论坛说补偿标准不公。", (COMPENSATION, "补偿标准", 0.9), day=NOW.day, kind="weibo", number=77)
    text = type(text)(text.document.model_copy(update={"window_id": "青石坳论坛:1"}), text.analysis, text.link)
    risen.hear(text)
    (source,) = [one for one in told(risen, risen.road).sources if one.name == "青石坳论坛"]
    assert source.reasons == ("页数上限",) and source.whole == 0 and source.capped == 48 and source.missing == 120


def test_the_page_loads_nothing_and_the_document_reads_the_same(risen: CountyOffice):
    shown = told(risen, risen.road)
    page = html(shown)
    assert not re.search(r"<script|<link|<iframe|src=|@import|url\(", page)
    assert not [address for address in re.findall(r"https?://[^\s\"'<]+", page) if "www.w3.org" not in address]
    paper = Document(io.BytesIO(docx(shown)))
    texts = [p.text for p in paper.paragraphs] + [c.text for t in paper.tables for r in t.rows for c in r.cells]
    for words in (shown.projects[0].name, *shown.projects[0].incidents, "四、超过法定时限未见答复（按单位）"):
        assert words in page and words in texts
    assert len(paper.inline_shapes) == 1
    fonts = paper.styles["Normal"].element.rPr.rFonts
    assert fonts.get("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}eastAsia") == "仿宋"


def test_a_picture_needs_no_chinese_font():
    bars = [Bar(WEEK.first, "exact", 9, (4.0, 1, 8)), Bar(WEEK.first + timedelta(weeks=1), None, 0, None, "×")]
    drawn = svg(volume_spec(bars))
    assert not re.search(r"[\u2e80-\u9fff]", drawn) and ">9<" in drawn and ">×<" in drawn
    assert png(volume_spec(bars)).startswith(b"\x89PNG")


def test_over_http_a_week_is_read_by_those_who_may(risen: CountyOffice):
    address = f"/v1/bulletins/{WEEK.name}"
    answer = risen.caller("assessor").get(address)
    assert answer.status_code == 200 and risen.road.name_zh in answer.text
    events = [event for event in risen.events() if event.subject == f"bulletin-{WEEK.name}"]
    assert {event.project_id for event in events} == {"quarry-road", risen.dam.id}
    paper = risen.caller("assessor").get(address, form="docx", region="439933")
    assert paper.content.startswith(b"PK") and risen.road.name_zh not in Document(io.BytesIO(paper.content)).element.xml
    assert risen.road.name_zh not in risen.caller("admin").get(address).text
    assert risen.caller("assessor").get(address, purpose=None).status_code == 403
    for week, code in (("2026-W60", "E831"), ("2031-W01", "E832")):
        wrong = risen.caller("assessor").get(f"/v1/bulletins/{week}")
        assert wrong.status_code == 400 and wrong.json()["code"] == code


def test_the_command_line_writes_a_file(risen: CountyOffice, tmp_path: Path):
    arguments = ["bulletin", "--purpose", "risk_identification", "--home", str(risen.office.settings.home)]
    out = tmp_path / "week.docx"
    arguments += ["--role", "assessor"]
    run = CliRunner().invoke(cli, [*arguments, "--week", "2026-W10", "--out", str(out)], catch_exceptions=False)
    assert run.exit_code == 0, run.output
    assert out.read_bytes().startswith(b"PK")
    assert CliRunner().invoke(cli, [*arguments, "--out", str(tmp_path / "week.pdf")]).exit_code == 2
    assert "E831" in CliRunner().invoke(cli, [*arguments, "--week", "x", "--out", str(out)]).output


def test_texts_that_came_after_their_hours_were_judged_are_a_gap(risen: CountyOffice):
    assert told(risen).late == ()
    say(risen, burst(6, hours=8, first=7000))
    late = told(risen)
    assert late.late == (risen.road.name_zh,)
    said = f"在判定之后才到，未计入数量和预警：{risen.road.name_zh}。"
    assert said in html(late)
    assert any(said in paragraph.text for paragraph in Document(io.BytesIO(docx(late))).paragraphs)


def test_supervision_needs_no_role_named(risen: CountyOffice, tmp_path: Path):
    out = tmp_path / "week.html"
    home = ["--purpose", "supervision", "--home", str(risen.office.settings.home)]
    for arguments in (["bulletin", *home, "--week", WEEK.name, "--out", str(out)], ["forecast", "quarry-road", *home]):
        assert CliRunner().invoke(cli, arguments, catch_exceptions=False).exit_code == 0


def _week(count: int) -> WeekOfProject:
    return WeekOfProject(WEEK.first, count, count, count, 1.0, False, None)


def test_the_only_project_of_a_region_shows_the_bound_that_the_region_shows(risen: CountyOffice):
    """Both are the same number; beside a second project there, they are not, and nothing more is said."""
    road = risen.road.model_copy(update={"region_code": "439921"})
    dam = risen.dam.model_copy(update={"region_code": "439933"})
    weeks = {road.id: _week(21), dam.id: _week(1)}
    alone = Volumes([road, dam], weeks, {road.id, dam.id}, 5)
    assert alone.region("439921") == "≥5" and alone.project(road.id) == "≥5"
    bar = alone.bar(road.id)
    assert bar is not None and (bar.form, bar.value) == ("at_least", 5)
    assert alone.project(dam.id) == alone.region("439933") == "<5"
    third = dam.model_copy(update={"id": "culvert", "region_code": "439921"})
    beside = Volumes([road, dam, third], weeks | {third.id: _week(0)}, {road.id, dam.id, third.id}, 5)
    assert beside.region("439921") == "≥5" and beside.project(road.id) == "不显示"


def test_a_region_without_a_known_name_is_named_by_its_code(risen: CountyOffice):
    road = risen.road.model_copy(update={"region_code": "999921"})
    risen.office.register([road])
    assert next(row[1:3] for row in region_rows(told(risen, road))) == ("9999", "9999")

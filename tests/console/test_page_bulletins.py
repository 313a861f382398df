"""The weekly bulletin on a page: the words of the document, with its gaps and limits, and nobody's name."""

from __future__ import annotations

import io

import pytest
from consoles import Console
from docx import Document
from lxml.html import HtmlElement

from api.bulletin import Week
from api.bulletin.words import limits
from api.outlook_desk import OutlookDesk
from api.policy import Reader


@pytest.fixture
def console(console: Console) -> Console:
    console.stage("in_assessment")
    return console


def rows(table: HtmlElement) -> list[list[str]]:
    return [[td.text_content() for td in tr.cssselect("td")] for tr in table.cssselect("tbody tr")]


def test_the_page_says_what_the_document_says(console: Console) -> None:
    """P-29."""
    visitor = console.sign_in("assessor")
    page = visitor.page("/bulletins")
    week = Week.before(console.office.store.clock()).name
    paper = Document(io.BytesIO(visitor.get(f"/bulletins/{week}/document").content))
    tables = [rows(one) for one in page.select(".bulletin .table-scroll table") if not one.xpath("ancestor::figure")]
    assert len(tables) >= 3
    assert tables == [[[cell.text for cell in row.cells] for row in table.rows[1:]] for table in paper.tables]
    assert week in page.text and "下载 Word 文档" in page.text
    assert visitor.get(f"/bulletins/{week}/figures.csv").text.startswith("\ufeff项目,")


def test_gaps_and_limits_stand_in_every_bulletin(console: Console) -> None:
    """P-24: also where no project is to be told of."""
    told = OutlookDesk(console.office, Reader("assessor", "assessor")).bulletin("risk_survey")
    for asked in ({}, {"region": "99"}):
        page = console.sign_in("assessor").page("/bulletins", **asked)
        for line in limits(told):
            assert line in page.text
        assert "五、来源与缺口" in page.text
    assert "这一地区没有可列入通报的项目" in page.text


def test_region_and_week_are_chosen_without_script(console: Console) -> None:
    visitor = console.sign_in("assessor")
    form = visitor.page("/bulletins").form("/bulletins")
    assert form.get("method") == "get" and len(form.inputs["week"].value_options) == 26
    regions = form.inputs["region"].value_options
    assert regions[0] == "" and {"439921", "369932"} <= set(regions)
    page = visitor.page("/bulletins", week=form.inputs["week"].value_options[3], region="439921")
    assert len(page.select(".bulletin-project")) == 1 and form.inputs["week"].value_options[3] in page.text


def test_who_is_bound_to_a_region_is_offered_no_other(console: Console) -> None:
    page = console.sign_in("assessor", region="439921").page("/bulletins")
    assert "芦汀" not in page.text and not {"369932"} & set(page.form("/bulletins").inputs["region"].value_options)


@pytest.mark.parametrize(("week", "says"), [("2099-W01", "还没有结束"), ("2026-W60", "没有这一周")])
def test_a_week_that_is_none_or_not_over_is_refused(console: Console, week: str, says: str) -> None:
    assert says in console.sign_in("assessor").page("/bulletins", status=400, week=week).text


def test_a_bulletin_is_not_for_who_sees_confirmed_points_alone(console: Console) -> None:
    console.stage("post_assessment")
    unit = console.sign_in("commissioning_unit")
    assert "E304" in unit.page("/bulletins", status=403).text
    assert "/bulletins" not in unit.page("/projects").links()

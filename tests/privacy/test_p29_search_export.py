"""P-07, P-08 and P-29 for what a search found: a file tells no number that the page hides, and no whole sentence."""

from __future__ import annotations

import io
from collections import Counter
from typing import Any

import pytest
from county import COMPENSATION, DUST, CountyOffice, what_people_say
from openpyxl import load_workbook
from opinions import opinion

PROJECT = "/v1/projects/quarry-road"


def book(county: CountyOffice, **params: Any) -> dict[str, list[dict[str, str]]]:
    """The tables of an export by id, each row by its heads."""
    answer = county.caller("assessor").get(f"{PROJECT}/documents/export", **params)
    assert answer.status_code == 200, answer.text
    tables = {}
    for sheet in load_workbook(io.BytesIO(answer.content)).worksheets:
        lines = [[str(cell.value or "") for cell in line] for line in sheet.iter_rows(min_row=3)]
        rows = [dict(zip(lines[0], line, strict=True)) for line in lines[1:]]
        tables[sheet.title.split(" ")[0]] = rows
    return tables


def texts(county: CountyOffice, **params: Any) -> list[dict[str, str]]:
    return [row for row in book(county, **params)["S1"] if row["编号"].startswith("S0")]


@pytest.mark.parametrize("query", ["粉尘", "补偿标准", "支持", "柳湾村", "补偿 -柳湾村"])
def test_texts_of_few_people_do_not_leave(county: CountyOffice, query: str):
    total = county.caller("assessor").get(f"{PROJECT}/documents", q=query, histogram="week").json()["total"]
    rows = texts(county, q=query)
    assert len(rows) == total.get("value", 0)


def test_what_was_published_leaves_whatever_the_number(county: CountyOffice):
    county.hear(opinion("县政府公布进场道路的洒水安排。", genre="news", kind="news", day=12, attitude=("neutral", 0.9)))
    [row] = texts(county, q="洒水安排")
    assert row["来源类别"] == "新闻" and len(row["发布"]) == len("2026-01-01") and row["摘句"]


def test_no_row_names_a_value_whose_number_is_hidden(county: CountyOffice):
    county.hear(*[
        opinion(f"石料车第{n}趟撒在路口没人扫。", (DUST, "撒在路口", 0.9), number=n, day=40 * n, kind="weibo", genre="post")
        for n in range(2, 4)
    ])  # fmt: skip
    tables = book(county)
    shown = {(row["分类"], row["取值"]): row["文本数"] for row in tables["S2"] if row["文本数"]}
    rows = [row for row in tables["S1"] if row["编号"].startswith("S0")]
    for head in ("来源类别", "风险因素"):
        for value, number in Counter(part for row in rows for part in row[head].split("、") if part).items():
            assert shown[head, value] == str(number)
    months = county.caller("assessor").get(f"{PROJECT}/timeline", interval="month").json()["timeline"]["periods"]
    told = {one["first"][:7]: one["count"] for one in months}
    for month, number in Counter(row["发布"] for row in rows if row["发布"]).items():
        assert told[month] == {"value": number, "exact": True}


def test_no_whole_sentence_and_no_link_leaves(county: CountyOffice):
    said = [str(one.document.body) for one in what_people_say()]
    quotes = [row["摘句"] for row in texts(county)]
    assert quotes and all(len(quote) <= 84 for quote in quotes)
    assert not any(sentence.strip("，。") in quote for sentence in said for quote in quotes if len(sentence) > 12)
    assert not any("http" in str(value) for row in texts(county) for value in row.values())


def test_neither_the_accusation_nor_its_factor_is_in_it(county: CountyOffice):
    everything = str(book(county))
    assert "截留" not in everything and "举报" not in everything
    assert COMPENSATION not in everything  # names, not codes


def test_every_number_is_that_of_the_page(county: CountyOffice):
    found = county.caller("assessor").get(f"{PROJECT}/facets").json()
    said = {"value": "{}", "less_than": "<{}", "at_least": "≥{}"}

    def written(count: dict[str, Any]) -> str:
        form = next(one for one in said if one in count)
        return said[form].format(count[form])

    rows = {(row["分类"], row["取值"]): row["文本数"] for row in book(county)["S2"]}
    for code, name in (("negative", "负面"), ("positive", "正面"), ("neutral", "中性")):
        counts = [one["count"] for one in found["facets"]["attitude"]["values"] if one["value"] == code]
        assert [written(one) for one in counts] == [rows[key] for key in [("态度", name)] if key in rows]

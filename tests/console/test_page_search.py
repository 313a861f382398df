"""The search page as somebody reads it: the box, what is wrong with a query, chips, numbers, copies, saved searches."""

from __future__ import annotations

import csv
import io
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from consoles import Visitor
from county import ACCUSED, COMPENSATION, DUST, CountyOffice
from hypothesis import given
from hypothesis import strategies as st
from letters import MONDAY
from offices import office_in
from openpyxl import load_workbook
from opinions import ROAD as ROAD_PROJECT
from opinions import opinion
from roads import ROAD, enter

from api.app import create_app
from api.console.conditions import FIELDS, added, condition, conditions, removed
from api.notices import notify
from index.query import And, parse
from models.taxonomy import taxonomy
from pipeline.saved import match_new
from pipeline.vocabulary import codes

SEARCH = f"{ROAD}/search"
LATER = MONDAY + timedelta(days=401)
"""When the last text had come in."""


def titles(page: Any) -> list[str]:
    return ["".join(one.itertext()).strip() for one in page.select(".hit-title")]


def test_what_is_found_is_marked_and_opens_at_its_place(county: CountyOffice):
    page = enter(county).page(SEARCH, q="粉尘")
    assert len(page.select(".hit")) == 2 == len(titles(page))
    assert {mark.text_content() for mark in page.select(".hit mark")} == {"粉尘"}
    address, _, anchor = next(link for link in page.links() if "/texts/" in link).partition("#")
    opened = enter(county).page(address)
    assert opened.select(f"#{anchor}")[0].text_content() == "粉尘"


def test_the_page_says_how_it_understood_the_query(county: CountyOffice):
    page = enter(county).page(SEARCH, q="(补偿 或 粉尘) -态度:正面")
    tree = page.select("#reading")[0].text_content()
    for said in ("以下条件同时满足", "以下条件满足其一", "文中有“补偿”", "排除", "态度：正面"):
        assert said in tree
    part = enter(county).get(f"{SEARCH}/reading", params={"q": "补偿"}, headers={"HX-Request": "true"})
    assert part.status_code == 200 and "文中有“补偿”" in part.text and "<html" not in part.text


@pytest.mark.parametrize(
    ("typed", "place", "said"),
    [
        ("补偿 (粉尘", 4, "括号没有成对"),
        ("“补偿", 1, "引号没有成对"),
        ("补*", 2, "不支持通配符"),
        ("天气:晴", 1, "没有“天气”这个字段"),
        ("补偿 因素:很大的灰", 7, "没有“很大的灰”这个取值"),
        ("时间:2026-13", 4, "不是有效日期"),
        ("作者:某某", 1, "不能按发布者、来信人或账号检索"),
    ],
)
def test_a_query_that_cannot_be_read_is_shown_with_its_place(county: CountyOffice, typed: str, place: int, said: str):
    page = enter(county).page(SEARCH, 400, q=typed)
    problem = page.select(".query-problem")[0]
    assert said in problem.text_content() and f"第 {place} 个字符处" in problem.text_content()
    assert problem.cssselect("mark")[0].text_content() == typed[place - 1]
    assert page.select("#q")[0].get("value") == typed and not page.select(".hit")
    part = enter(county).get(f"{SEARCH}/reading", params={"q": typed})
    assert part.status_code == 200 and said in part.text


@pytest.mark.parametrize("query", ["author=x", "sort=author", "by=author", "voice=1", "sort=voices"])
def test_nobody_searches_sorts_or_groups_by_person(county: CountyOffice, query: str):
    assert enter(county).get(f"{SEARCH}?{query}").status_code == 400
    shown = enter(county).page(SEARCH).text
    assert not any(word in shown for word in ("作者", "昵称", "账号排序"))


def test_a_chip_narrows_excludes_and_is_taken_away(county: CountyOffice):
    visitor = enter(county)
    page = visitor.page(SEARCH)
    rows = {link.text_content(): link for link in page.select(".facet li > a:first-child")}
    narrowed = visitor.page(SEARCH + rows["负面"].get("href") if rows["负面"].get("href")[0] == "?" else "")
    assert "负面" in "".join(e.text_content() for e in narrowed.select(".chips"))
    [without] = [a.get("href") for a in narrowed.select(".chips a[title]")]
    assert len(visitor.page(without).select(".hit")) == len(page.select(".hit"))
    excluded = visitor.page(SEARCH, q="-态度:负面")
    assert [e.text_content() for e in excluded.select(".chip-exclude .chip-text")] == ["态度：负面"]
    assert len(excluded.select(".hit")) == 1


CHIPS = st.tuples(
    st.sampled_from(["", "补偿", "补偿 或 粉尘", "“补偿 标准”~5 -粉尘", "(征地 或 拆迁) 补偿", "title:补偿"]),
    st.sampled_from(
        [("factor", DUST), ("factor", COMPENSATION), ("attitude", "negative"), ("source_kind", "weibo"),
         ("genre", "reply"), ("county", "439921"), ("escalation", "3")]
        + [("stakeholder", code) for code in sorted(taxonomy().stakeholders)[:5]]
        + [("category", code) for code in sorted(taxonomy().categories)]
    ),
    st.booleans(),
    st.sampled_from(["zh", "en"]),
)  # fmt: skip


@given(CHIPS)
def test_a_condition_that_is_added_is_there_and_one_that_is_taken_away_is_gone(chip: Any):
    typed, (facet, value), excluded, language = chip
    longer = added(typed, facet, value, language, excluded=excluded)
    mine = condition(facet, value, excluded=excluded)
    assert mine in conditions(parse(longer, codes()))
    before = parse(typed, codes())
    left = removed(longer, mine)
    assert parse(left, codes()) == before
    assert isinstance(parse(longer, codes()), And) or not typed
    assert FIELDS[facet][0] == mine.part.field


def test_numbers_of_few_are_not_told_and_sealed_texts_are_not_there(county: CountyOffice):
    page = enter(county).page(SEARCH, q="粉尘")
    assert "找到 <5 条文本" in page.text and "不同声音不足" in page.text
    assert page.select("svg") is not None and "截留青苗费" not in enter(county).page(SEARCH).html
    assert "没有找到文本" in enter(county).page(SEARCH, q=ACCUSED[:6]).text


def test_nothing_found_says_what_that_means_and_what_to_do(county: CountyOffice):
    page = enter(county).page(SEARCH, q="核电站")
    assert "没有找到不等于没有这类诉求" in page.text
    assert {SEARCH, f"{ROAD}/coverage"} <= set(page.links())


def test_meaning_is_offered_where_it_is_on_and_its_absence_is_explained(county: CountyOffice):
    page = enter(county).page(SEARCH)
    assert not page.select("input[name=mode]") and "semantic = true" in page.text
    similar = enter(county).page(f"{ROAD}/texts/x/similar")
    assert "按意思检索未启用" in similar.text


def test_with_meaning_other_words_are_found_and_said_to_be(tmp_path: Path):
    with office_in(tmp_path / "office", ROAD_PROJECT, semantic=True) as office:
        office.import_texts([
            "半夜放炮|青石坳采石场进场道路工程夜里放炮，老人睡不着。",
            "施工太吵|青石坳采石场进场道路工程凌晨爆破，孩子没法休息。",
        ])  # fmt: skip
        office.work()
        visitor = Visitor(create_app(office))
        office.store.add_account("reader", "reader", "assessor")
        token = office.store.begin_session("reader")
        visitor.cookies.set("minyi-session", token, "console.test")
        office.store.choose_purpose(token, ROAD_PROJECT.id, "risk_identification")
        page = visitor.page(SEARCH, q="放炮", mode="hybrid", sort="newest", collapse="yes")
        assert titles(page) == ["半夜放炮", "施工太吵"] and "按意思找到，不计数" in page.text
        assert page.select("input[name=mode][checked]") and "找到 <5 条文本" in page.text
        similar = visitor.page(next(link for link in page.links() if "/similar" in link))
        assert titles(similar) == ["施工太吵"]
        opened = visitor.page(next(link for link in similar.links() if "/texts/" in link and "similar" not in link))
        assert any("/similar" in link for link in opened.links())


def test_dates_narrow_and_stand_in_the_form_again(county: CountyOffice):
    day = (MONDAY + timedelta(days=8)).date().isoformat()
    page = enter(county).page(SEARCH, since=day, until=day, q="")
    assert len(page.select(".hit")) == 2
    assert [page.select(f"input[name={name}]")[0].get("value") for name in ("since", "until")] == [day, day]
    assert enter(county).get(f"{SEARCH}?since=gestern").status_code == 400


def test_the_histogram_can_be_dragged_over(county: CountyOffice):
    brush = enter(county).page(SEARCH).select("[data-brush=search-form]")
    assert brush and brush[0].get("data-days").split()[0][:2] == "20"


def test_pages_follow_each_other_until_the_end(county: CountyOffice):
    more = [opinion(f"石料车第{n}趟又撒在路口，没人扫。", (DUST, "撒在路口", 0.8), number=n, day=15) for n in range(30)]
    county.hear(*more)
    visitor, seen, page = enter(county), [], None
    address = f"{SEARCH}?q=撒在路口"
    for _ in range(5):
        page = visitor.page(address)
        seen += [link.get("href").split("?")[0] for link in page.select(".hit-title a")]
        following = page.select("a[rel=next]")
        if not following:
            break
        address = following[0].get("href")
    assert len(seen) == len(set(seen)) == 30 and "第 21–30 条" in page.text
    assert visitor.get(f"{SEARCH}?after=broken").status_code == 303


def test_a_search_is_saved_run_and_forgotten(county: CountyOffice):
    county.store.clock = lambda: LATER
    visitor = enter(county)
    visitor.submit(f"{SEARCH}?q=粉尘", f"{ROAD}/saved-searches", name="扬尘")
    page = visitor.page(f"{ROAD}/saved-searches")
    assert "已保存检索“扬尘”" in page.text and "文中有“粉尘”" in page.text
    [number] = [e.text_content().strip() for e in page.select("td.number")]
    assert number == "0"
    assert len(visitor.page(SEARCH, saved="扬尘").select(".hit")) == 2
    visitor.submit(f"{ROAD}/saved-searches", f"{ROAD}/saved-searches/forget")
    assert "还没有保存的检索" in visitor.page(f"{ROAD}/saved-searches").text


def test_what_is_new_since_one_looked_is_counted_without_telling_of_few(county: CountyOffice):
    county.store.clock = lambda: LATER
    visitor = enter(county)
    visitor.submit(f"{SEARCH}?q=粉尘", f"{ROAD}/saved-searches", name="扬尘")
    late = [opinion(f"第{n}户窗台上又是一层粉尘。", (DUST, "粉尘", 0.8), number=n, day=18) for n in range(6)]

    def arrived(one: Any) -> Any:
        document = one.document.model_copy(update={"collected_at": LATER + timedelta(minutes=1)})
        return type(one)(document, one.analysis, one.link)

    new = "td.number .figure"
    county.hear(arrived(late[0]))
    assert visitor.page(f"{ROAD}/saved-searches").select(new)[0].text_content() == "≥1"
    county.hear(*map(arrived, late[1:]))
    shown = visitor.page(f"{ROAD}/saved-searches").select(new)[0].text_content()
    assert shown.startswith("≥")  # those that were there before are few: six would tell that they are two of eight
    county.store.clock = lambda: LATER + timedelta(minutes=2)
    visitor.page(SEARCH, saved="扬尘")
    assert visitor.page(f"{ROAD}/saved-searches").select(new)[0].text_content() == "0"


def test_a_saved_search_is_watched_and_what_is_new_stands_on_the_alert_page_until_one_looks(county: CountyOffice):
    county.store.clock = lambda: LATER
    visitor, kept = enter(county), f"{ROAD}/saved-searches"
    visitor.submit(f"{SEARCH}?q=粉尘", kept, name="扬尘", watch="true")
    assert "已关注" in visitor.page(kept).text and "关注的检索有新增" not in visitor.page("/incidents").text
    county.hear(opinion("窗台上又是一层粉尘。", (DUST, "粉尘", 0.8), number=7, day=18))
    match_new(county.store)
    county.store.clock = lambda: LATER + timedelta(minutes=1)
    notify(county.office)
    inbox = visitor.page("/incidents")
    [row] = inbox.select("#news a")
    assert row.text_content() == "扬尘" and inbox.select("#news .figure")[0].text_content() == "≥1"
    assert "窗台" not in inbox.html and "窗台" not in visitor.page(kept).html
    county.store.clock = lambda: LATER + timedelta(minutes=2)
    visitor.page(row.get("href"))
    assert not visitor.page("/incidents").select("#news")
    visitor.submit(kept, f"{kept}/unwatch")
    assert "未关注" in visitor.page(kept).text and county.store.search_watches() == []
    visitor.submit(kept, f"{kept}/watch")
    assert len(county.store.search_watches()) == 1


@pytest.mark.parametrize(("name", "q"), [("", "粉尘"), ("扬尘", "电话13812345678"), ("扬尘", "补偿 (")])
def test_what_may_not_be_kept_is_said_and_not_kept(county: CountyOffice, name: str, q: str):
    visitor = enter(county)
    answer = visitor.post_form(f"{ROAD}/saved-searches", {"name": name, "q": q})
    assert answer.status_code == 303 and answer.headers["location"].startswith(SEARCH)
    assert county.store.saved_searches() == []


def test_a_search_that_cannot_be_watched_is_not_kept_when_it_was_to_be_watched(county: CountyOffice):
    visitor, long = enter(county), " OR ".join(f"词{n}语" for n in range(198))
    answer = visitor.post_form(f"{ROAD}/saved-searches", {"name": "太多", "q": long, "watch": "true"})
    assert answer.status_code == 303 and answer.headers["location"].startswith(SEARCH)
    assert county.store.saved_searches() == [] and county.store.search_watches() == []
    visitor.post_form(f"{ROAD}/saved-searches", {"name": "太多", "q": long})
    assert len(county.store.saved_searches()) == 1


def test_dates_of_a_search_are_kept_with_it(county: CountyOffice):
    visitor = enter(county)
    day = (MONDAY + timedelta(days=8)).date().isoformat()
    visitor.post_form(f"{ROAD}/saved-searches", {"name": "那天", "q": "", "since": day, "until": day})
    assert len(visitor.page(SEARCH, saved="那天").select(".hit")) == 2


def rows_of(answer: Any) -> list[list[str]]:
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_no_cell_of_an_export_is_a_formula(county: CountyOffice):
    said = '=HYPERLINK("http://x","补偿")+@SUM(1)-1 粉尘落在谷子上'
    county.hear(*[opinion(f"{said}{n}", (DUST, "粉尘", 0.9), number=n, day=15) for n in range(6)])
    visitor = enter(county)
    for table in ("texts", "facets", "timeline"):
        rows = rows_of(visitor.get(f"{SEARCH}/export", params={"form": "csv", "table": table, "q": "粉尘"}))
        assert len(rows) > 1
        assert not any(cell[:1] in set("=+-@\t\r＝＋－＠") for row in rows for cell in row)
    book = load_workbook(io.BytesIO(visitor.get(f"{SEARCH}/export", params={"q": "粉尘"}).content))
    assert all(cell.data_type != "f" for sheet in book for line in sheet.iter_rows() for cell in line)


def test_who_may_not_export_is_offered_nothing(county: CountyOffice):
    assert any("/export" in link for link in enter(county).page(SEARCH).links())
    assert enter(county, "platform").get(f"{SEARCH}/export").status_code == 403


def test_html_and_characters_that_nobody_sees_are_shown_and_not_run(county: CountyOffice):
    county.hear(
        opinion(
            "<script>alert(1)</script><img src=x onerror=alert(2)> 粉尘\u202e很大\u200b", (DUST, "粉尘", 0.9), day=3
        )
    )
    page = enter(county).page(SEARCH, q="onerror")
    assert not page.select(".hit img") and not page.select(".hit script")
    assert "<script>alert(1)" in page.text
    assert [e.text_content() for e in page.select(".hit .unseen")] == ["RLO", "ZWSP"]
    typed = enter(county).page(SEARCH, 400, q='"><script>x</script>')
    assert not typed.select("main script")

"""Every macro, on one page: what somebody sees, hears and can do with it."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from gallery import TEXT, gallery
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from api.charts import Bar, bar_of
from api.console import formats
from api.console.charts import Charts
from api.console.csv_files import harmless
from api.console.environment import TEMPLATES, environment
from api.console.passages import RANK, Passage, highlighted
from api.policy import Figure


@pytest.fixture(scope="module")
def page() -> html.HtmlElement:
    return html.fromstring(gallery(errors=True))


def words_of(element: html.HtmlElement) -> str:
    return " ".join(element.text_content().split())


def test_a_page_says_where_one_is_and_whose_purpose_it_serves(page: html.HtmlElement):
    assert page.get("lang") == "zh-CN"
    assert page.cssselect("a.skip")[0].get("href") == "#main" and page.get_element_by_id("main") is not None
    assert [words_of(one) for one in page.cssselect(".crumbs li")] == ["项目", "青石桥改造工程"]
    assert words_of(page.cssselect(".tabs [aria-current]")[0]) == "风险点"
    assert "使用目的：风险识别" in words_of(page.cssselect(".purpose")[0])
    assert "线索，不是结论" in words_of(page.cssselect("footer.app-footer")[0])
    assert len(page.cssselect("h1")) == 1


def test_navigation_is_that_of_the_role(page: html.HtmlElement):
    links = {one.get("href") for one in page.cssselect(".app-nav a")}
    assert {"/projects", "/board", "/dispatches"} <= links and not {"/audit", "/admin/keys"} & links


def test_a_card_shows_bounds_never_what_is_hidden(page: html.HtmlElement):
    first, _, few, sealed, removed = page.cssselect(".card")
    assert "独立声音8–11" in words_of(first) and "支持证据 14" in words_of(first)
    assert "<5" in words_of(few) and "声音数不足，不显示原文" in words_of(few)
    assert not few.cssselect(".g-for, .quote")
    assert "检举控告" in words_of(sealed) and not sealed.cssselect("a, .quote, .gauge")
    assert "已移除" in words_of(removed)


def test_every_badge_has_a_word_and_a_sign(page: html.HtmlElement):
    for badge in page.cssselect(".badge:not(.badge-outline)"):
        assert words_of(badge) and badge.cssselect("svg use")


def test_signs_that_are_used_are_drawn(page: html.HtmlElement):
    drawn = set(re.findall(r'id="([\w-]+)"', (TEMPLATES.parent / "static" / "icons.svg").read_text("utf-8")))
    assert {use.get("href").split("#")[1] for use in page.cssselect("use")} <= drawn


def test_every_field_has_its_label_and_its_error(page: html.HtmlElement):
    for field in page.cssselect("main input:not([type=hidden]), main select, main textarea"):
        named = page.cssselect(f'label[for="{field.get("id")}"]') if field.get("id") else []
        assert named or any(one.tag == "label" for one in field.iterancestors())
    wrong = page.get_element_by_id("f-reason")
    assert wrong.get("aria-invalid") == "true" and "e-reason" in wrong.get("aria-describedby")
    assert page.cssselect('.errors a[href="#f-reason"]')


def test_every_form_that_acts_carries_the_token(page: html.HtmlElement):
    for form in page.cssselect('form[method="post"]'):
        assert form.cssselect('input[name="csrf"]'), form.get("action")


def test_tables_have_heads_and_scroll_within_the_page(page: html.HtmlElement):
    for table in page.cssselect("main table"):
        assert table.cssselect("thead th[scope=col]")
        frame = table.getparent()
        assert "table-scroll" in frame.get("class") and frame.get("tabindex") == "0" and frame.get("aria-label")


def test_nothing_is_styled_or_scripted_inline(page: html.HtmlElement):
    assert not page.xpath("//*[@style]") and not page.cssselect("style")
    assert all(script.get("src") for script in page.cssselect("script"))
    assert not page.xpath("//@*[starts-with(name(), 'on')]")


def test_ids_are_unique(page: html.HtmlElement):
    ids = page.xpath("//*[not(ancestor-or-self::*[local-name()='svg'])]/@id")
    assert len(ids) == len(set(ids))


def test_the_same_page_in_english_has_english_words_of_the_parts():
    page = html.fromstring(gallery("en"))
    assert page.get("lang") == "en" and words_of(page.cssselect("h1")[0]) == "Stone Bridge"


def test_a_text_keeps_every_character_when_it_is_marked():
    shown = highlighted(TEXT, [Passage(0, 5, "place", "p1"), Passage(3, 12, "for"), Passage(3, 5, "number")])
    assert html.fromstring(f"<p>{shown}</p>").text_content() == TEXT
    assert 'data-kinds="for place number"' in shown and shown.count('id="p1"') == 1


@given(st.text(min_size=1, max_size=60), st.data())
def test_marks_never_let_markup_through_and_never_lose_text(text: str, data: st.DataObject):
    spans = data.draw(st.lists(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)), st.sampled_from(RANK))))
    shown = highlighted(text, [(a, b, kind) for a, b, kind in spans if a < b])
    left = re.sub(r'<span class="unseen" title="U\+([0-9A-F]{4,6})">[^<]*</span>', lambda m: chr(int(m[1], 16)), shown)
    plain = re.sub(r"</?mark[^>]*>", "", left)
    assert "<" not in plain.replace("&lt;", "")
    assert plain == str(formats.escape(text))


def test_characters_that_nobody_sees_are_shown():
    shown = str(formats.visible("补偿\u202e标准\u200b<b>"))
    assert ">RLO</span>" in shown and ">ZWSP</span>" in shown and "&lt;b&gt;" in shown and "\u202e" not in shown


def test_counts_are_written_as_they_may_be_shown():
    written = [formats.figure(one) for one in (Figure("less_than", 5), {"at_least": 12}, {"value": 1234}, 0, None)]
    assert written == ["<5", "≥12", "1,234", "0", "—"]
    assert [formats.voices(one) for one in ({"low": 8, "high": 11}, {"low": 8, "high": 8}, {"less_than": 5})] == [
        "8–11", "8", "<5",
    ]  # fmt: skip
    assert [formats.percent(one) for one in (0.0, 0.001, 0.374, 0.999, 1.0, None)] == [
        "0%", "<1%", "37%", ">99%", "100%", "—",
    ]  # fmt: skip


def test_days_are_those_of_shanghai_in_both_languages():
    assert formats.moment("2026-11-26T16:05:00+00:00") == "2026年11月27日 00:05"
    assert formats.moment("2026-11-26T16:05:00+00:00", "en") == "27 Nov 2026, 00:05"
    assert [formats.day(one) for one in ("2026", "2026-11", date(2026, 11, 27))] == [
        "2026年",
        "2026年11月",
        "2026年11月27日",
    ]
    assert formats.day("2026-11", "en") == "Nov 2026"
    assert formats.period(date(2026, 9, 12), date(2026, 11, 20)) == "2026年9月12日–11月20日"
    assert formats.period(date(2025, 9, 12), date(2026, 1, 2), "en") == "12 Sep 2025 – 2 Jan 2026"


def test_bounds_gaps_and_small_numbers_are_told_apart_in_a_chart():
    first = date(2026, 9, 7)
    figures = (Figure("exact", 12), Figure("at_least", 22), Figure("less_than", 5), None)
    bars = [bar_of(first + timedelta(weeks=at), count) for at, count in enumerate(figures)]
    drawn = Charts("zh").volume([*bars, Bar(first + timedelta(weeks=4), "exact", 9, (10.0, 4, 18))])
    assert [line[1] for line in drawn.lines] == ["12", "≥22", "<5", "未读取", "9"]
    assert {shape for shape, _ in drawn.keys} == {"main", "bound", "few", "gap", "band", "expected"}
    assert "url(#h" in drawn.svg and 'data-fill="bound"' in drawn.svg and 'stroke-dasharray="2,2"' in drawn.svg
    assert not re.search(r"[\u2e80-\u9fff]|style=|<script", drawn.svg)
    assert "最高 ≥22" in drawn.alt


def test_a_cell_that_a_spreadsheet_would_run_is_text():
    assert [harmless(one) for one in ("=1+1", " +x", "@SUM(A1)", "-2", "≥22", "<5", "＝cmd")] == [
        "'=1+1", "' +x", "'@SUM(A1)", "-2", "≥22", "<5", "'＝cmd",
    ]  # fmt: skip


def test_a_name_that_was_not_given_is_an_error():
    with pytest.raises(Exception, match="undefined"):
        environment("zh").from_string("{{ nothing_here }}").render()


def test_a_field_without_an_error_needs_no_entry_for_it():
    source = """{% from "macros/form.html" import field, textarea, select, radios %}
    {% for errors in ({}, none) %}{{ field("a", "甲", error=errors.a) }}{{ textarea("b", "乙", error=errors.b) }}
    {{ select("c", "丙", [], error=errors.c) }}{{ radios("d", "丁", [("x", "某")], error=errors.d) }}{% endfor %}"""
    page = html.fromstring(f"<div>{environment('zh').from_string(source).render()}</div>")
    assert len(page.cssselect("input")) == 4 and not page.cssselect("[aria-invalid], .error")

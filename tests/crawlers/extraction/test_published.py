from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from date_pages import DATE_PAGES, FETCHED_AT, TITLE
from hypothesis import given
from hypothesis import strategies as st

from crawlers.extraction import extract
from crawlers.extraction.moments import moment_of, moments_in
from crawlers.windows import BEIJING

NOW = datetime.fromisoformat(FETCHED_AT)


def published(html: str, url: str | None = None, now: datetime = NOW) -> str | None:
    moment = extract(html, url=url, fetched_at=now).published_at
    return moment.isoformat() if moment else None


def test_the_time_of_publication_is_right_on_98_of_100_pages() -> None:
    assert len({page.name for page in DATE_PAGES}) == len(DATE_PAGES) >= 60
    wrong = [(page.name, found) for page in DATE_PAGES if (found := published(page.html, page.url)) != page.right]
    assert len(wrong) <= len(DATE_PAGES) * 0.02, wrong


def test_the_headline_of_every_such_page_is_found() -> None:
    assert {extract(page.html, fetched_at=NOW).title for page in DATE_PAGES} == {TITLE}


@given(
    shown=st.sampled_from([page.html for page in DATE_PAGES]),
    now=st.datetimes(datetime(2024, 1, 1), datetime(2028, 1, 1)).map(lambda moment: moment.replace(tzinfo=BEIJING)),
)
def test_nothing_is_published_after_it_was_fetched(shown: str, now: datetime) -> None:
    moment = extract(shown, fetched_at=now).published_at
    assert moment is None or moment.value <= now


@given(st.datetimes(datetime(2000, 1, 1), datetime(2026, 1, 15)))
def test_every_way_to_write_a_minute_means_the_same(moment: datetime) -> None:
    moment = moment.replace(second=0, microsecond=0, tzinfo=BEIJING)
    half = "下午" if moment.hour >= 12 else "上午" if moment.hour >= 6 else "凌晨"
    for shown in (
        f"{moment:%Y-%m-%d %H:%M}", f"{moment:%Y/%m/%d %H:%M}", f"{moment:%Y.%m.%d %H:%M}", f"{moment:%Y年%m月%d日 %H:%M}",
        f"{moment.year}年{moment.month}月{moment.day}日{moment.hour}时{moment.minute:02}分", moment.isoformat(),
        f"{moment:%Y-%m-%d} {half}{(moment.hour - 1) % 12 + 1}:{moment.minute:02}",
        (moment - timedelta(hours=8)).strftime("%Y-%m-%dT%H:%M:00Z"), moment.strftime("%a, %d %b %Y %H:%M:00 +0800"),
    ):  # fmt: skip
        found = moment_of(shown, NOW)
        assert found is not None, shown
        assert found.value == moment, shown


@pytest.mark.parametrize(
    "text", ["今日必读", "星期四报告说", "1月32日", "电话010-12-25", "第2026-13-01号", "12:30", "前天气转凉"]
)
def test_words_that_only_look_like_a_time_are_none(text: str) -> None:
    assert moments_in(text, NOW) == []


@given(st.text(alphabet="0123456789年月日时分秒前天周星期:-/ 上下午今昨刚三十半小个T+Z", max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    for moment in moments_in(text, NOW):
        assert 0 <= moment.start < moment.end <= len(text)
        assert moment.value <= NOW

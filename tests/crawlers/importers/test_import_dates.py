from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.importers.dates import BEIJING, DateUnreadable, moment_of

TODAY = datetime(2024, 3, 1, 12, 0, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2023年5月6日 上午9:30", "2023-05-06T09:30:00"),
        ("2023年5月6日下午3点半", "2023-05-06T15:30:00"),
        ("2023年5月6日（星期六）晚上8时05分", "2023-05-06T20:05:00"),
        ("2023年5月6日中午12:10", "2023-05-06T12:10:00"),
        ("2023年5月6日凌晨12:10", "2023-05-06T00:10:00"),
        ("2023/5/6", "2023-05-06T00:00:00"),
        ("2023.5.6", "2023-05-06T00:00:00"),
        ("2023-05-06 9:30:15", "2023-05-06T09:30:15"),
        ("2023/5/6 9:30:15 PM", "2023-05-06T21:30:15"),
        ("20230506", "2023-05-06T00:00:00"),
        (20230506, "2023-05-06T00:00:00"),
        ("20230506093015", "2023-05-06T09:30:15"),
        ("２０２３年５月６日", "2023-05-06T00:00:00"),
        ("二〇二三年五月六日", "2023-05-06T00:00:00"),
        ("二○二三年十二月二十一日", "2023-12-21T00:00:00"),
        ("2023-05-06T01:30:00Z", "2023-05-06T09:30:00"),
        ("2023-05-06T01:30:00.123+00:00", "2023-05-06T09:30:00"),
        ("Sat May 06 09:30:00 +0800 2023", "2023-05-06T09:30:00"),
        ("Sat, 06 May 2023 01:30:00 GMT", "2023-05-06T09:30:00"),
        (45052, "2023-05-06T00:00:00"),
        (45052.395833333336, "2023-05-06T09:30:00"),
        ("45052", "2023-05-06T00:00:00"),
        (1683336600, "2023-05-06T09:30:00"),
        (1683336600000, "2023-05-06T09:30:00"),
        (datetime(2023, 5, 6, 9, 30), "2023-05-06T09:30:00"),
        (datetime(2023, 5, 6, 1, 30, tzinfo=UTC), "2023-05-06T09:30:00"),
    ],
)
def test_a_date_is_read_as_offices_write_it_in_beijing_time(written: object, meant: str) -> None:
    moment = moment_of(written, TODAY)
    assert moment is not None
    assert moment.replace(tzinfo=None) == datetime.fromisoformat(meant)
    assert moment.utcoffset() == timedelta(hours=8)


@pytest.mark.parametrize(
    ("written", "why"),
    [
        ("20191年3月4日", "impossible year"),
        ("20191-03-04", "impossible year"),
        ("1986-03-04", "impossible year"),
        (datetime(1986, 3, 4), "before 1990"),
        ("2024-03-03", "future"),
        ("2023-02-30", "does not exist"),
        ("2023-05-06 25:61", "does not exist"),
        ("5月6日", "no year"),
        ("2023年5月", "no day"),
        ("5/6/2023", "which number is the year"),
        ("3分钟前", "relative"),
        ("待定", "cannot|can be read"),
        (7, "no date"),
        (True, "not a date"),
        ("2023-05-06 09:30+99:00", "zone"),
        ("二〇二三年十十一月一日", "does not exist"),
        ("二〇二三年元元月", "does not exist"),
        ("二〇二三年一元月", "does not exist"),
        ("二〇二三年五月十二十日", "does not exist"),
        ("2023年5月6日" + " " * 5_000 + "吧", "can be read"),
        ("2023-05-06" + "T ," * 5_000 + "吧", "can be read"),
    ],
)
def test_a_date_that_cannot_be_is_refused_without_repeating_it(written: object, why: str) -> None:
    with pytest.raises(DateUnreadable, match=why) as refused:
        moment_of(written, TODAY)
    assert str(written) not in str(refused.value)


@pytest.mark.parametrize("empty", [None, "", "  ", "-", "无", "NULL"])
def test_an_empty_date_is_no_date(empty: object) -> None:
    assert moment_of(empty, TODAY) is None


def test_tomorrow_is_still_taken_since_clocks_differ() -> None:
    assert moment_of("2024-03-02 23:59", TODAY) is not None


_SPELLINGS = [
    "{0.year}年{0.month}月{0.day}日 {0.hour}:{0.minute:02}:{0.second:02}",
    "{0.year}/{0.month}/{0.day} {0.hour:02}:{0.minute:02}:{0.second:02}",
    "{0.year}.{0.month:02}.{0.day:02} {0.hour}时{0.minute}分{0.second}秒",
    "{0:%Y-%m-%dT%H:%M:%S}",
    "{0:%Y%m%d%H%M%S}",
    "{0:%Y%m%d %H:%M:%S}",
]
_MOMENTS = st.datetimes(datetime(1990, 1, 1), datetime(2024, 2, 29)).map(lambda moment: moment.replace(microsecond=0))


@given(_MOMENTS, st.sampled_from(_SPELLINGS))
def test_every_spelling_of_a_moment_is_read_back(moment: datetime, spelling: str) -> None:
    assert moment_of(spelling.format(moment), TODAY) == moment.replace(tzinfo=BEIJING)


@given(_MOMENTS)
def test_an_excel_serial_day_is_read_back_to_the_second(moment: datetime) -> None:
    days = (moment - datetime(1899, 12, 30)) / timedelta(days=1)
    assert moment_of(days, TODAY) == moment.replace(tzinfo=BEIJING)


@given(_MOMENTS, st.sampled_from(["UTC", "Asia/Tokyo", "Europe/Paris"]))
def test_a_moment_with_its_zone_is_the_same_moment(moment: datetime, zone: str) -> None:
    there = moment.replace(tzinfo=ZoneInfo("Asia/Shanghai")).astimezone(ZoneInfo(zone))
    offset = there.strftime("%z")
    if len(offset) == 5 and there.year >= 1990:
        assert moment_of(there.strftime("%Y-%m-%dT%H:%M:%S") + offset, TODAY) == there


_NEARLY_DATES = st.text("〇零二三年月日号元十一 T,:时点分半下午上晚2023-+", max_size=30)


@given(st.text(max_size=30) | _NEARLY_DATES | _NEARLY_DATES.map("二〇二三年{}".format))
def test_any_text_is_a_moment_or_a_clear_refusal(text: str) -> None:
    try:
        moment = moment_of(text, TODAY)
    except DateUnreadable as refused:
        assert str(refused)
    else:
        assert moment is None or moment.year >= 1990

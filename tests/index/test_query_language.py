"""What assessors type is read as they mean it, in ASCII or full width, in English or Chinese."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import QueryError
from index.query import All, And, Near, Not, Or, Query, Range, Term, Text, Words, guarded, parse, render
from index.query.names import CLOSED

BEIJING = timezone(timedelta(hours=8))


def day(year: int, month: int, number: int) -> datetime:
    return datetime(year, month, number, tzinfo=BEIJING)


def text(*strings: str) -> tuple[Text, ...]:
    return tuple(map(Text, strings))


@pytest.mark.parametrize(
    ("typed", "query"),
    [
        ("征地 OR 拆迁", Or(text("征地", "拆迁"))),
        ("征地 或 拆迁", Or(text("征地", "拆迁"))),
        ("征地 或者 拆迁", Or(text("征地", "拆迁"))),
        ("“征地”或“拆迁”", Or(text("征地", "拆迁"))),
        ("（征地）或（拆迁）", Or(text("征地", "拆迁"))),
        ("征地 且 拆迁", And(text("征地", "拆迁"))),
        ("征地 AND 拆迁", And(text("征地", "拆迁"))),
        ("征地，补偿、青苗", And(text("征地", "补偿", "青苗"))),
        ("，", Text("，")),
        ("非法集资 或者说", And(text("非法集资", "或者说"))),
        ("or and not", And(text("or", "and", "not"))),
        ("-征地", Not(Text("征地"))),
        ("－征地", Not(Text("征地"))),
        ("NOT 征地", Not(Text("征地"))),
        ("非 征地", Not(Text("征地"))),
        ("非（征地）", Not(Text("征地"))),
        ("NOT NOT 征地", Text("征地")),
        ("a-b", Text("a-b")),
        ("a OR b c", Or((Text("a"), And(text("b", "c"))))),
        ("(a OR b) c", And((Or(text("a", "b")), Text("c")))),
        ("（a 或 b）c", And((Or(text("a", "b")), Text("c")))),
        ("a (b c) d", And(text("a", "b", "c", "d"))),
        ("-(a OR b)", Not(Or(text("a", "b")))),
        ("「a b」『c d』", And(text("a b", "c d"))),
        ("「他说“好”」", Text("他说“好”")),
        ('"补偿 标准"~5', Near("补偿", "标准", 5)),
        ("“补偿　标准”～５", Near("补偿", "标准", 5)),
        ("http://a.cn/b 8:30", And(text("http://a.cn/b", "8:30"))),
        ("factor:dust", Term("factors", ("dust",))),
        ("FACTOR:dust", Term("factors", ("dust",))),
        ("ｆａｃｔｏｒ：dust", Term("factors", ("dust",))),
        ("因素： dust", Term("factors", ("dust",))),
        ("factor:(dust OR noise 或 smell)", Term("factors", ("dust", "noise", "smell"))),
        ("factor:(dust OR noise)", Term("factors", ("dust", "noise"))),
        ("态度:负面", Term("attitude", ("negative",))),
        ("attitude:Negative", Term("attitude", ("negative",))),
        ("体裁:答复", Term("genre", ("reply",))),
        ("source:weibo", Or((Term("source_kind", ("weibo",)), Term("source", ("weibo",))))),
        ("来源:热线", Or((Term("source_kind", ("hotline",)), Term("source", ("热线",))))),
        ("来源:晨报", Term("source", ("晨报",))),
        ("source_kind:weibo", Term("source_kind", ("weibo",))),
        ("地点:泉塘街道", Term("places", ("泉塘街道",))),
        ('place:"清河 湾"', Term("places", ("清河 湾",))),
        ("地区:990206", Term("region_codes", ("990206",))),
        ("群体:villagers", Term("stakeholder_groups", ("villagers",))),
        ("诉求:是", Term("is_grievance", (True,))),
        ("first:no", Term("is_origin", (False,))),
        ("project:ring-road", Term("project_ids", ("ring-road",))),
        ("标题:补偿", Text("补偿", "title")),
        ('title:"补偿 标准"', Text("补偿 标准", "title")),
        ("相似:补偿标准", Words("补偿标准", 0.3)),
        ("escalation:2", Term("escalation", (2,))),
        ("escalation:>=2", Range("escalation", ge=2)),
        ("激化：＞＝２", Range("escalation", ge=2)),
        ("escalation:≥2", Range("escalation", ge=2)),
        ("escalation:>2", Range("escalation", gt=2)),
        ("escalation:<=2", Range("escalation", le=2)),
        ("escalation:<2", Range("escalation", lt=2)),
        ("escalation:[1 TO 3]", Range("escalation", ge=1, le=3)),
        ("escalation:{1 TO 3}", Range("escalation", gt=1, lt=3)),
        ("escalation:[1 TO *]", Range("escalation", ge=1)),
        ("published:2026-01-31", Range("published_at", ge=day(2026, 1, 31), lt=day(2026, 2, 1))),
        ("时间:2026年1月31日", Range("published_at", ge=day(2026, 1, 31), lt=day(2026, 2, 1))),
        ("published:2026/1/31", Range("published_at", ge=day(2026, 1, 31), lt=day(2026, 2, 1))),
        ("时间：２０２６－０２", Range("published_at", ge=day(2026, 2, 1), lt=day(2026, 3, 1))),
        ("时间:2026年12月", Range("published_at", ge=day(2026, 12, 1), lt=day(2027, 1, 1))),
        ("时间:2026年", Range("published_at", ge=day(2026, 1, 1), lt=day(2027, 1, 1))),
        ("published:2024-02-29", Range("published_at", ge=day(2024, 2, 29), lt=day(2024, 3, 1))),
        ("published:[2026-01-01 TO 2026-02-01]", Range("published_at", ge=day(2026, 1, 1), lt=day(2026, 2, 2))),
        ("时间：【2026-01 至 2026-02】", Range("published_at", ge=day(2026, 1, 1), lt=day(2026, 3, 1))),
        ("published:{2026-01-01 TO 2026-02-01}", Range("published_at", ge=day(2026, 1, 2), lt=day(2026, 2, 1))),
        ("published:>2026-01", Range("published_at", ge=day(2026, 2, 1))),
        ("published:<=2026", Range("published_at", lt=day(2027, 1, 1))),
        ("published:<2026", Range("published_at", lt=day(2026, 1, 1))),
        ("published:>=2026-01-01T08:30", Range("published_at", ge=datetime(2026, 1, 1, 8, 30, tzinfo=BEIJING))),
        ("published:>2026-01-01T00:30Z", Range("published_at", gt=datetime(2026, 1, 1, 0, 30, tzinfo=UTC))),
        ("published:last30d", Range("published_at", last_days=30)),
        ("published:last2w", Range("published_at", last_days=14)),
        ("时间:近30天", Range("published_at", last_days=30)),
        ("时间:最近２周", Range("published_at", last_days=14)),
        ("时间:今天", Range("published_at", last_days=1)),
    ],
)  # fmt: skip
def test_a_query_is_read_as_it_is_meant(typed: str, query: Query) -> None:
    assert parse(typed) == query


def test_recent_days_are_counted_in_beijing_when_the_query_runs() -> None:
    query = And((Text("水"), Or((Not(Range("published_at", last_days=7)), Range("published_at", last_days=1)))))
    late = datetime(2026, 3, 9, 16, 30, tzinfo=UTC)
    assert guarded(query, late) == And((
        Text("水"),
        Or((
            Not(Range("published_at", ge=day(2026, 3, 4), lt=day(2026, 3, 11))),
            Range("published_at", ge=day(2026, 3, 10), lt=day(2026, 3, 11)),
        )),
    ))  # fmt: skip


CODES = {"factors": {"扬尘污染": "dust", "噪声": "noise"}}


def test_code_lists_let_people_type_names_and_refuse_what_they_do_not_know() -> None:
    assert parse("因素:扬尘污染", CODES) == parse("factor:DUST", CODES) == Term("factors", ("dust",))
    assert parse("因素:（扬尘污染 或 噪声）", CODES) == Term("factors", ("dust", "noise"))
    with pytest.raises(QueryError, match="'扬尘' is no value of factors") as caught:
        parse("因素:扬尘", CODES)
    assert caught.value.position == 3 and "expected 扬尘污染" in str(caught.value)


@pytest.mark.parametrize("field", sorted(CLOSED))
def test_values_that_the_index_knows_are_checked(field: str) -> None:
    with pytest.raises(QueryError, match="is no value of"):
        parse(f"{field}:别的")


@pytest.mark.parametrize(
    "name", ["author", "Author", "ＵＳＥＲ", "作者", "用户", "网名", "发帖人", "手机号", "nickname"]
)
@pytest.mark.parametrize("form", ["{}:张三", "水 {}：张三", "-{}:x", "({}:x OR 水)", '{}:"x"', "{}:[a TO b]"])
def test_there_is_no_search_by_person(name: str, form: str) -> None:
    with pytest.raises(QueryError, match="P-05") as caught:
        parse(form.format(name))
    assert caught.value.position == form.index("{}")


STRINGS = st.text('补偿标准aB1，。-:："()（）*~ 或', min_size=1, max_size=8).filter(
    lambda string: string.replace('"', "").strip()
)
SOLID = st.text("补偿标准a1，-:()", min_size=2, max_size=6)
MOMENTS = st.datetimes(datetime(1900, 1, 2), datetime(2199, 12, 30), timezones=st.just(UTC))
MIDNIGHTS = st.dates(datetime(1950, 1, 2).date(), datetime(2190, 1, 1).date()).map(
    lambda d: day(d.year, d.month, d.day)
)
LEVELS = st.integers(0, 5)
LEAVES: st.SearchStrategy[Query] = st.one_of(
    st.builds(Text, STRINGS, st.sampled_from(["text", "title"])),
    st.builds(Words, STRINGS, st.just(0.3)),
    st.builds(Near, SOLID, SOLID, st.integers(0, 50)),
    st.builds(Term, st.sampled_from(["factors", "places", "region_codes", "source", "id"]),
              st.lists(STRINGS.map(str.strip).filter(lambda s: "*" not in s and s.strip('"')), min_size=1, max_size=3).map(tuple)),
    st.builds(Term, st.just("attitude"), st.just(("negative", "neutral"))),
    st.builds(Term, st.just("is_grievance"), st.tuples(st.booleans())),
    st.builds(Term, st.just("escalation"), st.tuples(LEVELS, LEVELS)),
    st.builds(lambda low, more: Range("escalation", ge=low, lt=min(5, low + more)), st.integers(0, 4), st.integers(1, 5)),
    st.builds(lambda moment: Range("published_at", gt=moment), MOMENTS),
    st.builds(lambda moment: Range("published_at", lt=moment), st.one_of(MOMENTS, MIDNIGHTS)),
    st.builds(lambda low, high: Range("published_at", ge=min(low, high), lt=max(low, high) + timedelta(days=1)),
              MIDNIGHTS, MIDNIGHTS),
    st.builds(lambda low, high: Range("published_at", ge=min(low, high), le=max(low, high)), MOMENTS, MOMENTS),
    st.builds(lambda days: Range("published_at", last_days=days), st.integers(1, 400)),
)  # fmt: skip


def _joined(kind: type[And] | type[Or], parts: list[Query]) -> Query:
    flat = [one for part in parts for one in (part.parts if isinstance(part, kind) else (part,))]
    return kind(tuple(flat))


TREES: st.SearchStrategy[Query] = st.recursive(
    LEAVES,
    lambda part: st.one_of(
        part.filter(lambda one: not isinstance(one, Not)).map(Not),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: _joined(And, parts)),
        st.lists(part, min_size=2, max_size=3).map(lambda parts: _joined(Or, parts)),
    ),
    max_leaves=10,
)


@given(TREES)
def test_a_query_written_out_and_read_again_is_the_same_query(query: Query) -> None:
    assert parse(render(query)) == query


@pytest.mark.parametrize(
    "query",
    [And((All(), Text("a"))), Words("a", 0.7), Near("a b", "cd", 3), Range("escalation", ge=1, gt=2), Not(All())],
)
def test_a_tree_that_nobody_can_type_is_not_written_out(query: Query) -> None:
    with pytest.raises(QueryError, match="cannot be typed"):
        render(query)


def test_everything_is_written_as_nothing() -> None:
    assert render(All()) == "" and parse("") == All()


@given(st.text('补偿 标准"“”「」『』a1，-－()（）：:~～*[]{}>=≥TO或非且OR factor时间', max_size=40))
def test_whatever_is_typed_is_read_or_refused_with_a_place_in_one_line(typed: str) -> None:
    try:
        parse(typed)
    except QueryError as error:
        assert error.position is not None and 0 <= error.position < len(typed)
        assert str(error).isprintable()

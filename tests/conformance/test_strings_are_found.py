"""What is typed is found: words, phrases, any string, in any width, case and script."""

from __future__ import annotations

import random

import pytest
from archive import Archive
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from index.bigrams import fold
from index.matching import matches
from index.query import All, And, Near, Not, Or, Text, Words, parse


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("采石场", {"standard", "dust", "dust-copy", "news"}),
        ("采石场 道路", {"standard", "news"}),
        ("采石场　道路", {"standard", "news"}),
        ("补偿标准", {"standard"}),
        ('"补偿标准"', {"standard"}),
        ("“补偿标准”", {"standard"}),
        ("「补偿标准」", {"standard"}),
        ('"标准补偿"', set()),
        ('"场道"', {"standard", "news"}),
        ('"米，臭"', {"smell"}),
        ('"米,臭"', {"smell"}),
        ('"米。臭"', set()),
        ('"米臭"', set()),
        ("咳", {"dust", "dust-copy"}),
        ("鱼", set()),
        ("？", {"smell"}),
        ("?", {"smell"}),
        ("！", {"dust-copy"}),
        ("G99", {"news"}),
        ("g99", {"news"}),
        ("Ｇ９９", {"news"}),
        ("12.5", {"news"}),
        ("2.5亿", {"news"}),
        ("12 亿", {"news"}),
        ('"12 亿"', set()),
        ("石盘村", {"standard"}),
        ("拆遷補償", set()),
        ("補償標準", {"standard"}),
        ("征地補償", {"standard"}),
        ("台湾风味", {"undated"}),
        ("臺灣風味", {"undated"}),
        ("油烟", {"undated"}),
        ('补偿 "点赞"', {"praise"}),
        ("道路的规划与衔接工程", set()),
        ("", {"standard", "dust", "dust-copy", "smell", "praise", "reply", "news", "undated"}),
    ],
)
def test_what_is_typed_finds_the_documents_that_say_it(town: Archive, typed: str, found: set[str]) -> None:
    assert town.ids(typed) == found
    assert town.index.count(parse(typed)) == len(found)


def test_title_and_body_are_two_texts(town: Archive) -> None:
    assert town.ids('"太低"') == {"standard"} and town.ids('"石盘村修"') == {"standard"}
    assert town.ids('"太低 石盘"') == town.ids('"太低石盘"') == set()


def test_the_title_alone_can_be_asked(town: Archive) -> None:
    assert town.ids(Text("补偿", scope="title")) == {"standard"}
    assert town.ids(Text("址", scope="title")) == {"smell", "reply"}


def test_a_word_is_found_as_it_stands_and_words_with_a_share_are_not(archive: Archive) -> None:
    archive.file("loose", body="征地的补偿标准")
    archive.file("exact", body="征地补偿标准")
    archive.file("other", body="征地和安置")
    assert archive.ids("征地补偿标准") == {"exact"}
    assert archive.ids(Words("征地补偿标准", share=0.75)) == {"exact", "loose"}


def test_a_pasted_sentence_is_a_description_and_finds_what_is_like_it(archive: Archive) -> None:
    archive.file("like", body="石盘村征地的补偿标准一直没有公布")
    archive.file("other", body="路灯坏了")
    assert archive.ids("请问石盘村征地补偿标准什么时候公布") == {"like"}
    assert archive.ids('"请问石盘村征地补偿标准什么时候公布"') == set()


def test_words_without_a_share_rank_every_document_that_has_one_of_them(town: Archive) -> None:
    order = town.order(Words("焚烧厂臭气", share=0.0))
    assert order[0] == "smell" and set(order) == {"smell", "reply"}


def test_near_counts_the_characters_between_in_either_order(archive: Archive) -> None:
    archive.file("close", body="补偿的标准")
    archive.file("turned", body="标准以及补偿")
    archive.file("far", body="补偿款已经到账而村里的标准没有公布")
    archive.file("touching", body="补偿标准")
    assert archive.ids(Near("补偿", "标准", 0)) == {"touching"}
    assert archive.ids(Near("补偿", "标准", 1)) == {"touching", "close"}
    assert archive.ids(Near("标准", "补偿", 2)) == {"touching", "close", "turned"}


def test_a_string_does_not_overlap_itself_in_near(archive: Archive) -> None:
    archive.file("once", body="天天向上")
    archive.file("twice", body="天天天天向上")
    assert archive.ids(Near("天天", "天天", 0)) == {"twice"}


def test_or_not_and_their_nesting(town: Archive) -> None:
    both = Or((Text("点赞"), Text("臭气")))
    assert town.ids(both) == {"praise", "smell"}
    assert town.ids(And((both, Not(Text("联名"))))) == {"praise"}
    assert town.ids(Not(Text("采石场"))) == {"smell", "praise", "reply", "undated"}
    assert town.ids(And((Not(All()),))) == set()


def test_a_name_no_dictionary_knows_is_found_at_once(archive: Archive) -> None:
    archive.file("new", body="嵘垚瑄社区的霁澜河道")
    assert archive.ids("嵘垚瑄") == archive.ids("垚瑄社") == archive.ids("霁澜") == {"new"}


def test_blanks_controls_and_lone_surrogates_do_not_stop_the_index(archive: Archive) -> None:
    archive.file("odd", title="\ud800题", body="a\x00b\u200b\tc\n\ndé\U0001f3d8️ 家")
    assert archive.ids('"a b"') == archive.ids("\U0001f3d8") == archive.ids("É") == archive.ids("家") == {"odd"}
    assert archive.index.get(["odd"])["odd"].text == "\ud800题\na\x00b\u200b\tc\n\ndé\U0001f3d8️ 家"


def test_an_empty_document_is_there_but_no_string_finds_it(archive: Archive) -> None:
    archive.file("empty")
    archive.file("one", body="水")
    assert archive.ids() == {"empty", "one"} and archive.ids("水") == {"one"}


def test_a_title_match_ranks_before_a_body_match(archive: Archive) -> None:
    filler = "村里的路灯坏了很久没有人来修理，晚上出门很不方便，希望尽快处理这件事情。"
    archive.file("body", title="来信反映一件事", body=filler + "噪音")
    archive.file("title", title="噪音", body=filler + "来信反映一件事")
    assert archive.order("噪音") == ["title", "body"]


ALPHABET = "补償标準征地，。a A1１ 　\n“"


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_string_finds_exactly_the_documents_that_contain_it(archive: Archive, data: st.DataObject) -> None:
    texts = data.draw(st.lists(st.text(ALPHABET, max_size=30), min_size=1, max_size=12))
    source = data.draw(st.sampled_from(texts)) or "a"
    start = data.draw(st.integers(0, len(source) - 1))
    wanted = source[start : start + data.draw(st.integers(1, 8))]
    if not fold(wanted).strip():
        wanted = "征" + wanted
    source = f"box {archive.sequence} "
    filed = archive.file_all(*texts, source=source)
    holds = {name for name, text in zip(filed, texts, strict=True) if fold(wanted) in fold(text)}
    here = {"source": source}
    assert archive.ids(Text(wanted), filters=here) == holds
    assert archive.ids(Not(Text(wanted)), filters=here) == set(filed) - holds
    for hit in archive.page(Text(wanted), filters=here, highlight=True, size=100).hits:
        assert hit.highlights
        assert all(fold(hit.text[a:b]) == fold(wanted) for a, b in hit.highlights)


@pytest.mark.parametrize("alphabet", ["补偿", "补偿标 ，", "补偿标准征地拆迁安置费用"])
def test_near_finds_exactly_what_stands_near(archive: Archive, alphabet: str) -> None:
    chance = random.Random(alphabet)
    archive.file_all(*("".join(chance.choices(alphabet, k=chance.randint(0, 30))) for _ in range(150)))
    entries = archive.index.get([hit.id for hit in archive.page(size=1000).hits]).values()
    asked = 0
    while asked < 40:
        first, second = ("".join(chance.choices(alphabet, k=chance.choice((2, 2, 3, 4)))) for _ in range(2))
        if first.strip() and second.strip():
            asked += 1
            query = Near(first, second, chance.choice((0, 1, 2, 5, 20)))
            assert archive.ids(query) == {entry.id for entry in entries if matches(query, entry)}, query

"""A post is taken apart at exact offsets, and its author's words are told from those it passes on."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.posts.anatomy import KINDS, anatomy

PIECES = st.lists(
    st.one_of(
        st.sampled_from(
            ["#", "【", "】", "@", "//@", "[泪]", "😡", "👨‍👩‍👧", "O网页链接", "收起全文d", "〈用户〉", "http://t.cn/a"]
        ),
        st.text(max_size=5),
    ),
    max_size=25,
).map("".join)


def quotes(text: str, kind: str) -> list[str]:
    read = anatomy(text)
    return [read.quote(part) for part in read.of(kind)]


@pytest.mark.parametrize(
    ("kind", "text", "expected"),
    [
        ("hashtag", "#春耕# 井又干了 ＃水厂＃", ["#春耕#", "＃水厂＃"]),
        ("mention", "@青棠发布 看看这条河，邮箱 a@b.cn", ["@青棠发布"]),
        ("mention", "//〈用户〉:塌了", ["〈用户〉"]),
        ("headline", "#通报#【青棠镇回应井水发黄：已停用】昨日", ["【青棠镇回应井水发黄：已停用】"]),
        ("link", "详见O网页链接 和 https://example.org/a。", ["O网页链接", "https://example.org/a"]),
        ("media", "看 L青棠快讯的微博视频 查看图片", ["L青棠快讯的微博视频", "查看图片"]),
        ("emoticon", "心累[泪][并不简单][图片]", ["[泪]", "[并不简单]"]),
        ("emoji", "三代人👨‍👩‍👧住板房😡😡", ["👨‍👩‍👧", "😡", "😡"]),
        ("location", "又停水 2青棠·柳坝镇", ["2青棠·柳坝镇"]),
        ("folded", "说来话长 展开全文c", ["展开全文c"]),
    ],
)
def test_every_kind_of_part_is_found_whole(kind: str, text: str, expected: list[str]):
    assert quotes(text, kind) == expected


def test_only_the_words_before_the_chain_are_the_authors():
    text = "真事，我同村//@小河:顶//@晚风:井被填了，没人管"
    read = anatomy(text)
    assert text[slice(*read.own)] == "真事，我同村"
    assert quotes(text, "repost") == ["//@小河:顶", "//@晚风:井被填了，没人管"]
    assert not read.passes_on


@pytest.mark.parametrize("own", ["", "转发微博", "[泪][泪]", "#井水# 😡", "@青棠发布 "])
def test_a_post_that_adds_no_word_only_passes_on(own: str):
    assert anatomy(f"{own}//@晚风:井被填了，没人管").passes_on


def test_a_letter_without_any_of_it_has_no_parts():
    read = anatomy("尊敬的领导：我村的井2019年起发黄，12户没有水喝。")
    assert read.parts == ()
    assert read.own == (0, len(read.text))


def test_a_kind_that_no_part_can_have_is_refused():
    with pytest.raises(ValueError, match="none of"):
        anatomy("井").of("nickname")


@settings(deadline=None)
@given(PIECES)
def test_parts_lie_in_the_text_and_running_text_keeps_every_place(text: str):
    read = anatomy(text)
    assert all(part.kind in KINDS and 0 <= part.start < part.end <= len(text) for part in read.parts)
    words = read.words(0, len(text))
    assert len(words) == len(text)
    assert all(word in (letter, " ") for word, letter in zip(words, text, strict=True))

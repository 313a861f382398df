"""Hijacked hashtags, irony and official denials are told from what merely looks like them."""

import pytest

from models.nlp import rules
from models.normalise import fold
from models.posts.anatomy import anatomy
from models.posts.denials import find as denials
from models.posts.denials import speaks_officially
from models.posts.hashtags import hijacked
from models.posts.irony import find as irony

PLEA = "我家住柳坝村三组，去年修水渠把井填了，说好赔一口新井，到现在没动静，八户人挑水吃，找镇里找了四回。"
NOTICE = "【网传“柳坝村井水有毒”？水务站：不实】经查，井水浑浊系水渠施工所致，水质检测未发现超标，请村民不信谣不传谣。"


def test_a_topic_that_the_post_never_speaks_of_is_hijacked():
    read = anatomy(f"#青棠马拉松冠军诞生# {PLEA}")
    assert [read.quote(part) for part in hijacked(read)] == ["#青棠马拉松冠军诞生#"]


@pytest.mark.parametrize(
    "text",
    [
        f"#柳坝村水渠施工填井# {PLEA}",
        f"#柳坝# {PLEA}",
        "#青棠马拉松冠军诞生# 太快了吧，这个成绩",
        "#青棠马拉松冠军诞生#",
        PLEA,
    ],
)
def test_its_own_topic_a_short_remark_and_a_bare_hashtag_hijack_nothing(text: str):
    assert hijacked(anatomy(text)) == []


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("真是感谢领导关怀，让我们住了五年板房", "mock_thanks"),
        ("厂里的黑烟从早冒到晚，回复写着“达标”", "mock_word"),
        ("井填了八户没水喝，填得可真贴心", "mock_praise"),
        ("停水第六天，值班的说在开会👏👏", "mock_smile"),
    ],
)
def test_thanks_for_a_harm_are_a_cue_of_irony(text: str, label: str):
    assert label in {cue.label for cue in irony(fold(text))}


@pytest.mark.parametrize("text", ["感谢水务站的师傅，新井打好了，水很甜👏", "恭喜表姐搬进新家", "井水正常，大家放心用"])
def test_thanks_that_are_meant_are_no_cue(text: str):
    assert irony(fold(text)) == []


def test_an_official_denial_quotes_the_rumour_and_is_no_complaint():
    found = {(NOTICE[each.start : each.end], each.label) for each in denials(fold(NOTICE))}
    assert ("柳坝村井水有毒", "rumour") in found
    assert ("不实", "denial") in found
    assert speaks_officially(anatomy(NOTICE), denials(fold(NOTICE)))


@pytest.mark.parametrize(
    "text", [PLEA, "镇里回应说井水不实，我们村八户人都看着呢，求关注", f"转发微博//@柳坝发布:{NOTICE}"]
)
def test_an_author_who_speaks_for_himself_is_no_office(text: str):
    assert not speaks_officially(anatomy(text), denials(fold(text)))


def test_the_components_leave_their_findings_on_the_doc():
    doc = rules()(f"#青棠马拉松冠军诞生# {PLEA}真是感谢领导，井没了")
    assert [span.text for span in doc.spans["hijacked"]] == ["#青棠马拉松冠军诞生#"]
    assert [span.label_ for span in doc.spans["irony"]] == ["mock_thanks"]
    assert list(doc.spans["denials"]) == []
    assert doc._.anatomy.of("hashtag") and not doc._.speaks_officially

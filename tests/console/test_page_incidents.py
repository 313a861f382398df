"""The inbox and the page of an incident: what needs me, why now, and what people do about it by name."""

from __future__ import annotations

from consoles import PLANT, RING, Console
from rises import cue, rise


def test_the_inbox_says_level_state_and_numbers_and_leads_with_what_needs_me(console: Console):
    found = rise(console)
    page = console.sign_in("assessor").page("/incidents")
    [card] = page.select(".cards article")
    assert card.get("data-href") == f"/incidents/{found}"
    text = " ".join(card.text_content().split())
    assert "待处理" in text and "小时内负面诉求" in text and "往常约" in text and "平静项目上" in text
    assert card.cssselect(".badge-strong svg use"), "a level has a shape beside colour and word"

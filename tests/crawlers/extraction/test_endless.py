"""Pages with openings that never end are read in one pass, and pages that are sound as they were always read."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.extraction import extract
from crawlers.extraction.decode import _without_scripts
from crawlers.extraction.hidden import hides, without_comments

NOW = datetime(2026, 11, 28, tzinfo=UTC)
SCRIPTS = re.compile(rb"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
COMMENTS = re.compile(r"/\*.*?\*/", re.DOTALL)
"""What is meant, as patterns that try every opening to the end of the page."""


@given(
    st.lists(
        st.sampled_from([b"<script", b"<STYLE ", b">", b"</script", b"</style>", b"</Script \n>", b"x", b"<", b" "])
    )
)
def test_scripts_and_styles_go_as_their_pattern_says(parts: list[bytes]) -> None:
    page = b"".join(parts)
    assert _without_scripts(page) == SCRIPTS.sub(b" ", page)


@given(st.lists(st.sampled_from(["/*", "*/", "/", "*", ".a{display:none}", "\n"])).map("".join))
def test_comments_go_as_their_pattern_says(sheet: str) -> None:
    assert without_comments(sheet) == COMMENTS.sub("", sheet)


@pytest.mark.parametrize(
    "head, body",
    [("", "<script " * 100_000), ("", "<style <script </style " * 40_000), ("<style>" + "/*a" * 300_000 + "</style>", ""),
     ("", f"<p style='opacity:0{' ' * 900_000}x'>字</p>"),
     ("", f"<div style='{'a:b;' * 200_000}'>{'<font color=red>字</font>' * 2_000}</div>")],
    ids=["scripts", "both", "comments", "blanks", "styles"],
)  # fmt: skip
def test_a_page_of_openings_without_an_end_does_not_hold_a_crawl_up(head: str, body: str) -> None:
    """Each of these took minutes or hours when every opening was followed to the end of the page."""
    page = (
        f"<html><head>{head}</head><body><h1>关于环路工程的答复</h1><p>补偿款已经发放，请查收。</p>{body}</body></html>"
    )
    assert extract(page.encode("gb18030"), fetched_at=NOW).encoding == "gb18030"


@pytest.mark.parametrize("style", ["OPACITY:\n 0 ;", "color : #fff; background:\t#FFFFFF", "clip: rect( 0 0  0 0 )"])
def test_hiding_styles_are_known_however_they_are_spaced(style: str) -> None:
    assert hides(style)

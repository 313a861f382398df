"""P-08: in whatever form words leave, no sentence of anybody is whole and no address leads to where it was written."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from county import COMPENSATION, CountyOffice
from opinions import opinion
from surfaces import accept, files

from pipeline.redacted import seal

SAID = "我们村口的这条便道从去年冬天起就没有人洒水补偿标准也一直没有贴出来来回问了三次都说不归他管"
ADDRESS = "https://board.example.org/note/"


@pytest.fixture(scope="module")
def county(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CountyOffice]:
    opened = CountyOffice(tmp_path_factory.mktemp("told") / "home")
    yield opened
    opened.office.close()


@pytest.fixture(scope="module")
def told(county: CountyOffice) -> dict[str, str]:
    """Everything that is taken away of six people who say it at length, each under an address of its own."""
    said = [
        opinion(f"{SAID}，编号庚{n}。", (COMPENSATION, SAID, 0.97), number=n, day=3, kind="news", genre="petition")
        for n in range(300, 306)
    ]
    pages = [
        type(one)(
            one.document.model_copy(update={"url": f"{ADDRESS}{n}", "title": seal("道路")}), one.analysis, one.link
        )
        for n, one in enumerate(said)
    ]
    county.hear(*pages)
    accept(county)
    return files(county)


def test_no_file_has_a_whole_sentence_of_a_text(told: dict[str, str], county: CountyOffice):
    sentences = {
        sentence for document in county.store.all_documents()
        for sentence in re.split("[，。；！？]", str(document.body)) if len(sentence) > 16
    }  # fmt: skip
    assert SAID in sentences
    for name, text in told.items():
        assert not [sentence for sentence in sentences if sentence in text], name


def test_the_words_are_quoted_all_the_same_and_say_that_they_were_cut(told: dict[str, str]):
    quoting = [name for name, text in told.items() if SAID[:20] in text]
    assert {"tables xlsx", "tables docx", "share evidence api"} <= set(quoting)
    assert any(name.startswith("bundle") for name in quoting)
    for name in quoting:
        assert re.search(f"{SAID[:20]}[^，。；！？]*……", told[name]), name


def test_no_file_has_an_address(told: dict[str, str]):
    for name, text in told.items():
        assert ADDRESS not in text and "board.example.org" not in text and '"url"' not in text, name

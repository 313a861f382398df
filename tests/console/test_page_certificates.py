"""Certificates on their pages: refused where something was found, signed where nothing was, marked once it changed."""

from __future__ import annotations

import io
import json
import zipfile

import pytest
from consoles import RING, Console, Page

from index.query import And, Term
from models.taxonomy import taxonomy
from pipeline.raw import RawItem
from pipeline.work import work

HERE = f"/projects/{RING}/certificates"


@pytest.fixture
def console(console: Console) -> Console:
    console.stage("in_assessment")
    return console


def factors(console: Console, *, found: bool) -> list[str]:
    """Factors that texts on the ring road carry, or do not."""
    index = console.office.index
    about = Term("project_ids", (RING,))
    return [
        code
        for code, factor in taxonomy().factors.items()
        if not factor.confidential
        and not factor.out_of_scope
        and (index.count(And((about, Term("factors", (code,))))) > 0) == found
    ]


def test_what_was_found_is_not_certified_and_the_page_says_what_was(console: Console) -> None:
    visitor = console.sign_in("assessor")
    found = factors(console, found=True)[0]
    page = Page(visitor.submit(HERE, HERE, status=409, factors=found))
    assert (
        "不能出具：检出了内容" in page.text
        and taxonomy().factors[found].name_zh in page.select(".notice")[0].text_content()
    )
    assert console.office.store.certificates_on(RING) == []
    assert [box.get("value") for box in page.select("input[name=factors][checked]")] == [found]


def test_silence_is_certified_downloaded_and_marked_when_the_ground_changes(console: Console) -> None:
    visitor = console.sign_in("assessor")
    silent = factors(console, found=False)[0]
    address = visitor.submit(HERE, HERE, factors=silent).headers["location"]
    page = visitor.page(address)
    assert "未检出证明已签名出具" in page.html and "情况未变" in page.text and "沉默不等于同意" in page.text
    assert taxonomy().factors[silent].name_zh in page.text and "minyi verify" in page.text
    file = visitor.get(f"{address}/file")
    with zipfile.ZipFile(io.BytesIO(file.content)) as archive:
        told = json.loads(archive.read("certificate.json"))
    assert told["factors"] == [silent] and "manifest.json" in zipfile.ZipFile(io.BytesIO(file.content)).namelist()
    body = "青檀县东外环公路石鼓坳段征地，安置房什么时候交付，请答复。"
    item = RawItem(source_kind="petition", source="信箱", item_key="new-1", title="安置房", body=body, genre="petition")
    console.office.receive([item])
    work(console.office)
    assert "此后有新的文本" in visitor.page(HERE).text and "出具后情况有变" in visitor.page(address).text


def test_a_form_sent_twice_is_one_certificate(console: Console) -> None:
    visitor = console.sign_in("assessor")
    sent = {"factors": factors(console, found=False)[0], "once": "the-same-key"}
    first, second = visitor.post_form(HERE, sent), visitor.post_form(HERE, sent)
    assert first.headers["location"] == second.headers["location"]
    assert len(console.office.store.certificates_on(RING)) == 1


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ({}, "至少选择一个风险因素"),
        ({"factors": "NO-SUCH"}, "最多 10 个"),
        ({"q": "（补偿"}, "检索式无法识别"),
        ({"q": "13812345678"}, "个人信息"),
    ],
)
def test_a_question_that_none_is_about_is_said_beside_its_field(
    console: Console, sent: dict[str, str], says: str
) -> None:
    page = Page(console.sign_in("assessor").submit(HERE, HERE, status=422, **sent))
    assert says in page.text and page.select(".errors a")


def test_who_may_read_but_not_issue_sees_no_form(console: Console) -> None:
    console.stage("after_assessment")
    page = console.sign_in("expert").page(HERE)
    assert "还没有未检出证明" in page.text and not page.select("#new")
    assert console.sign_in("expert").post_form(HERE, {"factors": "x"}).status_code == 403


def test_a_certificate_of_another_project_is_none(console: Console) -> None:
    assert console.sign_in("assessor").get(f"{HERE}/n{'0' * 24}").status_code == 404

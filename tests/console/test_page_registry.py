"""The registry of projects: entries are made and changed beside their errors, names are decided, files go both ways."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from consoles import PLANT, RING, Console, Page, Visitor

from pipeline.raw import RawItem
from pipeline.records import DecisionProject
from pipeline.work import work

NEW = {
    "id": "heyan-dam", "name_zh": "河堰水库移民安置", "kind": "resettlement", "aliases": "河堰水库\n堰上移民",
    "places": "堰上村", "keywords": "移民、安置房", "region_code": "439921", "stage": "pre_assessment", "start": "2026-03",
    "milestone-name-1": "公示", "milestone-date-1": "2026-04-02",
}  # fmt: skip


def make(visitor: Visitor, status: int = 303, **fields: str) -> Any:
    return visitor.submit("/registry/~new", "/registry", status, **{**NEW, **fields})


def upload(visitor: Visitor, content: bytes, name: str = "registry.csv") -> Any:
    return visitor.post("/registry/~upload", data={"csrf": visitor.token()}, files={"file": (name, content)})


def entry(console: Console, project_id: str) -> DecisionProject:
    found = console.office.store.project(project_id)
    assert found is not None
    return found


def test_a_project_is_registered_and_texts_will_be_read_again(console: Console):
    visitor = console.sign_in("admin")
    assert make(visitor).headers["location"] == "/registry/heyan-dam"
    page = visitor.page("/registry/heyan-dam")
    assert "已登记" in page.text and page.select(".notice")
    made = entry(console, "heyan-dam")
    assert (made.aliases, made.keywords) == (("河堰水库", "堰上移民"), ("移民", "安置房"))
    assert [(one.name, one.date) for one in made.milestones] == [("公示", "2026-04-02")]
    event = console.office.audit.events(0, 100_000)
    assert any((e.action, e.project_id, e.who) == ("registry.make", "heyan-dam", "admin") for e in event)
    assert "河堰水库移民安置" in visitor.page("/registry").text


def test_an_entry_keeps_the_parent_that_who_changes_it_may_not_see(console: Console):
    console.office.register([entry(console, RING).model_copy(update={"parent_id": PLANT})])
    address = f"/registry/{RING}"
    console.sign_in("admin", projects=[RING]).submit(address, address, description="改了说明")
    assert (entry(console, RING).parent_id, entry(console, RING).description) == (PLANT, "改了说明")


def test_a_field_whose_number_is_none_is_left_aside(console: Console):
    make(console.sign_in("admin"), **{"milestone-name-²": "公示", f"milestone-name-{'9' * 5000}": "公示"})
    assert [one.name for one in entry(console, "heyan-dam").milestones] == ["公示"]


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("id", "河堰 水库", "编号由字母、数字"),
        ("id", RING, "已有项目登记"),
        ("name_zh", "坝", "2 至 200 字"),
        ("kind", "水库", "小写英文字母"),
        ("region_code", "湖南", "2 至 12 位数字"),
        ("start", "去年", "2026-03"),
        ("end", "2025", "结束早于开始"),
        ("milestone-date-1", "4月2日", "日期写成"),
        ("milestone-name-1", "", "节点需有名称"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_kept(
    console: Console, field: str, value: str, words: str
):
    visitor = console.sign_in("admin")
    page = Page(make(visitor, 409 if value == RING else 422, **{field: value}))
    assert words in page.select(f"#e-{field}")[0].text_content()
    assert page.select(f".errors a[href='#f-{field}']") and page.select(f"#f-{field}")[0].get("value") == value
    assert console.office.store.project("heyan-dam") is None


def test_an_entry_is_changed_and_the_trail_names_the_fields(console: Console):
    visitor = console.sign_in("admin")
    before = entry(console, RING)
    answer = visitor.submit(f"/registry/{RING}", f"/registry/{RING}", keywords="过渡费\n祖坟")
    assert answer.headers["location"] == f"/registry/{RING}"
    assert "已更改：关键词" in visitor.page(f"/registry/{RING}").text
    after = entry(console, RING)
    assert after.keywords == ("过渡费", "祖坟") and after.aliases == before.aliases
    assert after.milestones == before.milestones and after.impact_area == before.impact_area
    event = console.office.audit.events(0, 100_000)[-3:]
    assert ("registry.change", "keywords") in [(one.action, one.subject) for one in event]


def test_saving_without_a_change_changes_nothing_and_says_so(console: Console):
    visitor = console.sign_in("admin")
    before = entry(console, RING)
    visitor.submit(f"/registry/{RING}", f"/registry/{RING}")
    page = visitor.page(f"/registry/{RING}")
    assert "没有变化" in page.text and "条文本" not in page.text and entry(console, RING) == before


def test_how_many_texts_are_read_again_is_the_number_of_those_read_before(console: Console):
    from api.entry_desk import EntryDesk
    from api.policy import Reader

    visitor = console.sign_in("admin")
    desk = EntryDesk(console.office, Reader("admin", "admin"))
    assert desk.to_be_read_again() == 0
    visitor.submit(f"/registry/{RING}", f"/registry/{RING}", places="柘坪镇")
    number = desk.to_be_read_again()
    assert number > 20 and f"重新读取 {number} 条文本" in visitor.page(f"/registry/{RING}").text


def test_a_changed_milestone_reads_no_text_again(console: Console):
    visitor = console.sign_in("admin")
    rows = len(entry(console, RING).milestones)
    number = rows + 1
    fields = {f"milestone-name-{number}": "听证", f"milestone-date-{number}": "2026-12"}
    visitor.submit(f"/registry/{RING}", f"/registry/{RING}", **fields)
    page = visitor.page(f"/registry/{RING}")
    assert "已更改：节点" in page.text and "条文本" not in page.text.split("已更改")[1][:60]
    assert entry(console, RING).milestones[-1].date == "2026-12"


def test_a_part_names_its_whole_and_no_project_is_part_of_itself(console: Console):
    visitor = console.sign_in("admin")
    make(visitor, parent_id=RING)
    assert "河堰水库移民安置" in visitor.page(f"/registry/{RING}").text
    form = dict(visitor.page(f"/registry/{RING}").form(f"/registry/{RING}").form_values())
    answer = visitor.post(f"/registry/{RING}", data={**form, "parent_id": "heyan-dam"})
    assert answer.status_code == 422 and "自身的一部分" in Page(answer).text
    assert entry(console, RING).parent_id is None


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_downloaded_registry_uploads_again_without_a_change(console: Console, form: str):
    visitor = console.sign_in("admin")
    make(visitor, description="=1+1", **{"milestone-url-1": "https://example.gov.cn/a"})
    before = console.office.store.projects()
    answer = visitor.get(f"/registry/~download?form={form}")
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    if form == "csv":
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert rows[0][:2] == ["编号", "名称"] and "'=1+1" in next(row for row in rows if row[0] == "heyan-dam")
    assert upload(visitor, answer.content).status_code == 303
    assert "未变 3 个" in visitor.page("/registry").text
    assert console.office.store.projects() == before


def test_good_lines_of_a_file_go_in_and_bad_ones_are_named(console: Console):
    visitor = console.sign_in("admin")
    lines = [
        {"id": "heyan-dam", "name_zh": "河堰水库移民安置", "aliases": "河堰水库、堰上移民"},
        {"id": "x", "name_zh": "坝"},
        {"id": "y", "name_zh": "某项目", "parent_id": "nowhere"},
        {"id": "z", "name_zh": "某项目", "region_code": "湖南"},
    ]
    content = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines) + "{\n"
    answer = upload(visitor, content.encode(), "registry.jsonl")
    page = Page(answer)
    assert answer.status_code == 422 and "新登记 1 个" in page.text
    assert [[cell.text_content() for cell in row][:2] for row in page.select("#bad tbody tr")] == [
        ["2", "名称"], ["3", "上级项目"], ["4", "行政区划代码"], ["5", "整行"],
    ]  # fmt: skip
    assert [one.id for one in console.office.store.projects()] == sorted(["heyan-dam", RING, PLANT])


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", "名称,编号码\n某项目,1\n".encode()])
def test_a_file_that_is_no_registry_is_refused(console: Console, content: bytes):
    visitor = console.sign_in("admin")
    answer = upload(visitor, content)
    assert answer.status_code in (303, 422) and len(console.office.store.projects()) == 2


def test_an_assessor_reads_entries_and_decides_names_but_writes_none(console: Console):
    visitor = console.sign_in("assessor")
    page = visitor.page(f"/registry/{RING}")
    assert entry(console, RING).name_zh in page.text and not page.select(f"form[action='/registry/{RING}']")
    assert page.select(f"form[action='/registry/{RING}/aliases']")
    assert "/registry/~new" not in visitor.page("/registry").links()
    assert visitor.post_form(f"/registry/{RING}", {"name_zh": "别的"}).status_code == 403
    assert visitor.get("/registry/~new").status_code == 403


def test_an_administrator_sees_no_passage(console: Console):
    page = console.sign_in("admin").page(f"/registry/{RING}")
    assert not page.select("#aliases") and not page.select("blockquote")


def test_names_that_texts_suggest_are_accepted_and_withdrawn_with_a_reason(console: Console):
    said = (
        "东外环公路在桐子湾征地，大家都叫它“发财路”，过渡费却拖了半年。",
        "修“发财路”的车天天从桐子湾村过，灰尘大得开不了窗，东外环公路指挥部不管。",
        "桐子湾的人都说发财路放炮震裂了墙，东外环公路施工方没有赔。",
        "请问俗称发财路的东外环公路什么时候给桐子湾村安置房？",
        "东外环公路红线又变了，发财路占了桐子湾的祖坟，没有人来商量。",
        "老人不识字，发财路的补偿协议是别人代签的，桐子湾村东外环公路征地要公开。",
    )
    console.office.receive(
        RawItem("petition", "青檀县网上信箱", f"n{number}", "", body, "petition", "信箱", author_key=f"a{number}",
                published_at=datetime(2026, 6, 1 + number, tzinfo=UTC))
        for number, body in enumerate(said)
    )  # fmt: skip
    work(console.office)
    visitor = console.sign_in("assessor")
    visitor.submit(f"/registry/{RING}", f"/registry/{RING}/aliases")
    page = visitor.page(f"/registry/{RING}")
    waiting = [
        section for section in page.select("#aliases section") if "发财路" in section.cssselect("h3")[0].text_content()
    ]
    assert waiting and waiting[0].cssselect("blockquote, .quote")
    alias_id = waiting[0].get("id")
    action = f"/registry/{RING}/aliases/{alias_id}"
    visitor.post_form(action, {"action": "accept", "reason": " "})
    assert "请写明理由" in visitor.page(f"/registry/{RING}").text
    visitor.post_form(action, {"action": "accept", "reason": "走访证实"})
    page = visitor.page(f"/registry/{RING}")
    assert "已记入别名" in page.text and "走访证实" in page.text
    name = next(one.alias for one in console.office.store.aliases_of(RING) if one.id == alias_id)
    assert str(name) in entry(console, RING).aliases
    visitor.post_form(action, {"action": "withdraw", "reason": "指的是别处"})
    assert "已从别名中撤回" in visitor.page(f"/registry/{RING}").text
    assert str(name) not in entry(console, RING).aliases


def test_an_account_of_one_region_writes_no_entry_of_another(console: Console):
    visitor = console.sign_in("admin", region="3699")
    assert [link for link in visitor.page("/registry").links() if RING in link] == []
    assert visitor.get(f"/registry/{RING}").status_code == 403
    make_answer = visitor.post_form("/registry", NEW)
    assert make_answer.status_code == 403 and console.office.store.project("heyan-dam") is None
    line = json.dumps({"id": RING, "name_zh": "改名", "region_code": "369900"})
    assert upload(visitor, line.encode()).status_code == 422
    assert entry(console, RING).name_zh != "改名"

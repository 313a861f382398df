"""The assessor's tables, opened again: blank cells of people, evidence that can be opened, nothing that is hidden on screen."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from county import ACCUSED, COMPENSATION, DUST, CountyOffice
from docx import Document
from letters import MONDAY
from openpyxl import load_workbook
from opinions import opinion

from api.cli.main import cli
from api.policy.wording import ControlWording
from api.tables import TABLES, Book, Cell, Column, Table, book_of
from api.tables.docx import docx
from api.tables.method import Incomplete, complete
from api.tables.sheet import HumanCell
from api.tables.xlsx import xlsx
from pipeline.propose import propose
from pipeline.records import Decision

NOW = MONDAY + timedelta(days=200)
HUMAN = {
    "T3": {"诉求性质（合理/部分合理/待核/不合理）", "处置建议"}, "T5": {"是否主要因素"},
    "T6": {"发生概率 p（0–1）", "影响程度 q（0–1）"}, "T7": {"措施", "完成时限"}, "T9": {"是否采纳", "理由"},
}  # fmt: skip


@pytest.fixture
def decided(county: CountyOffice) -> CountyOffice:
    """A person has accepted the risk point on compensation; the one on dust is a candidate of two people."""
    county.store.clock = lambda: NOW
    accepted = Decision(id="d1", risk_point_id=county.point(COMPENSATION), who="评估员甲", when=NOW, action="accept",
                        reason="实地核实")  # fmt: skip
    county.store.add_decision(accepted)
    return county


def made(county: CountyOffice, **options: Any) -> Book:
    return book_of(county.office, county.store.project("quarry-road"), TABLES, **options)


def opened(book: Book) -> Any:
    return load_workbook(io.BytesIO(xlsx(book)))


def sheet(book: Any, table: str) -> Any:
    return next(one for one in book if one.title.startswith(table))


def heads(one: Any) -> list[str]:
    return [cell.value for cell in one[3]]


def rows(one: Any) -> list[dict[str, Any]]:
    """The rows of a sheet by their heading, up to the notes."""
    found = []
    for cells in one.iter_rows(min_row=4):
        if cells[0].value is None or str(cells[0].value).startswith("注："):
            break
        found.append({head: cell.value for head, cell in zip(heads(one), cells, strict=False)})
    return found


def everything(book: Any) -> str:
    return "\n".join(str(cell.value) for one in book for line in one.iter_rows() for cell in line if cell.value)


def test_the_cells_of_people_are_blank_and_marked(decided: CountyOffice):
    book = opened(made(decided))
    for table, columns in HUMAN.items():
        found = rows(sheet(book, table))
        assert found, table
        for column in columns:
            assert {row[f"{column}【人工】"] for row in found} == {None}, (table, column)
    judgement = [row for row in rows(sheet(book, "T4")) if row["项目"] == "研判"]
    assert [row["内容"] for row in judgement] == [None]
    assert not re.search(r"(支持率|反对率|知晓率|回收)\D{0,3}\d", everything(book))


def test_only_what_a_person_accepted_is_a_row(decided: CountyOffice):
    book = opened(made(decided))
    for table in ("T3", "T6", "T7", "T9"):
        found = [row for row in rows(sheet(book, table)) if "表示支持" not in str(row)]
        assert [row["确认状态"] for row in found] == ["已由人工采信"], table
    checklist = {row["风险因素"]: row for row in rows(sheet(book, "T5"))}
    assert len(checklist) == 49
    assert checklist["土地房屋征收征用补偿标准"]["是否涉及"] == "涉及"
    assert checklist["大气污染物排放"]["是否涉及"] == "有候选，待人工核定"
    assert checklist["大气污染物排放"]["识别依据（证据编号）"] == "—"
    assert checklist["日照、采光影响"]["是否涉及"] == "未见证据（不等于不涉及）"


def test_a_working_paper_holds_candidates_and_says_so_everywhere(decided: CountyOffice):
    book = opened(made(decided, candidates=True))
    states = [row["确认状态"] for row in rows(sheet(book, "T3"))]
    assert sorted(states) == ["候选，未经人工确认", "已由人工采信"]
    assert all("工作底稿" in one["A2"].value for one in book if one.title != "方法与限制")


def test_where_few_spoke_a_row_names_the_factor_alone(decided: CountyOffice):
    """Two people spoke of dust: no quote, place, group, day or number of theirs (P-06, P-07)."""
    book = opened(made(decided, candidates=True))
    (row,) = [row for row in rows(sheet(book, "T3")) if row["对应风险因素"] == "大气污染物排放"]
    assert row["诉求内容（摘要）"].startswith("大气污染物排放（声音不足5个")
    assert row["独立声音数"] == "<5" and row["来源类别与条数"].endswith("合计 <5")
    assert "声音不足" in row["利益相关者类别"] and "声音不足" in row["涉及地点"]
    assert row["提出时间段"] == "2026-03" and decided.point(DUST) in row["证据编号"]
    assert "粉尘落了一院子" not in everything(book) and "谷子" not in everything(book)


def test_numbers_are_those_of_the_card(decided: CountyOffice):
    """P-29: the same suppression as on screen."""
    book = opened(made(decided))
    (row,) = rows(sheet(book, "T3"))
    card = decided.caller("assessor").get(f"/v1/risk-points/{decided.point(COMPENSATION)}").json()
    assert (
        row["来源类别与条数"]
        == f"信访 {card['counts']['by_source_kind']['petition']['value']}、合计 {card['counts']['documents']['value']}"
    )
    assert row["独立声音数"] == f"{card['counts']['voices']['low']}–{card['counts']['voices']['high']}"
    found = {one["项目"]: one["内容"] for one in rows(sheet(book, "T4"))}
    assert found["信息量"].startswith("关于本项目的文本 9 件")
    assert "正面 1" not in found["情感分布"] and "不是对项目的支持或反对" in found["情感分布"]


def test_every_evidence_number_opens_its_passage(decided: CountyOffice):
    book = opened(made(decided))
    annex = {row["证据编号"]: row for row in rows(sheet(book, "证据附件"))}
    named = {number for table in ("T3", "T5", "T6", "T7", "T9") for row in rows(sheet(book, table))
             for value in row.values() if value for number in str(value).replace("；", "、").split("、")
             if number.startswith("E0")}  # fmt: skip
    assert named and named <= annex.keys()
    for row in annex.values():
        passage = decided.store.document(row["文档编号"]).text[int(row["起"]) : int(row["止"])]
        assert passage and (row["引文（脱敏，略去句尾）"] == "（不引用）" or
                            row["引文（脱敏，略去句尾）"].removesuffix("……") in passage)  # fmt: skip


def test_a_long_quote_is_cut_so_that_a_search_for_it_finds_nothing(decided: CountyOffice):
    words = "我们村口的这条便道从去年冬天起就没有人洒水，补偿标准也一直没有贴出来，来回问了三次"
    decided.hear(*(
        opinion(f"{words}，编号庚{n}。", (COMPENSATION, words, 0.95), number=n, day=3) for n in range(500, 503)
    ))  # fmt: skip
    text = everything(opened(made(decided)))
    assert words not in text and "http" not in text


def test_what_was_withdrawn_is_in_no_table(decided: CountyOffice):
    gone = made(decided).annex.rows[0][3].text
    decided.store.withdraw_documents([gone])
    propose(decided.store)
    assert gone not in everything(opened(made(decided)))


def test_probability_times_impact_is_left_to_people_and_the_sheet(decided: CountyOffice):
    one = sheet(opened(made(decided)), "T6")
    assert (one["B4"].value, one["C4"].value) == (None, None)
    assert one["D4"].value == '=IF(COUNT(B4,C4)<2,"",ROUND(B4*C4,4))' and one["E4"].data_type == "f"
    (rule,) = one.data_validations.dataValidation
    assert (rule.formula1, rule.formula2) == ("0", "1") and "B4" in str(rule.sqref)


def test_no_text_is_run_as_a_formula(decided: CountyOffice):
    """Names of the registry and words of people may begin with anything."""
    name = '=HYPERLINK("x","y")工程'
    decided.office.register([decided.road.model_copy(update={"name_zh": name})])
    shout = "=1+1补偿标准不公"
    decided.hear(
        *(opinion(f"{shout}，编号辛{n}。", (COMPENSATION, shout, 0.99), number=n, day=2) for n in range(600, 606))
    )
    book = opened(made(decided))
    formulas = [(one.title, cell.coordinate) for one in book for line in one.iter_rows() for cell in line
                if cell.data_type == "f"]  # fmt: skip
    assert {title[:2] for title, _ in formulas} == {"T6"} and {place[0] for _, place in formulas} == {"D", "E"}
    quoted = [cell for one in book for line in one.iter_rows() for cell in line if str(cell.value).startswith("=1+1")]
    assert quoted and all(cell.data_type == "s" and cell.quotePrefix for cell in quoted)


def test_the_same_data_give_the_same_bytes(decided: CountyOffice):
    first, again = made(decided), made(decided)
    assert xlsx(first) == xlsx(again) and docx(first) == docx(again)
    decided.store.clock = lambda: NOW + timedelta(days=3)
    assert xlsx(made(decided)) == xlsx(first) and docx(made(decided)) == docx(first)


def test_paper_and_sheet_say_the_same(decided: CountyOffice):
    book = made(decided)
    paper = Document(io.BytesIO(docx(book)))
    cells = [[[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables]
    assert len(cells) == len(TABLES) + 1
    for table, shown in zip((*book.tables, book.annex), cells, strict=True):
        assert shown[0] == [column.head for column in table.columns]
        assert shown[1:] == [[cell.text for cell in row] for row in table.rows]
    words = [paragraph.text for paragraph in paper.paragraphs]
    assert all(line in words for _, lines in book.method for line in lines)


def test_every_copy_says_who_was_not_heard_and_what_it_rests_on(decided: CountyOffice):
    text = everything(opened(made(decided)))
    for words in ("未听到", "沉默不等于同意", "没有抓取时段记录", "模型 m1", "不得用于识别、联系或追究"):
        assert words in text, words
    with pytest.raises(Incomplete, match=r"E691: .*未听到的群体"):
        complete((("来源与时段", ("甲",)), ("限制", ("乙",)), ("模型与版本", ("丙",)), ("未听到的群体", ("",))))


def test_what_would_control_people_is_not_printed_but_may_be_quoted(decided: CountyOffice):
    decided.office.register([decided.road.model_copy(update={"name_zh": "重点人稳控工程"})])
    with pytest.raises(ControlWording, match="E833"):
        made(decided)
    assert Cell("“不要删帖”；要求：公开或答复", ("不要删帖",)).checked().text
    with pytest.raises(ControlWording):
        Cell("建议删帖").checked()


def test_a_cell_of_people_cannot_be_filled_by_mistake():
    with pytest.raises(HumanCell, match="E692"):
        Table("T9", "意见采纳情况表", (Column("是否采纳", "human"),), ((Cell("采纳"),),)).checked()


def test_the_accusation_is_in_no_table(decided: CountyOffice):
    text = everything(opened(made(decided, candidates=True)))
    assert ACCUSED not in text and "检举控告（干部作风" not in text


def test_over_http_with_purpose_and_an_event_in_the_trail(decided: CountyOffice):
    assessor = decided.caller("assessor")
    answer = assessor.get("/v1/projects/quarry-road/tables/T3", form="docx")
    assert answer.status_code == 200 and len(Document(io.BytesIO(answer.content)).tables) == 2
    assert decided.events()[-1].subject == "tables-T3-docx" and decided.events()[-1].action == "tables.export"
    book = load_workbook(io.BytesIO(assessor.get("/v1/projects/quarry-road/tables/all").content))
    assert len(book.sheetnames) == len(TABLES) + 2
    assert assessor.get("/v1/projects/quarry-road/tables/T3", purpose=None).status_code == 403
    assert assessor.get("/v1/projects/quarry-road/tables/T2").status_code == 404
    assert decided.caller("platform").get("/v1/projects/quarry-road/tables/T3").json()["code"] == "E304"


def test_the_command_line_writes_a_file(decided: CountyOffice, tmp_path: Path):
    out = tmp_path / "t5.xlsx"
    arguments = ["tables", "--project", "quarry-road", "--home", str(decided.office.settings.home)]
    run = CliRunner().invoke(cli, [*arguments, "--table", "T5", "--purpose", "risk_identification", "--out", str(out)])
    assert run.exit_code == 0, run.output
    assert load_workbook(out).sheetnames == ["T5 风险因素识别表", "证据附件", "方法与限制"]
    wrong = CliRunner().invoke(cli, [*arguments, "--purpose", "risk_identification", "--out", str(tmp_path / "t5.pdf")])
    assert wrong.exit_code == 2
    assert "E301" in CliRunner().invoke(cli, [*arguments, "--out", str(out)]).output

"""Writes the example files (式样数据) from their texts in ``examples/source``: ``python -m examples.build``.

The YAML files are the one source of truth; what an importer reads is made from them, so a text is reviewed as text.
Running it again changes nothing: a workbook whose cells already say the same is left alone.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import click
import yaml
from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side

Entry = dict[str, Any]
Cells = list[tuple[Any, ...]]

FOLDER = Path(__file__).parent
REGIONS = {"petitions_ring_road": "青檀县", "petitions_waste_plant": "芦汀县"}
PROJECT_IDS = {"R": "qingtan-east-ring", "W": "luting-waste-to-energy"}
FILES = {
    "petitions_ring_road": "petitions_ring_road.xlsx",
    "petitions_waste_plant": "petitions_waste_plant.csv",
    "hotline": "hotline.jsonl",
    "weibo": "weibo.jsonl",
    "news": "news.jsonl",
}
REGISTER = {
    "序号": 6,
    "信访编号": 16,
    "信访人姓名": 12,
    "联系电话": 14,
    "身份证号码": 21,
    "家庭住址": 30,
    "信访日期": 17,
    "所属区县": 10,
    "主题": 34,
    "反映内容": 90,
    "答复意见": 60,
    "答复时间": 17,
}
"""Column → width of the register, as an office lays it out."""
BOARD = ("留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "地区", "答复意见", "答复时间")


def entries(source: str) -> list[Entry]:
    """The texts of one source file, in its order."""
    loaded: list[Entry] = yaml.safe_load((FOLDER / "source" / f"{source}.yaml").read_text(encoding="utf-8"))
    return loaded


def _moment(text: str | None) -> datetime | None:
    return datetime.strptime(text, "%Y-%m-%d %H:%M") if text else None


def register_sheets() -> dict[str, Cells]:
    """Sheet name → rows of the office-style register (信访件登记表): title, remark, header, petitions, total."""
    petitions = entries("petitions_ring_road")
    width = len(REGISTER)
    sheets: dict[str, Cells] = {}
    for sheet in dict.fromkeys(entry["sheet"] for entry in petitions):
        own = [entry for entry in petitions if entry["sheet"] == sheet]
        title = (f"青檀县信访局信访件登记表（2026年{sheet}）", *[None] * (width - 1))
        remark = ("填报单位：青檀县信访局    填报日期：2026年9月30日    内部资料  注意保存", *[None] * (width - 1))
        rows: Cells = [title, remark, tuple(REGISTER)]
        for number, entry in enumerate(own, start=1):
            person = (entry["name"], entry["phone"], entry["id"], entry["address"])
            matter = (_moment(entry["time"]), REGIONS["petitions_ring_road"], entry["title"], entry["text"].strip())
            answer = (entry.get("reply"), _moment(entry.get("reply_time")))
            rows.append((number, entry["key"], *person, *matter, *answer))
        rows.append(("合计", f"{len(own)}件", *[None] * (width - 2)))
        sheets[sheet] = rows
    return sheets


def read_sheets(path: Path) -> dict[str, Cells]:
    """Sheet name → rows of the workbook at ``path``; nothing when there is none."""
    if not path.exists():
        return {}
    book = load_workbook(path)
    return {sheet.title: [tuple(row) for row in sheet.iter_rows(values_only=True)] for sheet in book.worksheets}


def workbook(sheets: dict[str, Cells]) -> Workbook:
    """The register with what office files have: merged titles, borders, wrapped cells, true dates, frozen header."""
    book = Workbook()
    del book[book.sheetnames[0]]
    thin = Side(style="thin")
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for line in (1, 2):
            sheet.merge_cells(start_row=line, start_column=1, end_row=line, end_column=len(REGISTER))
        sheet["A1"].font = Font(name="宋体", size=18, bold=True)
        sheet["A1"].alignment = Alignment(horizontal="center")
        for cell in sheet[3]:
            cell.font = Font(name="宋体", bold=True)
            cell.fill = PatternFill("solid", fgColor="DDEBF7")
        for column, width in zip(sheet.columns, REGISTER.values(), strict=True):
            sheet.column_dimensions[sheet.cell(3, column[2].column).column_letter].width = width
            for cell in column[2:]:
                cell.border = Border(left=thin, right=thin, top=thin, bottom=thin)
                cell.alignment = Alignment(wrap_text=True, vertical="top")
                if isinstance(cell.value, datetime):
                    cell.number_format = "yyyy/m/d h:mm"
        sheet.freeze_panes = "A4"
    return book


def board_csv() -> bytes:
    """The message board (网上留言) as its web site exports it: GB18030, CRLF, Chinese headers."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(BOARD)
    for entry in entries("petitions_waste_plant"):
        message = (entry["key"], entry["user"], entry["title"], f"{entry['time']}:00", entry["text"].strip())
        answer = (entry.get("reply", ""), f"{entry['reply_time']}:00" if "reply_time" in entry else "")
        writer.writerow((*message, REGIONS["petitions_waste_plant"], *answer))
    return text.getvalue().encode("gb18030")


def json_lines(source: str) -> bytes:
    """Hotline items, posts or news as JSON lines; times of posts and news carry Beijing's offset."""
    rows = []
    for entry in entries(source):
        row = {"id": entry["key"]} | {k: v for k, v in entry.items() if k not in ("key", "expect", "personal")}
        row["text"] = entry["text"].strip()
        if source != "hotline":
            row["time"] = entry["time"].replace(" ", "T") + ":00+08:00"
        if source == "weibo":
            row["url"] = f"https://weibo.com/{entry['user_id']}/{entry['key'].removeprefix('wb-')}"
        rows.append(row)
    return _lines(rows)


def expected() -> Iterator[dict[str, Any]]:
    """What we meant each text, and each official reply (key ending in ``/reply``), to be."""
    for source, file in FILES.items():
        for entry in entries(source):
            label = entry["expect"]
            project = PROJECT_IDS.get(label["project"] or "")
            link = {"project_id": project, "relation": "about" if project else "none"}
            yield {
                "file": file,
                "key": entry["key"],
                **link,
                "factors": label["factors"],
                "is_grievance": label["grievance"],
                "kind": label["kind"],
                "group": label.get("group"),
                "residue": label.get("residue"),
                "personal": entry.get("personal", []),
            }
            if "reply" in entry:
                blank = {"factors": [], "is_grievance": False, "kind": "reply", "group": None, "residue": None}
                yield {"file": file, "key": f"{entry['key']}/reply", **link, **blank, "personal": []}


def _lines(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode("utf-8")


def plain_files() -> dict[str, bytes]:
    """File name → content of every generated file except the workbook."""
    made = {FILES[source]: json_lines(source) for source in ("hotline", "weibo", "news")}
    made[FILES["petitions_waste_plant"]] = board_csv()
    made["expected.jsonl"] = _lines(list(expected()))
    return made


@click.command()
def build() -> None:
    """Write the example files from examples/source."""
    for name, content in plain_files().items():
        (FOLDER / name).write_bytes(content)
    path = FOLDER / FILES["petitions_ring_road"]
    sheets = register_sheets()
    # A saved workbook carries the moment of saving, so an unchanged one is not saved again.
    if read_sheets(path) != sheets:
        workbook(sheets).save(path)
    click.echo(f"{sum(1 for _ in expected())} texts and replies written to {FOLDER}")


if __name__ == "__main__":
    build()

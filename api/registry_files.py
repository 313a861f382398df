"""Registry files: decision projects as JSON lines or as a CSV table, read and written."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from pydantic import ValidationError

from pipeline.records import DecisionProject

KNOWN_ELSEWHERE: Final = frozenset({"split"})
"""Fields of registry files that mean nothing here."""
COLUMNS: Final[dict[str, str]] = {
    "id": "编号", "name_zh": "名称", "name_en": "英文名称", "parent_id": "上级项目", "kind": "类型", "aliases": "别名",
    "places": "地点", "keywords": "关键词", "impact_area": "影响范围", "region": "地区", "region_code": "行政区划代码",
    "commissioning_unit": "决策单位", "stage": "阶段", "start": "开始", "end": "结束", "milestones": "节点",
    "description": "说明", "status": "状态",
}  # fmt: skip
"""Field → head of its column in a CSV table; both are read."""
_FIELD_OF: Final = {head: field for field, head in COLUMNS.items()} | {"project_id": "id"}
_NAMES_IDS: Final = frozenset({"id", "project_id", COLUMNS["id"]})
_LISTS: Final = ("aliases", "places", "keywords", "impact_area")
_MILESTONE: Final = re.compile(r"(?P<name>.+?) (?P<date>\d{4}(?:-\d{2}){0,2})(?: (?P<notice_url>https?://\S+))?")


class RegistryUnreadable(ValueError):
    """E165: a registry file that is no text in UTF-8 or holds no project; the message says which."""


Bad = dict[str, Any]
"""A line that is no project: ``line``, ``field``, ``reason``."""


def read_registry(content: bytes) -> tuple[list[tuple[int, DecisionProject]], list[Bad]]:
    """The good projects with their line numbers, and what is wrong with the other lines; by content, JSON or a table.

    Whether a parent is known is not asked here. Raises RegistryUnreadable.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RegistryUnreadable(f"E165: not UTF-8 at byte {error.start}; save it as UTF-8") from error
    lines = _table_lines(text) if _is_table(text) else _json_lines(text)
    good: dict[str, tuple[int, DecisionProject]] = {}
    bad: list[Bad] = []
    for number, row in lines:
        try:
            if not isinstance(row, dict):
                raise ValueError(row if isinstance(row, str) else "expected a JSON object")
            project = DecisionProject.model_validate({k: v for k, v in row.items() if k not in KNOWN_ELSEWHERE})
            if project.id in good:
                raise ValueError(f"duplicate id {project.id}")
            good[project.id] = number, project
        except ValidationError as error:
            bad += [{"line": number, "field": ".".join(map(str, e["loc"])), "reason": e["msg"]} for e in error.errors()]
        except ValueError as error:
            bad.append({"line": number, "field": "", "reason": str(error)})
    return list(good.values()), bad


def as_json_lines(projects: Iterable[DecisionProject]) -> str:
    """One project a line, as ``read_registry`` reads it."""
    return "".join(json.dumps(one.model_dump(mode="json"), ensure_ascii=False) + "\n" for one in projects)


def as_row(project: DecisionProject) -> list[str]:
    """The cells of a project, in the order of COLUMNS."""
    values = project.model_dump(mode="json")
    values["milestones"] = "；".join(
        " ".join(filter(None, (one.name, one.date, one.notice_url))) for one in project.milestones
    )
    return ["、".join(values[name]) if name in _LISTS else str(values[name] or "") for name in COLUMNS]


def milestones_of(cell: str) -> list[dict[str, str]]:
    """The milestones of a cell such as ``公示 2026-03-01；听证 2026-04``. Raises ValueError for what is none."""
    found = []
    for part in filter(None, (" ".join(one.split()) for one in re.split("[；;\n]", cell))):
        match = _MILESTONE.fullmatch(part)
        if match is None:
            raise ValueError(
                "milestones: write NAME DATE, several with ； between them, as in 公示 2026-03-01；听证 2026-04"
            )
        found.append({name: value for name, value in match.groupdict().items() if value})
    return found


def _json_lines(text: str) -> Iterator[tuple[int, Any]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except (ValueError, RecursionError) as error:
                yield number, str(error)


def _is_table(text: str) -> bool:
    """Whether the first line heads a column of ids. Raises RegistryUnreadable for one that is neither head nor JSON."""
    begin = text.lstrip()
    if begin.startswith("{"):
        return False
    try:
        return any(cell.strip() in _NAMES_IDS for cell in next(csv.reader(begin.splitlines()[:1]), []))
    except csv.Error as error:
        raise RegistryUnreadable(f"E165: the first line is neither a head of columns nor JSON: {error}") from error


def _table_lines(text: str) -> Iterator[tuple[int, Any]]:
    reader = csv.reader(io.StringIO(text, newline=""))
    try:
        heads = [_FIELD_OF.get(head.strip(), head.strip()) for head in next(reader, [])]
        if "id" not in heads or "name_zh" not in heads:
            raise RegistryUnreadable("E165: no column 编号 (id) or 名称 (name_zh): it is no table of projects")
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, _row(dict(zip(heads, map(_plain, cells), strict=False)))
    except csv.Error as error:
        raise RegistryUnreadable(f"E165: the table breaks off: {error}") from error


def _row(cells: dict[str, str]) -> Any:
    row: dict[str, Any] = {name: value for name, value in cells.items() if name and value}
    if "milestones" in row:
        try:
            row["milestones"] = milestones_of(row["milestones"])
        except ValueError as error:
            return str(error)
    return row


def _plain(cell: str) -> str:
    """The cell without the apostrophe that keeps a spreadsheet from running it."""
    cell = cell.strip()
    return cell[1:] if re.match(r"'[=+\-@＝＋－＠]", cell) else cell


__all__ = ["COLUMNS", "Bad", "RegistryUnreadable", "as_json_lines", "as_row", "milestones_of", "read_registry"]

"""Incidents on a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from api.incident_cards import LEVEL_ZH
from pipeline.alerts.observation import CHINA
from pipeline.records import IncidentNote
from pipeline.sources.status import SourceStatus

COLOUR: Final = {"blue": "blue", "yellow": "yellow", "orange": "dark_orange", "red": "red"}
STATE_ZH: Final = {"open": "待处理", "acknowledged": "已受理", "silenced": "已静默", "closed": "已关闭"}
FACET_ZH: Final = {"matter": "事项", "factor": "风险因素", "source": "来源", "place": "地点"}
CHECK_ZH: Final = {
    "copies": "多为复制转发", "back_fill": "补采数据", "one_voice": "出自少数声音", "new_source": "新接入来源",
    "holiday": "节假日", "volume_artefact": "总量同升",
}  # fmt: skip
SOURCE_ZH: Final = {"no_success": "来源无法读取", "no_items": "来源静默", "blocked": "来源被封"}
ACTION_ZH: Final = {
    "acknowledge": "受理", "silence": "静默", "reopen": "重新打开", "close": "关闭", "assign": "交办",
    "comment": "备注", "verdict": "判定",
}  # fmt: skip
VERDICT_ZH: Final[dict[str | None, str]] = {"true": "属实", "false": "误报", "duplicate": "重复", None: "未判定"}
HELD_ZH: Final = {"few_voices": "声音不足", "one_kind_of_source": "来源单一"}


def print_rows(rows: Sequence[dict[str, Any]]) -> None:
    """One line an incident."""
    console = _console()
    for row in rows:
        mark = "" if row.get("listed") is None else ("● " if row["listed"] else "  ")
        colour = COLOUR[row["level"]]
        console.print(
            f"{mark}[{colour}]{row['level_name']}[/{colour}] {STATE_ZH[row['state']]}  {_time(row['begin'])}  "
            f"{row['headline']}  [dim]{row['id']}[/dim]",
            highlight=False,
        )
    if not rows:
        console.print("No incident. What was not collected was not seen: minyi alerts show lists gaps.")


def print_silent(rows: Iterable[SourceStatus]) -> None:
    """Sources that are silent now, a line each: what they do not bring is no fall of opinion."""
    console = _console()
    for row in rows:
        if row.incidents:
            kinds = "、".join(SOURCE_ZH[incident.kind] for incident in row.incidents)
            since = min(incident.begun_at for incident in row.incidents)
            console.print(
                f"来源事件：{row.name} {kinds}，自 {_time(since)}；不是意见减少", highlight=False, markup=False
            )


def print_late(late: Iterable[dict[str, Any]]) -> None:
    """What was added to hours that were judged already: a rise in it raises no alert."""
    for row in late:
        _console().print(
            f"迟到未判：{row['project_id']} 近7日有 {number(row['texts'])} 条在判定之后才到，未计入预警",
            highlight=False, markup=False,
        )  # fmt: skip


def print_page(page: dict[str, Any], notes: Iterable[IncidentNote]) -> None:
    """The whole page of an incident."""
    console = _console()
    colour = COLOUR[page["level"]]
    console.print(f"[bold {colour}]{page['level_name']}[/] {page['headline']}", highlight=False)
    console.print(
        f"{STATE_ZH[page['state']]}；{_time(page['window_start'])} – {_time(page['window_end'])}；"
        f"{'已结束 ' + _time(page['ended']) if page['ended'] else '仍在持续'}",
        highlight=False,
    )
    if page["held_back"]:
        console.print(f"未升级：{'、'.join(HELD_ZH[code] for code in page['held_back'])}", highlight=False)
    if page["explanation"]:
        _explanation(console, page["explanation"])
    for note in notes:
        said = f"：{note.comment}" if note.comment else ""
        value = VERDICT_ZH[note.value] if note.action == "verdict" else note.value or ""
        console.print(
            f"{_time(note.at)} {note.who} {ACTION_ZH[note.action]} {value}{said}", highlight=False, markup=False
        )


def print_preview(shown: dict[str, Any]) -> None:
    """What would have been told, one line an episode."""
    console = _console()
    rates = ", ".join(f"{rate:g}" for rate in shown["false_alarms"])
    console.print(f"{_time(shown['since'])} – {_time(shown['until'])}，误报/项目月：{rates}", highlight=False)
    for row in shown["episodes"]:
        known = f"{row['incident_id']} ({VERDICT_ZH[row['verdict']]})" if row["incident_id"] else "未曾记录"
        seen = f"{number(row['observed'])}（往常 {row['expected']}）"
        console.print(f"{_time(row['begin'])}  {LEVEL_ZH[row['level']]}  {seen}  {known}", highlight=False)
    for row in shown["not_told"]:
        console.print(f"不会提示：{row['incident_id']} ({VERDICT_ZH[row['verdict']]})", highlight=False)
    if not shown["episodes"]:
        console.print("Nothing would have been told.")


def number(count: dict[str, Any]) -> str:
    """A count as it may be shown."""
    if "less_than" in count:
        return f"<{count['less_than']}"
    return f"≥{count['at_least']}" if "at_least" in count else str(count["value"])


def _explanation(console: Any, explained: dict[str, Any]) -> None:
    for facet in explained["drivers"]:
        covers = f"（占增量 {facet['covers']:.0%}）" if facet["covers"] is not None else ""
        console.print(f"[bold]{FACET_ZH[facet['facet']]}[/bold]{covers}", highlight=False)
        for value in facet["values"]:
            usual = f"，往常 {value['expected']}，占增量 {value['share']:.0%}" if value["share"] is not None else ""
            console.print(f"  {value['name']}：{number(value['observed'])}{usual}", highlight=False, markup=False)
            for quote in value["quotes"]:
                console.print(f"    “{' '.join(quote.split())}”", highlight=False, markup=False)
    without = explained["without_top_factor"]
    if without:
        level = LEVEL_ZH[without["level"]] if without["level"] else "不成预警"
        console.print(f"除去首要因素：{without['observed']}（往常 {without['expected']}），{level}", highlight=False)
    found = [CHECK_ZH[check["code"]] for check in explained["checks"] if check["found"]]
    console.print(f"伪迹检查：{'、'.join(found) or '未发现'}", highlight=False)
    if explained["undated"] != {"value": 0, "exact": True}:
        console.print(f"未注明发布时间、未计入：{number(explained['undated'])}", highlight=False)
    if explained["late"] != {"value": 0, "exact": True}:
        console.print(f"判定之后才到、未计入预警：{number(explained['late'])}", highlight=False)
    for gap in explained["unseen"]:
        befell = f"（{'、'.join(SOURCE_ZH[kind] for kind in gap['incidents'])}）" if gap["incidents"] else ""
        console.print(
            f"未看全：{gap['source']} 缺 {gap['missing_hours']} 小时，截断 {gap['capped_hours']} 小时{befell}",
            highlight=False, markup=False,
        )  # fmt: skip


def _time(moment: Any) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"


def _console() -> Any:
    from rich.console import Console

    console = Console()
    return console if console.is_terminal else Console(width=160)

"""``minyi coverage``: what was found, what was searched and is empty, and what was not searched."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.options import (
    clear_errors,
    home_option,
    json_option,
    opened,
    print_json,
    purpose_option,
    reader_of,
    role_option,
)

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from api.coverage_answers import CoverageShown
    from pipeline.records import SearchWindow

KIND_ZH = {"petition": "信访", "hotline": "热线", "weibo": "微博", "news": "新闻", "notice": "公告", "survey": "问卷"}
CELL_ZH = {"searched_empty": "查无", "not_searched": "未检索", "withheld": "不显示", "found": "有"}
SEARCH_ZH = {"complete": "完整", "lower_bound": "下限", "unknown": "导入，是否完整未知", "not_searched": "未检索"}
WINDOW_ZH = {
    "complete": "完整", "cut_short": "截断", "not_read": "未读到", "waiting": "待读", "unknown": "导入",
}  # fmt: skip
LIMITS_ZH = "检举控告不计入；新闻引述他人，不从中识别因素。查无不等于无意见，沉默不等于同意 (P-24)。"
SHOWN_WINDOWS = 6
EXAMPLES = """\b
Examples:
  minyi coverage qingtan-east-ring --purpose risk_identification
  minyi coverage qingtan-east-ring --purpose risk_identification --all --windows
  minyi coverage qingtan-east-ring --purpose risk_identification --json | jq '.groups[] | select(.heard | not)'"""


@click.command(name="coverage", epilog=EXAMPLES)
@click.argument("project")
@click.option("--all", "everything", is_flag=True, help="Also the factors that nothing was found on, one a line.")
@click.option("--windows", "every_window", is_flag=True, help="Every window that was searched, not the first six.")
@purpose_option
@role_option("assessor")
@home_option
@json_option
@clear_errors
def command(
    project: str, everything: bool, every_window: bool, purpose: str | None, role: str, home: Path | None, as_json: bool
) -> None:
    """Show, for each risk factor, kind of source and stage of PROJECT, whether something was found (有), searched and
    empty (查无), or not searched (未检索); what was searched, and the groups that were not heard.

    Numbers pass k-anonymity; ≥ marks lower bounds. Silence is not consent."""
    from api.coverage_desk import CoverageDesk

    with opened(home) as office:
        shown = CoverageDesk(office, reader_of(role)).coverage(project, purpose)
    if as_json:
        print_json(shown)
        return
    print_coverage(shown, everything, 10**6 if every_window else SHOWN_WINDOWS)


def print_coverage(shown: CoverageShown, everything: bool, windows: int) -> None:
    """The matrix, what was searched, and who was not heard."""
    from rich.console import Console

    console = Console()
    if not console.is_terminal:
        console = Console(width=110)
    console.print(_matrix(shown, everything))
    if not everything:
        empty = sum(row.state == "searched_empty" for row in shown.rows)
        never = sum(row.state == "not_searched" for row in shown.rows)
        console.print(f"另有 {empty} 个因素查无，{never} 个因素未检索：--all", highlight=False)
    _print_searched(console, shown, windows)
    unheard = [group.name_zh for group in shown.groups if not group.heard]
    if unheard:
        console.print(f"依法应听取而未听到（或不足 {shown.k_anonymity} 个声音）：{'；'.join(unheard)}", highlight=False)
    if shown.unread:
        console.print(f"尚有 {shown.unread} 件文本未读，不在其中：minyi work", highlight=False)
    console.print(LIMITS_ZH, style="dim")


def _matrix(shown: CoverageShown, everything: bool) -> Table:
    from rich.table import Table

    names = _stage_names(shown)
    several = len(names) > 1
    table = Table("风险因素", "合计", title=f"检索覆盖 {shown.project_id}")
    for column in shown.searched:
        stage = f"{names[column.stage]}\n" if several else ""
        table.add_column(f"{stage}{KIND_ZH[column.source_kind]}\n[dim]{SEARCH_ZH[column.state][:2]}[/dim]")
    for row in shown.rows:
        if not everything and row.state != "found":
            continue
        name = row.name_zh + ("（只计数）" if row.counted_only else "")
        table.add_row(name, _told(row.state, row.count), *(_told(cell.state, cell.count) for cell in row.cells))
    return table


def _stage_names(shown: CoverageShown) -> dict[str, str]:
    return {period.stage: period.name_zh for period in shown.stages}


def _told(state: str, count: object) -> str:
    from api.answers import AtLeast, Exact, FewerVoices

    if state != "found" or count is None:
        return f"[dim]{CELL_ZH[state]}[/dim]" if state != "found" else CELL_ZH[state]
    if isinstance(count, FewerVoices):
        return f"<{count.less_than}"
    return f"≥{count.at_least}" if isinstance(count, AtLeast) else str(count.value) if isinstance(count, Exact) else ""


def _print_searched(console: Console, shown: CoverageShown, limit: int) -> None:
    from rich.markup import escape

    names = _stage_names(shown)

    console.print("[bold]检索范围[/bold]")
    for column in shown.searched:
        head = f"{names[column.stage]}·{KIND_ZH[column.source_kind]}：{SEARCH_ZH[column.state]}"
        parts = [escape(_window(window)) for window in column.windows[:limit]]
        more = len(column.windows) - limit
        parts += [f"另 {more} 段：--windows"] if more > 0 else []
        console.print("  " + head + ("；".join(["", *parts])), highlight=False)


def _window(window: SearchWindow) -> str:
    """Source, days, and how it went."""
    since = f"{window.since:%Y-%m-%d}" if window.since else "…"
    until = f"{window.until:%Y-%m-%d}" if window.until else "至今"
    why = f"，{window.why}" if window.why else ""
    return f"{window.source} {since}–{until}（{WINDOW_ZH[window.state]}{why}）"

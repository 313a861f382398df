"""``minyi forecast``: the volume of the coming days, and the milestone warning."""

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
    from api.forecast_answers import ForecastShown

EXAMPLES = """\b
Examples:
  minyi forecast qingtan-east-ring --purpose supervision
  minyi forecast qingtan-east-ring --days 7 --purpose risk_identification --role assessor --json"""


@click.command(name="forecast", epilog=EXAMPLES)
@click.argument("project")
@purpose_option
@role_option("supervisor")
@click.option("--days", type=click.IntRange(1, 28), default=14, show_default=True, help="Days ahead.")
@home_option
@json_option
@clear_errors
def command(project: str, purpose: str | None, role: str, days: int, home: Path | None, as_json: bool) -> None:
    """Show how many new negative stories to expect on PROJECT a day, with 50 % and 90 % intervals.

    Around a milestone (预公告, 公示, 听证, 开工, 搬迁) it shows how volume moved in at least five comparable past
    projects. It never says anything about people. Hours are judged by the watch: minyi work.
    """
    from api.outlook_desk import OutlookDesk

    with opened(home) as office:
        shown = OutlookDesk(office, reader_of(role)).forecast(project, purpose, days)
    print_json(shown) if as_json else _print(shown)


def _print(shown: ForecastShown) -> None:
    from rich.console import Console
    from rich.table import Table

    from api.forecast_answers import RISE_RUNNING_ZH, WITHHELD_ZH

    console = Console()
    judged = f"{shown.judged_through:%Y-%m-%d %H:%M}" if shown.judged_through else "–"
    console.print(f"{shown.project_id} · 监测至 {judged}", markup=False)
    if shown.rise_running:
        console.print(RISE_RUNNING_ZH, markup=False)
    if shown.withheld:
        console.print(f"不预测：{WITHHELD_ZH[shown.withheld]} ({shown.withheld})", markup=False)
    else:
        table = Table("日期", "预计", "50 %", "90 %")
        for day in shown.days:
            table.add_row(f"{day.day}", f"{day.expected:g}", "{}–{}".format(*day.half), "{}–{}".format(*day.ninety))
        console.print(table)
        if not shown.holidays_known:
            console.print("部分日期的放假安排尚未公布，仅按法定日期计算。", markup=False)
    for milestone in shown.milestones:
        if milestone.note:
            console.print(f"{milestone.kind} {milestone.day}：可比项目不足5个 ({milestone.note})", markup=False)
            continue
        table = Table("相对节点（日）", "倍数", "50 %", "90 %", title=f"{milestone.kind} {milestone.day}，"
                      f"{milestone.comparable_projects} 个可比项目")  # fmt: skip
        for week in milestone.weeks:
            table.add_row(f"{week.first:+d} … {week.last:+d}", f"{week.median:g}", "{:g}–{:g}".format(*week.half),
                          "{:g}–{:g}".format(*week.ninety))  # fmt: skip
        console.print(table)
    console.print("仅为文本数量，不涉及任何人。", markup=False)

"""``minyi matters``: what the texts on a project say about the same thing, and how far it was answered."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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

STEP_ZH = {"take_up": "受理告知", "answer": "办结答复"}
CHANGE_ZH = {"appeared": "出现", "renamed": "更名", "merged": "并入", "split": "拆分为", "ended": "终止"}
AFFECTED_ZH = {"household": "户", "person": "人", "all_households": "户（全体）", "all_persons": "人（全体）"}
EXAMPLES = """\b
Examples:
  minyi matters qingtan-east-ring --purpose risk_identification
  minyi matters qingtan-east-ring --purpose risk_identification --matter ID
  minyi matters qingtan-east-ring --purpose supervision --role supervisor --json | jq '.rows[].response.late'"""


@click.command(name="matters", epilog=EXAMPLES)
@click.argument("project")
@purpose_option
@role_option("assessor")
@click.option("--matter", metavar="ID", help="One matter, living or former, with what became of it.")
@home_option
@json_option
@clear_errors
def command(project: str, purpose: str | None, role: str, matter: str | None, home: Path | None, as_json: bool) -> None:
    """Show the matters of PROJECT: topic, texts a week, places, units asked, replies, and units that are late.

    Words of a text stand here from k voices on. A unit is late 15 days after a petition that was not taken up, 60 days
    after one that was not answered.
    """
    from api.matters_desk import MattersDesk

    with opened(home) as office:
        desk = MattersDesk(office, reader_of(role))
        if matter:
            found = desk.matter(matter, purpose, project)
            print_json(found) if as_json else _print_one(found)
            return
        answer = desk.matters(project, purpose)
    print_json(answer) if as_json else _print_all(answer)


def _print_all(answer: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.table import Table

    from api.cli.risk_points import in_figures

    console = Console()
    if not console.is_terminal:
        console = Console(width=110)
    table = Table("事项", "文本与地点", "答复", show_lines=True)
    for column in table.columns:
        column.overflow = "fold"
    for row in answer["rows"]:
        table.add_row(_topic(row), _heard(row), _answered(row))
    if answer["rows"]:
        console.print(table)
        console.print(f"共 {in_figures(answer['total'])} 件文本", highlight=False)
    else:
        console.print("No matter: no text about the project states a grievance. Silence is not consent.")
    for aside in answer["counted_only"]:
        console.print(f"仅计数：{aside['factor_name']} {in_figures(aside['documents'])}", highlight=False)


def _topic(row: dict[str, Any]) -> str:
    from rich.markup import escape

    title = f"\n“{escape(row['title'])}”" if row["quoted"] else "\n[dim]独立声音不足，不引原文（P-07）[/dim]"
    return f"[bold]{row['concern_name']}[/bold]{title}\n[dim]{row['id']}[/dim]"


def _heard(row: dict[str, Any]) -> str:
    from rich.markup import escape

    from api.cli.risk_points import in_figures

    counts = row["counts"]
    lines = [f"文本 {in_figures(counts['documents'])}，独立 {in_figures(counts['origins'])}"]
    if row["first_month"]:
        lines.append(f"{row['first_month']} – {row['last_month']}")
    lines += [f"{week['week']} {in_figures(week['count'])}" for week in row["weeks"][-3:]]
    if row["places"]:
        lines.append(escape("、".join(row["places"])))
    if row["affected"]:
        lines.append(f"涉及（单件文本所述）≥{row['affected']['min']} {AFFECTED_ZH[row['affected']['unit']]}")
    return "\n".join(lines)


def _answered(row: dict[str, Any]) -> str:
    from api.cli.risk_points import in_figures

    response = row["response"]
    asked = "、".join(unit["name"] for unit in row["asked_units"])
    lines = [f"已答复 {in_figures(response['answered'])}，逾期答复 {in_figures(response['answered_late'])}"]
    lines += [
        f"[bold]逾期：{late['unit_name']} {STEP_ZH[late['step']]} {in_figures(late['petitions'])}"
        + (f"，已超 {late['days']} 天" if late["days"] else "")
        + "[/bold]"
        for late in response["late"]
    ]
    lines.append(f"[dim]诉求对象：{asked or '未指明'}\n建议责任单位：{'、'.join(row['proposed_unit_names'])}[/dim]")
    return "\n".join(lines)


def _print_one(found: dict[str, Any]) -> None:
    from rich.console import Console

    console = Console()
    if found["matter"]:
        _print_all({"rows": [found["matter"]], "total": found["matter"]["counts"]["documents"], "counted_only": []})
    elif found["now"]:
        console.print(f"{found['id']} → {'、'.join(found['now'])}", highlight=False)
    else:
        console.print(f"{found['id']}: no text carries it any more", highlight=False)
    for event in found["history"]:
        into = f" {'、'.join(event['into'])}" if event["into"] else ""
        console.print(
            f"{event['at']:%Y-%m-%d} {event['matter_id']} {CHANGE_ZH[event['change']]}{into}", highlight=False
        )

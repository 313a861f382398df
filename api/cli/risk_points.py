"""``minyi risk-points``: the candidates of a project, each with what it rests on."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from api.cli.options import (
    clear_errors,
    desk_of,
    home_option,
    json_option,
    opened,
    print_json,
    purpose_option,
    role_option,
)

if TYPE_CHECKING:
    from pipeline.office import Office

ATTENTION = {"verify_first": 0, "focus": 1, "watch": 2}
KIND_ZH = {"petition": "信访", "hotline": "热线", "weibo": "微博", "news": "新闻", "notice": "公告", "survey": "问卷"}
ATTENTION_ZH = {"verify_first": "优先核实", "focus": "重点关注", "watch": "关注"}
STATUS_ZH = {"received": "待办", "in_progress": "办理中", "replied": "已回复", "closed": "已办结"}
GRADES = ("satisfaction", "satisfaction_attitude", "satisfaction_speed")
COUNTER_ZH = {"support": "支持", "official_reply": "官方答复", "resolved": "已解决"}
EXAMPLES = """\b
Examples:
  minyi risk-points qingtan-east-ring --purpose risk_identification
  minyi risk-points qingtan-east-ring --purpose risk_identification --evidence ID
  minyi risk-points qingtan-east-ring --purpose risk_identification --json | jq '.rows[].factor'"""


@click.command(name="risk-points", epilog=EXAMPLES)
@click.argument("project")
@purpose_option
@role_option("assessor")
@click.option("--evidence", metavar="ID", help="Open the passages behind one candidate, for and against.")
@click.option("--all", "everything", is_flag=True, help="Show every candidate, not the ten that need attention most.")
@click.option("--updated-since", metavar="CURSOR", help="Only what changed after this cursor (next_cursor of --json).")
@home_option
@json_option
@clear_errors
def command(
    project: str, purpose: str | None, role: str, evidence: str | None, everything: bool, updated_since: str | None,
    home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Show the risk-point candidates of PROJECT: factor, quote, voices, attention, units, and what is missing."""
    with opened(home) as office:
        desk = desk_of(office, role)
        if evidence:
            _of_this_project(office, evidence, project)
            passages = desk.evidence(evidence, purpose, limit=1000).rows
            print_json(passages) if as_json else _print_passages(passages)
            return
        cards = desk.risk_points(project, purpose, updated_since=updated_since, limit=1000)
        if as_json:
            print_json(asdict(cards))
            return
        name = next(p.name_zh for p in office.store.projects() if p.id == project)
    print_cards(name, cards.rows, 10**6 if everything else 10)


def _of_this_project(office: Office, risk_point: str, project: str) -> None:
    """Raises NotFound when the candidate belongs to another project than the one that was named."""
    from api.desk import NotFound

    point = office.store.risk_point(risk_point)
    if point is not None and point.project_id != project:
        raise NotFound(f"E311: no risk point {risk_point} in project {project}")


def print_cards(name: str, rows: list[dict[str, Any]], limit: int) -> None:
    """A table of cards, those that need attention most first."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from api.policy.wording import ON_VOICES

    console = Console()
    if not console.is_terminal:
        console = Console(width=110)
    live = [row for row in rows if not row.get("removed") and not row.get("sealed")]
    live.sort(key=lambda row: (-row["priority"], ATTENTION[row["attention"]], row["factor"]))
    table = Table("风险因素", "原文（证据）", "声音与来源", title=Text(name, "bold"), show_lines=True)
    table.columns[0].width, table.columns[1].ratio, table.columns[2].width = 28, 1, 26
    for column in table.columns:
        column.overflow = "fold"  # Chinese has no blanks to break at, and no word of a quote may be cut off
    for row in live[:limit]:
        table.add_row(_factor(row), _quoted(row), _heard(row))
    console.print(table)
    if live:
        console.print(ON_VOICES, style="dim", highlight=False, markup=False)
    if not live:
        console.print("No candidate: nothing in the imported texts stands as one. Silence is not consent.")
    if len(live) > limit:
        console.print(f"{len(live) - limit} more: --all", highlight=False)
    for row in rows:
        if row.get("sealed"):
            console.print(
                f"封存（检举控告）：{row['category']}，{row['first_seen']} – {row['last_seen']}", highlight=False
            )


def _factor(row: dict[str, Any]) -> str:
    units = "、".join(row["proposed_unit_names"])
    return f"[bold]{row['factor_name']}[/bold]\n{ATTENTION_ZH[row['attention']]}\n[dim]{row['id']}\n{units}[/dim]"


def _heard(row: dict[str, Any]) -> str:
    """Independent texts, voices as bounds, kinds of source, and how likely the candidate is real."""
    counts, p = row["counts"], row["p_valid"]
    kinds = "、".join(f"{KIND_ZH.get(kind, kind)} {in_figures(n)}" for kind, n in counts["by_source_kind"].items())
    beside = (f"反向证据 {in_figures(row['counter_evidence_count'])}", _not_heard(row["gaps"]))
    lines = (
        f"独立文本 {in_figures(counts['origins'])}，声音 {_bounds(counts['voices'])}",
        kinds,
        f"可能属实 {p['p']:.2f} ({p['low']:.2f}–{p['high']:.2f})",
        *(f"[dim]{line}[/dim]" for line in beside if line),
    )
    return "\n".join(line for line in lines if line)


def _not_heard(gaps: list[dict[str, str]]) -> str:
    """Groups and kinds of source without a text (P-24); of groups a card of few voices names none."""
    from models.taxonomy import taxonomy

    groups = taxonomy().stakeholders
    named = [groups[gap["code"]].name_zh for gap in gaps if gap["kind"] == "group" and gap["code"] in groups]
    named += [KIND_ZH[gap["code"]] for gap in gaps if gap["kind"] == "source"]
    return f"未听到：{'；'.join(named)}" if named else ""


def _quoted(row: dict[str, Any]) -> str:
    if row["title"] is None:
        return "[dim]独立声音不足，不引原文（P-07）；经授权用 --evidence 打开[/dim]"
    from rich.markup import escape

    others = [quote["text"] for quote in row["quotes"] if quote["text"] != row["title"]]
    lines = [f"“{escape(_flat(text))}”" for text in [row["title"], *others][:3]]
    lines += [
        f"[dim]{COUNTER_ZH[quote['kind']]}：“{escape(_flat(quote['text']))}”[/dim]"
        for quote in row["counter_quotes"][:1]
    ]
    return "\n".join(lines)


def _flat(text: str) -> str:
    return " ".join(text.split())


def in_figures(count: dict[str, Any]) -> str:
    """A count as it may be shown; ``<5`` speaks of voices (P-06)."""
    if "less_than" in count:
        return f"<{count['less_than']}"
    return f"≥{count['at_least']}" if "at_least" in count else str(count["value"])


def _bounds(voices: dict[str, Any]) -> str:
    if "less_than" in voices:
        return in_figures(voices)
    low, high = voices["low"], voices["high"]
    return str(low) if low == high else f"{low}–{high}"


def _handled(handling: dict[str, Any] | None) -> str:
    """What the board states about the petition, such as 办理中 or 已办结 满意度2."""
    if not handling:
        return ""
    grades = [handling[name] for name in GRADES if handling[name]]
    return f"  {STATUS_ZH.get(handling['status'], '')}" + (f" 满意度{'/'.join(map(str, grades))}" if grades else "")


def _print_passages(passages: list[dict[str, Any]]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console()
    for passage in passages:
        head = f"{passage['kind']}  {passage['document_id']}[{passage['start']}:{passage['end']}]  "
        console.print(
            f"{head}{passage['source_kind']}  {passage['published_at'] or 'undated'}{_handled(passage['handling'])}",
            style="dim",
            highlight=False,
        )
        shown = Text(_flat(passage["before"]))
        shown.append(_flat(passage["text"]), style="bold")
        shown.append(_flat(passage["after"]))
        console.print(shown)

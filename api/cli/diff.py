"""``minyi diff``: what changed about the candidates of a project between two moments, and why."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

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

WHY_ZH: Final = {
    "new_texts": "新到文本", "texts_withdrawn": "文本撤回", "texts_changed": "来源改动文本", "model": "模型版本变化",
    "taxonomy": "分类体系变化", "code": "程序版本变化", "registry": "项目登记（别名）变化",
    "link_threshold": "关联阈值变化", "calibration": "校准变化", "routing": "分派表变化", "project": "项目信息变化",
    "human_decision": "人工决定", "other_texts": "项目其他文本变化", "cannot_tell": "无法判定",
}  # fmt: skip
SIGNS: Final = {"appeared": "+", "vanished": "-", "changed": "~"}
EXAMPLES = """\b
Examples:
  minyi diff qingtan-east-ring --from 30d --purpose risk_identification
  minyi diff qingtan-east-ring --from before:RUN --to RUN --purpose risk_identification
  minyi diff qingtan-east-ring --from 2026-03-01 --to s12 --purpose risk_identification --json
  minyi diff qingtan-east-ring --list --purpose risk_identification"""


@click.command(epilog=EXAMPLES)
@click.argument("project")
@click.option("--from", "earlier", metavar="MOMENT", help="Run, before:RUN, snapshot (s12), version, day, time or 30d.")
@click.option("--to", "later", metavar="MOMENT", default="now", show_default=True, help="The later moment.")
@click.option("--list", "listed", is_flag=True, help="Show the moments that are kept.")
@purpose_option
@role_option("assessor")
@home_option
@json_option
@clear_errors
def command(
    project: str, earlier: str | None, later: str, listed: bool, purpose: str | None, role: str, home: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Show which candidates of PROJECT appeared, vanished or changed between two moments, and why.

    A reason is named where its trace was found: texts that came or went, the version that read the very text, the
    registry, the calibration, a person's decision. Quotes and counts are shown as on the cards.
    """
    from api.diff_desk import DiffDesk

    if not listed and earlier is None:
        raise click.UsageError("--from: name the earlier moment; --list shows those that are kept")
    with opened(home) as office:
        desk = DiffDesk(office, reader_of(role))
        if earlier is None or listed:
            moments = desk.moments(project, purpose)
            print_json({"rows": moments}) if as_json else _print_moments(moments)
            return
        found = desk.diff(project, purpose, earlier, later)
    print_json(found) if as_json else _print(found)


def _print_moments(rows: list[dict[str, Any]]) -> None:
    for row in rows:
        model = f"model {row['versions'].model}" if row["versions"] else "no text"
        click.echo(f"s{row['snapshot']}  {row['taken_at']:%Y-%m-%d %H:%M} UTC  {model}")
    if not rows:
        click.echo("No moment is kept yet: minyi work keeps one whenever the candidates change.")


def _print(found: dict[str, Any]) -> None:
    ends = [f"s{one['snapshot']} ({one['at']:%Y-%m-%d %H:%M} UTC)" for one in (found["earlier"], found["later"])]
    click.echo(f"{ends[0]} → {ends[1]}")
    if found["texts_withdrawn"]:
        click.echo("Texts were withdrawn or changed by their source meanwhile; they are in neither side.")
    for row in found["rows"]:
        for line in _lines(row):
            click.echo(line)
    if not found["rows"]:
        click.echo("Nothing changed about the candidates.")


def _lines(row: dict[str, Any]) -> list[str]:
    why = "、".join(WHY_ZH[one] for one in row["why"])
    what = f": {', '.join(row['what'])}" if row["what"] else ""
    lines = [f"{SIGNS[row['change']]} {row['factor_name']}  {row['change']}{what}  [{why}]  {row['id']}"]
    before, after = row["before"], row["after"]
    lines += [f"    {name}: {text}" for name, text in _figures(before, after)]
    for sign, side in (("+", row["added"]), ("-", row["removed"])):
        number = _number(side["texts"])
        if number != "0":
            lines.append(f"    {sign} evidence of {number} texts{_quoted(side)}")
    for moved in row["moved"]:
        ends = f"{moved['from_factor']} to {moved['to_factor']}"
        lines.append(f"    evidence of {_number(moved['texts'])} texts moved from {ends}{_quoted(moved)}")
    return lines


def _figures(before: dict[str, Any] | None, after: dict[str, Any] | None) -> list[tuple[str, str]]:
    """What is worth a line: all of what is new or gone, of what stayed the figures that differ."""
    names = ("attention", "band", "rank", "state", "triangulation", "trend", "escalation")
    texts: list[tuple[str, str]] = []
    for name in names:
        sides = [str(side[name]) for side in (before, after) if side is not None]
        if len(sides) == 2 and sides[0] != sides[1]:
            texts.append((name, " → ".join(sides)))
    p_valid = [f"{side['p_valid']['p']:.4f}" for side in (before, after) if side is not None]
    if len(set(p_valid)) == 2:
        texts.append(("p_valid", " → ".join(p_valid)))
    origins = [_number(side["counts"]["origins"]) for side in (before, after) if side is not None]
    if len(origins) == 1 or origins[0] != origins[1]:
        texts.append(("independent texts", " → ".join(origins)))
    return texts


def _number(count: dict[str, Any]) -> str:
    """A count as it may be shown; ``<5`` speaks of voices (P-06)."""
    if "less_than" in count:
        return f"<{count['less_than']}"
    return f"≥{count['at_least']}" if "at_least" in count else str(count["value"])


def _quoted(side: dict[str, Any]) -> str:
    quotes = "”“".join(" ".join(quote["text"].split()) for quote in side["quotes"])
    return f": “{quotes}”" if quotes else ""

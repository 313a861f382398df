"""``minyi projects aliases``: names that texts suggest for a project; a named person decides."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    from pipeline.store import AliasAction

LONGEST_NAME = 64
SIGN_ZH = {
    "introduced": "文中介绍为名称",
    "quoted": "带引号",
    "scrambled": "名称的错写",
    "abbreviated": "名称的缩写",
    "named": "地名或设施名",
}
STATE_ZH = {"proposed": "待定", "accepted": "已采纳", "rejected": "已否决", "withdrawn": "已撤回"}
EXAMPLES = """\b
Examples:
  minyi projects aliases qingtan-east-ring --propose --purpose risk_identification
  minyi projects aliases qingtan-east-ring --accept ID --who 评估员甲 --reason 走访证实 --purpose risk_identification
  minyi projects aliases qingtan-east-ring --withdraw ID --who 评估员甲 --reason 指别处 --purpose risk_identification"""


@click.command(name="aliases", epilog=EXAMPLES)
@click.argument("project")
@click.option("--propose", is_flag=True, help="Look for names in the texts first.")
@click.option("--accept", metavar="ID", help="Take this name into the project's entry.")
@click.option("--reject", metavar="ID", help="Reject this name: it is never proposed again.")
@click.option("--withdraw", metavar="ID", help="Take an accepted name out of the entry again.")
@click.option("--who", help="The person who decides (P-23).")
@click.option("--reason", help="Why, in a few words.")
@purpose_option
@role_option("assessor")
@home_option
@json_option
@clear_errors
def command(
    project: str, propose: bool, accept: str | None, reject: str | None, withdraw: str | None, who: str | None,
    reason: str | None, purpose: str | None, role: str, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Show the names by which texts call PROJECT and that its entry lacks; accept, reject or withdraw one.

    A name is shown with the passages that suggest it, and only where k people or texts of different origin say it.
    After a decision `minyi work` links the texts against the changed entry.
    """
    from api.registry_desk import RegistryDesk

    options: tuple[tuple[AliasAction, str | None], ...] = (
        ("accept", accept), ("reject", reject), ("withdraw", withdraw),
    )  # fmt: skip
    given = [(action, key) for action, key in options if key]
    if len(given) + propose > 1:
        raise click.UsageError("one of --propose, --accept, --reject and --withdraw, not several")
    if given and not (who and who.strip() and reason and len(reason.strip()) > 1):
        raise click.UsageError("a named person decides, with a reason (P-23): --who NAME --reason WHY")
    if who and len(who) > LONGEST_NAME:
        raise click.UsageError(f"--who: at most {LONGEST_NAME} characters")
    if not given and (who or reason):
        raise click.UsageError("--who and --reason go with --accept ID, --reject ID or --withdraw ID")
    with opened(home) as office:
        desk = RegistryDesk(office, reader_of(role))
        if given:
            assert who and reason
            [(action, key)] = given
            rows = [desk.decide_alias(project, purpose, key, who=who, action=action, reason=reason)]
        else:
            rows = desk.propose_aliases(project, purpose) if propose else desk.aliases(project, purpose)
    if as_json:
        print_json(rows[0] if given else rows)
        return
    for row in rows:
        _show(row)
    if given and given[0][0] != "reject":
        click.echo("Next: minyi work (links the texts against the changed entry)")
    elif not rows:
        click.echo("No name is proposed." if propose else "No name is proposed; look for some with --propose.")


def _show(row: dict[str, Any]) -> None:
    signs = "、".join(SIGN_ZH[sign] for sign in row["signs"])
    click.echo(f"{row['alias']}  {STATE_ZH[row['state']]}  {row['id']}" + (f"  {signs}" if signs else ""))
    if row["texts"] is not None:
        voices = f"{row['voices_low']}–{row['voices_high']}"
        shared = "" if row["exclusive"] else "; texts about other projects say it too"
        click.echo(f"  {row['texts']} texts, {row['origins']} origins, voices {voices}{shared}")
    for passage in row["passages"]:
        click.echo(f"  “{' '.join(passage['text'].split())}”")
    for decision in row["decisions"]:
        click.echo(f"  {decision['at']:%Y-%m-%d} {decision['action']} by {decision['who']}: {decision['reason']}")

"""``minyi erase``: takes texts out for good, with all that was derived from them (P-12)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import click

from api.cli.options import clear_errors, home_option, json_option, opened, print_json

EXAMPLES: Final = """\b
Examples:
  minyi erase --url https://news.example/a/17 --dry-run
  minyi erase --document d0123456789abcdef01234567 --who wanglei --ground objection --reference 2026-017
  minyi erase --source 县长信箱 --collected-from 2026-11-02 --collected-until 2026-11-03 --who wanglei \\
    --ground taken_in_by_mistake"""
DAY: Final = click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"])


@click.command(epilog=EXAMPLES)
@click.option("--document", "documents", multiple=True, help="Id of a text; may be given several times.")
@click.option("--url", "urls", multiple=True, help="Address of a text; of social media too; several times.")
@click.option("--source", help="Name of a source: all that it brought, or what came between two moments.")
@click.option("--collected-from", type=DAY, help="With --source: only what came in from then on, in UTC.")
@click.option("--collected-until", type=DAY, help="With --source: only what came in before then, in UTC.")
@click.option("--window", help="Id of one crawl of a source: all that it brought.")
@click.option("--who", help="The person who answers for it.")
@click.option(
    "--ground",
    type=click.Choice(["objection", "source_withdrawn", "authority", "taken_in_by_mistake"]),
    help="On whose demand.",
)
@click.option("--reference", help="Number of the written request, such as 2026-017; never a name or a text.")
@click.option("--dry-run", is_flag=True, help="Say how many texts are meant; erase nothing.")
@home_option
@json_option
@clear_errors
def command(
    documents: tuple[str, ...],
    urls: tuple[str, ...],
    source: str | None,
    collected_from: datetime | None,
    collected_until: datetime | None,
    window: str | None,
    who: str | None,
    ground: str | None,
    reference: str | None,
    dry_run: bool,
    home: Path | None,
    as_json: bool,
) -> None:
    """Erase texts on an objection or a source's demand (P-12), prove that nothing is left. Cannot be undone.

    Official replies to a text go with it. Index, vectors, earlier moments and candidates lose it in the same run; the
    ledger beside the keys, and its copy in every backup, keep it from coming back. The answer is a check: what is left
    is named, and the exit code is 1 until nothing is.
    """
    from api.cli.progress import Bars
    from pipeline.erasure import Selection, erase, meant, remainders, unreachable_backups

    if not (documents or urls or source or window):
        raise click.UsageError("say what to erase: --document, --url, --source or --window")
    if (collected_from or collected_until) and not source:
        raise click.UsageError("--collected-from and --collected-until go with --source")
    if not dry_run and not (who and ground):
        raise click.UsageError("say who answers for it and on what ground: --who NAME --ground objection")
    chosen = Selection(documents, urls, source, _utc(collected_from), _utc(collected_until), window)
    with opened(home) as office:
        texts = meant(office, chosen)
        counts = {"texts": len(texts.named), "replies": len(texts.replies)}
        if dry_run or not texts.ids:
            _tell({**counts, "erased": 0}, as_json, f"{len(texts.named):,} texts and {len(texts.replies):,} replies "
                  "are meant; nothing was erased.")  # fmt: skip
            return
        with Bars(quiet=as_json) as bars:
            erase(office, texts, who or "", ground or "", reference, bars)
        left = list(remainders(office, texts.ids))
        away = unreachable_backups(office)
        ledger = office.settings.keys_folder / "withdrawn.jsonl"
    answer = {**counts, "erased": len(texts.ids), "left": [one._asdict() for one in left], "backups_not_reached": away}
    _tell(answer, as_json, f"{len(texts.named):,} texts and {len(texts.replies):,} replies erased.")
    for folder in away:
        click.echo(f"Backup {folder} could not be reached; before it is restored: copy {ledger} into it.", err=True)
    if away:
        click.echo("Those that were deleted are named no more after: minyi backup --forget FOLDER", err=True)
    if not left:
        if not as_json:
            click.echo("Checked: nothing of them is left in store, index, vectors, candidates; the ledgers name them.")
        return
    for one in left:
        click.echo(f"Left: {one.number:,} in {one.where}", err=True)
    raise SystemExit(1)


def _utc(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.replace(tzinfo=UTC)


def _tell(answer: dict[str, object], as_json: bool, line: str) -> None:
    if as_json:
        print_json(answer)
    else:
        click.echo(line)

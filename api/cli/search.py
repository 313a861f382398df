"""``minyi search``: finds opinion on a project."""

from __future__ import annotations

from pathlib import Path
from typing import Any

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

FILTERS = ("source_kind", "genre", "attitude", "factor", "stakeholder", "place", "region")
FIELD_OF = {
    "factor": "factors", "stakeholder": "stakeholder_groups", "place": "places", "region": "region_codes",
}  # fmt: skip


EXAMPLES = """\b
Examples:
  minyi search 过渡费 补偿 --project qingtan-east-ring --purpose risk_identification
  minyi search '"补偿标准"' --project qingtan-east-ring --purpose risk_identification --sort newest
  minyi search --project qingtan-east-ring --purpose risk_identification --filter genre=post

Put phrases in single quotes around double ones: the shell takes the outer pair away."""


@click.command(epilog=EXAMPLES)
@click.argument("words", nargs=-1)
@click.option("--project", required=True, help="The project (no project, no data: P-09).")
@purpose_option
@role_option("assessor")
@click.option("--filter", "filters", multiple=True, metavar="FIELD=VALUE", help=f"Narrow by {', '.join(FILTERS)}.")
@click.option("--sort", type=click.Choice(["relevance", "newest", "oldest"]), default="relevance", show_default=True)
@click.option("--size", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--after", help="Cursor of the page before.")
@home_option
@json_option
@clear_errors
def command(
    words: tuple[str, ...], project: str, purpose: str | None, role: str, filters: tuple[str, ...], sort: Any,
    size: int, after: str | None, home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Search the texts about a project: WORDS are all needed, "phrases" stand exactly so, no words find everything.

    A filter may be given several times: values of one field are alternatives, fields narrow each other.
    """
    from index import Search
    from index.query import All, parse

    typed = " ".join(words)
    search = Search(
        query=parse(typed) if typed.strip() else All(), filters=_filters(filters), sort=sort, size=size, after=after,
        highlight=True,
    )  # fmt: skip
    with opened(home) as office:
        page = desk_of(office, role).documents(project, purpose, search)
    if as_json:
        print_json({"total": page.total, "next_cursor": page.next_cursor, "hits": [hit_of(hit) for hit in page.hits]})
        return
    _print(page)


def hit_of(hit: Any) -> dict[str, Any]:
    """A hit as JSON."""
    entry = hit.entry
    return {
        "id": hit.id, "text": hit.text, "highlights": [list(span) for span in hit.highlights], "score": hit.score,
        "published_at": hit.published_at, "source_kind": entry.source_kind, "genre": entry.genre,
        "attitude": entry.attitude, "factors": list(entry.factors), "escalation": entry.escalation,
    }  # fmt: skip


def _filters(filters: tuple[str, ...]) -> dict[str, Any]:
    narrowed: dict[str, Any] = {}
    for item in filters:
        name, separator, value = item.partition("=")
        if not separator or name not in FILTERS:
            raise click.UsageError(f"--filter: expected one of {', '.join(FILTERS)} = value; found {item!r}")
        known = _known_values(name)
        if known and value not in known:
            raise click.UsageError(f"--filter: {value!r} is not a {name}; known: {', '.join(sorted(known))}")
        field = FIELD_OF.get(name, name)
        narrowed[field] = (*narrowed.get(field, ()), value)
    return narrowed


def _known_values(name: str) -> frozenset[str]:
    """The closed list of a field's values; empty for a field that takes any."""
    from typing import get_args

    from models.taxonomy import taxonomy
    from pipeline.records.document import DocumentGenre, SourceKind

    lists: dict[str, Any] = {
        "source_kind": get_args(SourceKind),
        "genre": get_args(DocumentGenre),
        "attitude": ("negative", "neutral", "positive"),
        "factor": taxonomy().factors,
        "stakeholder": taxonomy().stakeholders,
    }
    return frozenset(lists.get(name, ()))


def _print(page: Any) -> None:
    from zoneinfo import ZoneInfo

    from rich.console import Console
    from rich.text import Text

    beijing = ZoneInfo("Asia/Shanghai")
    console = Console()
    console.print(f"{page.total:,} found", highlight=False)
    for hit in page.hits:
        day = hit.published_at.astimezone(beijing).date().isoformat() if hit.published_at else "undated"
        console.print(f"\n{hit.id}  {day}  {hit.entry.source_kind}  {', '.join(hit.entry.factors)}", style="dim")
        start = max(0, (hit.highlights[0][0] if hit.highlights else 0) - 40)
        passage = Text(hit.text[start : start + 160].replace("\n", " "))
        for begin, end in hit.highlights:
            passage.stylize("bold yellow", max(0, begin - start), max(0, end - start))
        console.print(passage)
    if page.next_cursor:
        console.print(f"\nMore: --after {page.next_cursor}", highlight=False, soft_wrap=True)

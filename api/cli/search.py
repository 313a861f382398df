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


@click.command(
    epilog="Examples: minyi search 补偿 过渡费 --project ring-road --purpose risk_identification --filter genre=post; "
    "minyi search '态度:负面 (扬尘 或 噪音) published:last30d' --save 扬尘 … ; minyi search --saved 扬尘 … ; "
    "a query that begins with a minus comes after -- (or say 非). The language: docs/QUERIES.md."
)
@click.argument("words", nargs=-1)
@click.option("--project", required=True, help="The project (no project, no data: P-09).")
@purpose_option
@role_option("assessor")
@click.option("--filter", "filters", multiple=True, metavar="FIELD=VALUE", help=f"Narrow by {', '.join(FILTERS)}.")
@click.option("--sort", type=click.Choice(["relevance", "newest", "oldest"]), default="relevance", show_default=True)
@click.option("--size", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--after", help="Cursor of the page before.")
@click.option("--other-names", is_flag=True, help="Find the other names of an office too: 国土局, 自然资源和规划局.")
@click.option("--save", metavar="NAME", help="Keep the query under this name, for this project and your role.")
@click.option("--saved", metavar="NAME", help="Run the query that was kept under this name.")
@home_option
@json_option
@clear_errors
def command(
    words: tuple[str, ...], project: str, purpose: str | None, role: str, filters: tuple[str, ...], sort: Any,
    size: int, after: str | None, other_names: bool, save: str | None, saved: str | None, home: Path | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Search the texts about a project: words are all needed, "phrases" stand exactly so, fields narrow."""
    from index import Search
    from index.query import expand, parse
    from pipeline import vocabulary

    if saved is not None and (words or save is not None):
        raise click.UsageError("--saved runs a query that was kept: type no other, and do not save it again")
    query = parse(" ".join(words), vocabulary.codes())
    narrowed = _filters(filters)
    with opened(home) as office:
        desk = desk_of(office, role)
        if save is not None:
            desk.save_search(project, purpose, save, query)
        if saved is not None:
            query = desk.saved_search(project, purpose, saved).query
        if other_names:
            query = expand(query, vocabulary.other_names())
        search = Search(query=query, filters=narrowed, sort=sort, size=size, after=after, highlight=True)
        page = desk.documents(project, purpose, search)
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
        field = FIELD_OF.get(name, name)
        narrowed[field] = (*narrowed.get(field, ()), value)
    return narrowed


def _print(page: Any) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console()
    console.print(f"{page.total:,} found", highlight=False)
    for hit in page.hits:
        day = hit.published_at.astimezone().date().isoformat() if hit.published_at else "undated"
        console.print(f"\n{hit.id}  {day}  {hit.entry.source_kind}  {', '.join(hit.entry.factors)}", style="dim")
        start = max(0, (hit.highlights[0][0] if hit.highlights else 0) - 40)
        passage = Text(hit.text[start : start + 160].replace("\n", " "))
        for begin, end in hit.highlights:
            passage.stylize("bold yellow", max(0, begin - start), max(0, end - start))
        console.print(passage)
    if page.next_cursor:
        console.print(f"\nMore: --after {page.next_cursor}", highlight=False, soft_wrap=True)

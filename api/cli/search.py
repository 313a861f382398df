"""``minyi search``: finds opinion on a project."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import click

from api.cli.options import (
    clear_errors,
    desk_of,
    home_option,
    json_option,
    opened,
    operator,
    print_json,
    purpose_option,
    reader_of,
    role_option,
)

FILTERS = ("source_kind", "genre", "attitude", "factor", "stakeholder", "place", "region")
FACET_NAMES = (
    "source_kind", "genre", "attitude", "category", "factor", "stakeholder", "province", "city", "county", "township",
    "escalation", "relation",
)  # fmt: skip
FIELD_OF = {
    "factor": "factors", "stakeholder": "stakeholder_groups", "place": "places", "region": "region_codes",
}  # fmt: skip


EXAMPLES = """\b
Examples:
  minyi search 过渡费 补偿 --project qingtan-east-ring --purpose risk_identification
  minyi search '"补偿标准"' --project qingtan-east-ring --purpose risk_identification --sort newest
  minyi search '态度:负面 (扬尘 或 噪音)' --project qingtan-east-ring --purpose risk_identification --save 扬尘
  minyi search --saved 扬尘 --project qingtan-east-ring --purpose risk_identification
  minyi search --saved-list --project qingtan-east-ring --purpose risk_identification
  minyi search --watch 扬尘 --project qingtan-east-ring --purpose risk_identification
  minyi search 夜里放炮 --mode hybrid --project qingtan-east-ring --purpose risk_identification
  minyi search --like DOCUMENT_ID:12-40 --project qingtan-east-ring --purpose risk_identification
  minyi search --project qingtan-east-ring --purpose risk_identification --filter genre=post

Put phrases in single quotes around double ones: the shell takes the outer pair away. A query that begins with a minus
comes after -- (or say 非). The language: docs/QUERIES.md."""


@click.command(epilog=EXAMPLES)
@click.argument("words", nargs=-1)
@click.option("--project", required=True, help="The project (no project, no data: P-09).")
@purpose_option
@role_option("assessor")
@click.option("--filter", "filters", multiple=True, metavar="FIELD=VALUE", help=f"Narrow by {', '.join(FILTERS)}.")
@click.option("--sort", type=click.Choice(["relevance", "newest", "oldest"]), default="relevance", show_default=True)
@click.option("--size", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--after", help="Cursor of the page before.")
@click.option("--other-names", is_flag=True, help="Find the other names of an office too: 国土局, 自然资源和规划局.")
@click.option("--facet", "facets", multiple=True, metavar="NAME", help=f"Count by {', '.join(FACET_NAMES)}.")
@click.option("--histogram", type=click.Choice(["day", "week", "month"]), help="Count over time, in Asia/Shanghai.")
@click.option("--collapse", is_flag=True, help="One text for all copies of its origin, with their number.")
@click.option(
    "--mode",
    type=click.Choice(["lexical", "hybrid"]),
    default="lexical",
    show_default=True,
    help="By words alone, or by words and meaning together (setting semantic).",
)
@click.option("--like", metavar="ID[:START-END]", help="Texts that mean what a passage, or a whole text, means.")
@click.option("--save", metavar="NAME", help="Keep the query under this name, for this project and your role.")
@click.option("--saved", metavar="NAME", help="Run the query that was kept under this name.")
@click.option("--saved-list", is_flag=True, help="List the queries that are kept for the project.")
@click.option("--watch", metavar="NAME", help="Be told when the query of this name finds new texts (docs/ALERTS.md).")
@click.option("--unwatch", metavar="NAME", help="Be told of it no more.")
@click.option("--forget", metavar="NAME", help="Remove the query that your role keeps under this name.")
@home_option
@json_option
@clear_errors
def command(
    words: tuple[str, ...], project: str, purpose: str | None, role: str, filters: tuple[str, ...], sort: Any,
    size: int, after: str | None, other_names: bool, facets: tuple[str, ...], histogram: Any, collapse: bool,
    mode: Any, like: str | None, save: str | None, saved: str | None, saved_list: bool,
    watch: str | None, unwatch: str | None, forget: str | None,
    home: Path | None, as_json: bool,
) -> None:  # fmt: skip
    """Search the texts about a project: WORDS are all needed, "phrases" stand exactly so, no words find everything.

    A filter may be given several times: values of one field are alternatives, fields narrow each other.
    """
    from api.finding import Beside
    from api.shown import counts_json
    from index import Search
    from index.query import expand, parse
    from pipeline import vocabulary

    if saved is not None and (words or save is not None):
        raise click.UsageError("--saved runs a query that was kept: type no other, and do not save it again")
    alone = [
        name for name, given in (("--like", like), ("--saved-list", saved_list), ("--watch", watch),
                                 ("--unwatch", unwatch), ("--forget", forget)) if given
    ]  # fmt: skip
    if len(alone) > 1 or (alone and (words or save is not None or saved is not None)):
        raise click.UsageError(f"{alone[0]} stands alone: type no query, and keep or run none with it")
    if like is not None:
        span = _passage(like)
        with opened(home) as office:
            texts = desk_of(office, role).similar(project, purpose, *span, size=size)
        _show_texts(texts, as_json)
        return
    if alone:
        with opened(home) as office:
            _keeping(office, role, project, purpose, watch=watch, unwatch=unwatch, forget=forget, as_json=as_json)
        return
    query = parse(" ".join(words), vocabulary.codes())
    narrowed = _filters(filters)
    beside = Beside(_facets(facets), histogram=histogram, collapse=collapse)
    with opened(home) as office:
        desk = desk_of(office, role)
        if save is not None:
            desk.save_search(project, purpose, save, query)
        if saved is not None:
            query = desk.saved_search(project, purpose, saved).query
        if other_names:
            query = expand(query, vocabulary.other_names())
        search = Search(query=query, filters=narrowed, sort=sort, size=size, after=after, highlight=True)
        found = desk.documents(project, purpose, search, beside, mode)
    if as_json:
        hits = [hit_of(text) for text in found.texts]
        print_json({**counts_json(found), "next_cursor": found.next_cursor, "hits": hits})
        return
    _print(found)


def hit_of(text: Any) -> dict[str, Any]:
    """A text that was found, as JSON."""
    hit, entry = text.hit, text.hit.entry
    return {
        "id": hit.id, "text": hit.text, "highlights": [list(span) for span in hit.highlights], "score": hit.score,
        "published_at": hit.published_at, "source_kind": entry.source_kind, "genre": entry.genre,
        "attitude": entry.attitude, "factors": list(entry.factors), "escalation": entry.escalation,
        "copies": text.copies.as_json() if text.copies else None, "found_by": "meaning" if text.by_meaning else "words",
    }  # fmt: skip


def _passage(like: str) -> tuple[str, tuple[int, int] | None]:
    """A document id, and the span of its text that is meant."""
    named = re.fullmatch(r"(.+):(\d{1,9})-(\d{1,9})", like)
    return (named[1], (int(named[2]), int(named[3]))) if named else (like, None)


def _show_texts(texts: Any, as_json: bool) -> None:
    from rich.console import Console

    if as_json:
        print_json({"hits": [hit_of(text) for text in texts]})
        return
    console = Console()
    console.print("The closest in meaning first" if texts else "nothing else is about this project", highlight=False)
    _print_texts(console, texts)


def _keeping(
    office: Any, role: str, project: str, purpose: str | None, *, watch: str | None, unwatch: str | None,
    forget: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Watches, or no longer watches, or forgets a saved search; lists them where none is named."""
    from api.saved_search_desk import SavedSearchDesk

    desk = SavedSearchDesk(office, reader_of(role))
    if watch is not None:
        said, name = ("watched" if desk.watch(project, purpose, watch) else "watched already"), watch
    elif unwatch is not None:
        desk.unwatch(project, purpose, unwatch)
        said, name = "watched no more", unwatch
    elif forget is not None:
        desk.forget_search(project, purpose, forget)
        said, name = "forgotten", forget
    else:
        _list_saved(desk.watched(desk.saved(project, purpose)), as_json)
        return
    if as_json:
        print_json({"watched": name, "new": said == "watched"} if watch is not None else {said.replace(" ", "_"): name})
        return
    click.echo(f"{said.capitalize()}: {name}")
    if watch is not None and not any(one.who == operator() for one in office.store.subscriptions()):
        click.echo(
            f"What is new stands in --saved-list; to have it sent: minyi subscribers add … --who {operator()}", err=True
        )


def _list_saved(kept: Any, as_json: bool) -> None:
    from rich.console import Console
    from rich.table import Table

    from index.hybrid import spoken
    from index.query import to_json

    if as_json:
        print_json({"saved": [
            {"name": one.search.name, "owner_role": one.search.owner_role, "saved_at": one.search.saved_at,
             "query": json.loads(to_json(one.search.query)), "watched": one.watched,
             "alert": {"at": one.alert.at, "new": one.alert.new.as_json() if one.alert.new else None}
             if one.alert else None} for one in kept
        ]})  # fmt: skip
        return
    table = Table("name", "role", "saved", "watched", "new", "words", box=None)
    for one in kept:
        alert = f"{one.alert.new or '?'} on {one.alert.at.date().isoformat()}" if one.alert else ""
        saved = one.search
        table.add_row(
            saved.name, saved.owner_role, saved.saved_at.date().isoformat(), "yes" if one.watched else "", alert,
            spoken(saved.query),
        )  # fmt: skip
    Console().print(table)


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


def _facets(names: tuple[str, ...]) -> Any:
    unknown = [name for name in names if name not in FACET_NAMES]
    if unknown:
        raise click.UsageError(f"--facet: expected one of {', '.join(FACET_NAMES)}; found {unknown[0]!r}")
    return tuple(dict.fromkeys(names))


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


def _print(found: Any) -> None:
    from rich.console import Console

    console = Console()
    console.print(f"{_said(found.total)} found", highlight=False)
    _print_texts(console, found.texts)
    if found.next_cursor:
        console.print(f"\nMore: --after {found.next_cursor}", highlight=False, soft_wrap=True)
    _print_counts(console, found)


def _print_texts(console: Any, texts: Any) -> None:
    from zoneinfo import ZoneInfo

    from rich.text import Text

    beijing = ZoneInfo("Asia/Shanghai")
    for text in texts:
        hit = text.hit
        day = hit.published_at.astimezone(beijing).date().isoformat() if hit.published_at else "undated"
        copies = f"  copies: {_said(text.copies)}" if text.copies else ""
        factors = ", ".join(hit.entry.factors)
        by = "  by meaning" if text.by_meaning else ""
        console.print(f"\n{hit.id}  {day}  {hit.entry.source_kind}  {factors}{copies}{by}", style="dim")
        start = max(0, (hit.highlights[0][0] if hit.highlights else 0) - 40)
        passage = Text(hit.text[start : start + 160].replace("\n", " "))
        for begin, end in hit.highlights:
            passage.stylize("bold yellow", max(0, begin - start), max(0, end - start))
        console.print(passage)


def _print_counts(console: Any, found: Any) -> None:
    from rich.table import Table

    for name, facet in found.facets.items():
        table = Table(name, "texts", box=None)
        for row in facet.rows:
            table.add_row(row.value, _said(row.count))
        if facet.others:
            table.add_row("其他", _said(facet.others))
        console.print()
        console.print(table)
    if found.timeline:
        table = Table(found.timeline.interval, "texts", "coverage", box=None)
        for period in found.timeline.periods:
            said = _said(period.count) if period.count else "not read"
            table.add_row(period.first.isoformat(), said, " ".join((period.coverage, *period.missing_sources)))
        table.add_row("undated", _said(found.timeline.undated), "")
        console.print()
        console.print(table)


def _said(count: Any) -> str:
    return f"{count} voices" if count.form == "less_than" else str(count)

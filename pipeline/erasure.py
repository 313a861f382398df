"""Erasure (删除与异议, P-12): texts go on an objection or a source's demand, with all that was derived from them.

A named person answers for it, with one of four grounds and, if there is one, the number of the written request; no
word of the objection is kept. Official replies repeat the petition that they answer, and go with it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal, NamedTuple, get_args

from pipeline.audit import WHO, AuditLog
from pipeline.feed import VACUUM_DUE
from pipeline.semantics import VACUUM_DUE as VECTORS_VACUUM_DUE
from pipeline.store.erasing import Erasing
from pipeline.store.scrubbing import SCRUB_DUE
from pipeline.upkeep import follow
from pipeline.withdrawn import FILE_NAME, Ledger, backups, known_backups

if TYPE_CHECKING:
    from pipeline.office import Office
    from pipeline.work import Done, Progress

Ground = Literal["objection", "source_withdrawn", "authority", "taken_in_by_mistake"]
"""Whose demand it is: a person's objection, the source's, an authority's, or the office's own."""
GROUNDS: Final[tuple[str, ...]] = get_args(Ground)


class ErasureRefused(ValueError):
    """E251: an erasure that nobody answers for, or that says no ground."""


class Meant(NamedTuple):
    """The texts that an erasure means: those that were named, and the official replies to them."""

    named: tuple[str, ...]
    replies: tuple[str, ...]

    @property
    def ids(self) -> tuple[str, ...]:
        return (*self.named, *self.replies)


@dataclass(frozen=True)
class Selection:
    """What is to be erased, in one of the ways in which somebody can say it; all that are given count together."""

    documents: tuple[str, ...] = ()
    urls: tuple[str, ...] = ()
    source: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    window: str | None = None


class Remainder(NamedTuple):
    """Something that is left of erased texts: where, and how much."""

    where: str
    number: int


def meant(office: Office, selection: Selection) -> Meant:
    """The texts that a selection means now; an address of social media is found by its keyed hash (P-01)."""
    store, asked = office.store, Erasing(office.store)
    ids = store.known_documents(selection.documents)  # erased ones too: asked again, they are looked for again
    if selection.urls:
        ids |= set(asked.at([*selection.urls, *map(office.keys.keyed_url, selection.urls)]))
    if selection.source:
        ids |= set(asked.of_source(selection.source, selection.since, selection.until))
    if selection.window:
        ids |= set(asked.of_window(selection.window))
    replies = {reply.id for each in store.replies_to(sorted(ids)).values() for reply in each} - ids
    return Meant(tuple(sorted(ids)), tuple(sorted(replies)))


def erase(office: Office, texts: Meant, who: str, ground: str, reference: str | None, progress: Progress) -> Done:
    """Erases texts and all that was derived from them. Safe to repeat. Raises ErasureRefused (E251).

    The audit trail keeps who, the ground, the number of the request and how many texts, each a single event.
    """
    if ground not in GROUNDS:
        raise ErasureRefused(f"E251: {ground!r} is no ground; grounds: {', '.join(GROUNDS)}")
    if not WHO.fullmatch(who) or not who.strip():
        raise ErasureRefused("E251: say who answers for it: --who with a name of at most 64 letters")
    audit = AuditLog(office.store)
    with office.store.transaction():
        gone = office.store.withdraw_documents(texts.ids)
        audit.append(who, "admin", f"erase.{ground}", subject=reference or f"texts:{gone}")
        if reference:
            audit.append(who, "admin", "erase.texts", subject=f"texts:{gone}")
    return follow(office, progress)


def remainders(office: Office, ids: Sequence[str]) -> Iterator[Remainder]:
    """What is left of erased texts in store, index, vectors and the ledgers of backups: nothing, or where to look."""
    store = office.store
    for table, rows in Erasing(store).remains(ids):
        yield Remainder(f"store: {table}", rows)
    if store.fact(SCRUB_DUE):
        yield Remainder("log of the store (another process reads what was before): run minyi work again", 1)
    if found := len(office.index.get(ids)):
        yield Remainder("search index", found)
    if store.fact(VACUUM_DUE) == "yes":
        yield Remainder("files of the search index: run minyi work again", 1)
    if office.settings.semantic:
        if known := len(office.semantics.vectors.known(ids)):
            yield Remainder("vectors", known)
        if store.fact(VECTORS_VACUUM_DUE) == "yes":
            yield Remainder("files of the vectors: run minyi work again", 1)
    points = [point for project in store.projects() for point in _resting_on(office, project.id, set(ids))]
    if points:
        yield Remainder("candidates", len(points))
    folder = office.settings.keys_folder
    for copy in (folder, *backups(folder)):
        if missing := set(ids) - Ledger.read(copy / FILE_NAME).withdrawn.keys():
            yield Remainder(f"not in the ledger {copy / FILE_NAME}", len(missing))


def unreachable_backups(office: Office) -> list[str]:
    """Folders of backups that could not be told: the ledger is to be laid beside them before they are restored."""
    folder = office.settings.keys_folder
    reached = {str(one) for one in backups(folder)}
    return [line["folder"] for line in known_backups(folder) if line["folder"] not in reached]


def _resting_on(office: Office, project_id: str, ids: set[str]) -> Iterator[str]:
    """Candidates that stand on one of these texts and are shown."""
    from pipeline.records import Evidence
    from pipeline.records.base import spans_in

    cursor = None
    while (page := office.store.risk_points(project_id, cursor, 500)).rows:
        cursor = page.next_cursor
        for point in page.rows:
            if point.candidate is None or point.presence != "live":
                continue
            spans = [span for span in spans_in(point.candidate) if isinstance(span, Evidence)]
            if any(span.document_id in ids for span in spans):
                yield point.id

"""Held-out probes: texts behind risk points that a person accepted, read anew as if nobody had read them."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final

from pipeline.certificates.miss import probes_of
from pipeline.office import Office
from pipeline.reader import Reader
from pipeline.records import Analysis, Document, Probes
from pipeline.store import Store

CONFIRMED: Final = frozenset({
    "accepted", "confirmed_risk_point", "dispatched", "responded", "overdue", "closed", "reopened",
})  # fmt: skip
"""States of a risk point that a named person stands behind."""
MOST: Final = 200
"""Texts of a factor that are read at most; which, the seed says."""
PAGE: Final = 200

Enough = Callable[[int, int, int, int], bool]
"""Whether voices (at least, at most) and origins come up to k."""
ByWords = Callable[[str], bool]
"""Whether the certificate's query finds the document of this id."""


def held_out(
    office: Office, projects: Collection[str], factor: str, seed: int, by_words: ByWords, enough: Enough
) -> Probes | None:
    """How many of the texts that people confirmed for the factor, on these projects, are missed when read again.

    A text is found again when the reader links it to its project and says that it carries the factor, or when the
    query finds it. None where fewer than k voices wrote them: too few to say anything, and to be told.
    """
    confirmed = dict(_confirmed(office.store, projects, factor))
    documents = [one for one in office.store.documents_by_id(confirmed).values() if not one.tombstone]
    if not enough(*_voices(office.store, documents, confirmed), office.settings.k_anonymity):
        return None
    drawn = sorted(documents, key=lambda one: _draw(seed, one.id))[:MOST]
    reader = Reader(office.store.projects(), office.settings.link_threshold)
    again = _read(reader, drawn)
    missed = sum(not (_carries(again.get(one.id), factor, confirmed[one.id]) or by_words(one.id)) for one in drawn)
    return probes_of(len(drawn), missed)


def _confirmed(store: Store, projects: Collection[str], factor: str) -> Iterator[tuple[str, str]]:
    """Document and project of every passage behind an accepted risk point of the factor."""
    for project_id in projects:
        cursor: str | None = None
        while True:
            page = store.risk_points(project_id, cursor, PAGE, sealed=False)
            for point in page.rows:
                candidate = point.candidate
                if candidate is not None and candidate.factor == factor and candidate.state in CONFIRMED:
                    yield from ((passage.document_id, project_id) for passage in candidate.evidence)
            if len(page.rows) < PAGE:
                break
            cursor = page.next_cursor


def _voices(store: Store, documents: Iterable[Document], confirmed: Mapping[str, str]) -> tuple[int, int, int]:
    """Voices, at least and at most, and origins. Whether voices of two projects are one person's, nobody knows."""
    by_project: dict[str, set[str]] = defaultdict(set)
    origins = set()
    for one in documents:
        by_project[confirmed[one.id]].add(one.id)
        origins.add(one.origin_id)
    bounds = [store.hearing(key, ids).voices(ids) for key, ids in by_project.items()]
    return max((low for low, _ in bounds), default=0), sum(high for _, high in bounds), len(origins)


def _read(reader: Reader, documents: Iterable[Document]) -> dict[str, Analysis]:
    outcomes = reader.read(list(documents))
    return {outcome.document_id: outcome for outcome in outcomes if isinstance(outcome, Analysis)}


def _carries(analysis: Analysis | None, factor: str, project_id: str) -> bool:
    if analysis is None:
        return False
    linked = any(link.project_id == project_id and link.relation == "about" for link in analysis.links)
    return linked and any(finding.code == factor for g in analysis.grievances for finding in g.factors)


def _draw(seed: int, document_id: str) -> str:
    return hashlib.sha256(f"{seed}:{document_id}".encode()).hexdigest()

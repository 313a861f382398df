"""Copies of one text (form letters, reposts) with what single ones add, counted as far as k voices allow (P-06)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from api.counting import cell_of
from api.policy import Cell, Figure, suppress
from pipeline.matters.opinion import is_sealed
from pipeline.origins import residue
from pipeline.records import Document
from pipeline.store import Store

MOST_READ: Final = 200
"""Copies of one origin whose words are compared with it."""


def counted(every: Cell, more: Cell, same: Cell, k: int, *, told: bool = True) -> tuple[Figure, Figure]:
    """How many copies there are, and how many add something; neither tells what the other hides."""
    shown = suppress(every, [more, same], k, told=told)
    hidden = Figure("at_least", 0) if shown.total.form == "exact" else shown.total
    return shown.total, shown.cells.get(more.key, Figure("exact", 0) if not more.documents else hidden)


def residues(origin: Document, copies: Iterable[Document]) -> dict[str, list[tuple[int, int]]]:
    """Document → the spans that it adds to its origin; copies that add nothing are missing."""
    found = {one.id: residue(origin.text, one.text) for one in copies if one.id != origin.id}
    return {key: spans for key, spans in found.items() if spans}


def copies_of(store: Store, project_id: str, document: Document, k: int) -> dict[str, Any]:
    """The copies of a text that are about a project, the first one first, with what each adds to it."""
    texts = _about(store, project_id, store.documents_of_origin(document.origin_id, MOST_READ))
    if len(texts) < 2:
        return {"total": Figure("exact", len(texts)).as_json(), "supplemented": None, "rows": []}
    first = texts.get(document.origin_id) or next(iter(texts.values()))
    added = residues(first, texts.values())
    hearing = store.hearing(project_id, texts)
    cells = (
        cell_of(hearing, "", hearing.ids),
        cell_of(hearing, "more", [key for key in hearing.ids if key in added]),
        cell_of(hearing, "same", [key for key in hearing.ids if key not in added]),
    )
    total, more = counted(*cells, k)
    return {
        "total": total.as_json(),
        "supplemented": more.as_json(),
        "rows": [
            {
                "id": one.id,
                "first": one.id == first.id,
                "source_kind": one.source_kind,
                "published_at": one.published_at,
                "added": [
                    {"start": start, "end": end, "text": one.text[start:end]} for start, end in added.get(one.id, ())
                ],
            }
            for one in texts.values()
        ],
    }


def _about(store: Store, project_id: str, texts: Iterable[Document]) -> Mapping[str, Document]:
    """Those that are about the project and sealed by no reading, in their order."""
    by_id = {one.id: one for one in texts}
    read = store.current_analyses(by_id)
    return {
        key: one
        for key, one in by_id.items()
        if key in read
        and not is_sealed(read[key])
        and any(link.project_id == project_id and link.relation == "about" for link in read[key].links)
    }

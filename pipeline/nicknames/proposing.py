"""Proposes names for a project from what the store's texts call it; a named person decides about each (P-23)."""

from __future__ import annotations

from collections.abc import Callable, Collection
from itertools import islice
from typing import Final

from pipeline.matters import is_sealed
from pipeline.nicknames.discovery import Said, discover
from pipeline.records import Analysis, DecisionProject, Document
from pipeline.redact import redact
from pipeline.store import Passage, ProposedAlias, Store

MOST_TEXTS: Final = 5_000
"""Texts about the project that are looked at: any of them, since their ids are keyed hashes."""
MOST_OTHERS: Final = 20_000
"""Other texts against which frequencies are held."""
PUBLISHED: Final = frozenset({"news", "reply", "notice"})
"""Genres that say what authorities and media call a project, and not what people do."""

Enough = Callable[[int, int, int, int], bool]
"""Whether so many voices (at least, at most) and origins are k: the rule of P-07."""


def propose_aliases(store: Store, project: DecisionProject, k: int, enough: Enough) -> int:
    """Looks at the texts about a project and puts what it finds in place of what waits; returns how many are new.

    Sealed texts are not looked at (P-14), and names that fewer than k people or origins say are not kept (P-07).
    """
    texts = (
        (document, analysis)
        for document, analysis in store.analysed_documents_of(project.id)
        if document.genre not in PUBLISHED and not is_sealed(analysis)
    )
    read = list(islice(texts, MOST_TEXTS))
    hashes = {document.id: document.content_hash for document, _ in read}

    def heard(ids: Collection[str], origins: int) -> bool:
        return enough(*store.distinct_voices(project.id, ids), origins, k)

    found = discover(
        project,
        [said_of(document, analysis) for document, analysis in read],
        store.other_texts(project.id, MOST_OTHERS),
        heard,
        k,
    )
    proposed = [
        ProposedAlias(
            redact(one.alias).text,
            one.score,
            one.elsewhere,
            tuple(Passage(key, start, end, hashes[key]) for key, (start, end) in one.spans.items()),
        )
        for one in found
    ]
    return store.replace_aliases(project.id, proposed)


def said_of(document: Document, analysis: Analysis) -> Said:
    """A text with what its reading took for places, facilities and organisations."""
    spans = (*analysis.entities, *(grievance.facility for grievance in analysis.grievances))
    named = frozenset(document.text[span.start : span.end] for span in spans if span is not None)
    return Said(document.id, document.origin_id, document.text, named)

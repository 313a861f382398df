"""Findings on a Doc: spans in named groups, at exact character offsets, whatever the word segmentation said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from spacy.tokens import Doc, Span, SpanGroup

Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Finding:
    """A labelled passage found in a text: half-open code-point offsets, with extension values such as ``rule``."""

    start: int
    end: int
    label: str
    values: Mapping[str, Any] = field(default_factory=dict)


def declare(name: str) -> None:
    """Registers ``span._.<name>``, None until :func:`mark` sets it; a second call changes nothing.

    The value belongs to (offsets, label), so two findings on the same passage keep their own; spaCy's plain
    extensions are keyed by offsets alone.
    """
    if Span.has_extension(name):
        return

    def get(span: Span) -> Any:
        return span.doc.user_data.get("findings", {}).get((name, span.start_char, span.end_char, span.label_))

    def put(span: Span, value: Any) -> None:
        values = span.doc.user_data.setdefault("findings", {})
        values[name, span.start_char, span.end_char, span.label_] = value

    Span.set_extension(name, getter=get, setter=put)


for _name in ("rule", "speaker", "self_cue", "count", "since", "code"):
    declare(_name)


def mark(doc: Doc, group: str, findings: Iterable[Finding | tuple[int, int, str]]) -> None:
    """Appends the findings to ``doc.spans[group]`` in the order given, creating the group even when there are none.

    Words are split where a finding begins or ends inside one, and every existing span group is rebuilt by its
    character offsets, since spaCy's retokenizer leaves groups pointing at the old token numbers.
    Raises ValueError for an empty finding or one outside the text.
    """
    found = [item if isinstance(item, Finding) else Finding(*item) for item in findings]
    begins = _begins(doc)
    length = int(begins[-1])
    for item in found:
        if not 0 <= item.start < item.end <= length:
            raise ValueError(f"finding {item} does not lie in a text of {length} characters")
    if _split_words(doc, begins, {edge for item in found for edge in (item.start, item.end)}):
        begins = _begins(doc)
    starts = np.searchsorted(begins, [item.start for item in found]).tolist()
    ends = np.searchsorted(begins, [item.end for item in found]).tolist()
    spans = []
    for item, start, end in zip(found, starts, ends, strict=True):
        spans.append(Span(doc, start, end, label=item.label))
        for name, value in item.values.items():
            declare(name)
            spans[-1]._.set(name, value)
    earlier = list(doc.spans[group]) if group in doc.spans else []
    doc.spans[group] = SpanGroup(doc, name=group, spans=earlier + spans)


def _begins(doc: Doc) -> Offsets:
    """Where each word begins, and where the text ends: read in bulk, since a loop over tokens costs ten times more."""
    widths = doc.to_array(["LENGTH", "SPACY"]).sum(axis=1) if len(doc) else np.zeros(0)
    return np.concatenate([[0], np.cumsum(widths)]).astype(np.int64)


def _split_words(doc: Doc, begins: Offsets, edges: set[int]) -> bool:
    """Splits every word that one of the character offsets falls into, keeping all span groups where they were."""
    cuts: dict[int, list[int]] = {}
    for edge in sorted(edges):
        number = int(np.searchsorted(begins, edge, side="right")) - 1
        if begins[number] != edge:
            cuts.setdefault(number, []).append(edge - int(begins[number]))
    if not cuts:
        return False
    kept = {
        group: [(int(begins[s.start]), int(begins[s.end]), s.label, s.kb_id, s.id) for s in spans]
        for group, spans in doc.spans.items()
    }
    with doc.retokenize() as retokenizer:
        for number, places in cuts.items():
            token = doc[number]
            bounds = [0, *places, len(token)]
            pieces = [token.text[a:b] for a, b in pairwise(bounds)]
            retokenizer.split(token, pieces, heads=[(token, piece) for piece in range(len(pieces))])
    after = _begins(doc)
    for group, rows in kept.items():
        edges_of = np.searchsorted(after, [edge for row in rows for edge in row[:2]]).tolist()
        spans = [
            Span(doc, edges_of[2 * i], edges_of[2 * i + 1], label, kb_id=kb, span_id=name)
            for i, (_, _, label, kb, name) in enumerate(rows)
        ]
        doc.spans[group] = SpanGroup(doc, name=group, spans=spans)
    return True

"""Findings on a Doc: spans in named groups, at exact character offsets, whatever the word segmentation said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from spacy.tokens import Doc, Span, SpanGroup


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
    length = len(doc.text)
    for item in found:
        if not 0 <= item.start < item.end <= length:
            raise ValueError(
                f"finding {item.start}:{item.end} ({item.label}) does not lie in a text of {length} characters"
            )
    _split_words(doc, {edge for item in found for edge in (item.start, item.end)})
    begins = {token.idx: token.i for token in doc}
    begins[length] = len(doc)
    spans = [Span(doc, begins[item.start], begins[item.end], label=item.label) for item in found]
    for item, span in zip(found, spans, strict=True):
        for name, value in item.values.items():
            declare(name)
            span._.set(name, value)
    earlier = list(doc.spans[group]) if group in doc.spans else []
    doc.spans[group] = SpanGroup(doc, name=group, spans=earlier + spans)


def _split_words(doc: Doc, edges: set[int]) -> None:
    """Splits every word that one of the character offsets falls into, keeping all span groups where they were."""
    inside = edges.difference(token.idx for token in doc)
    inside.discard(len(doc.text))
    if not inside:
        return
    kept = {
        group: [(span.start_char, span.end_char, span.label, span.kb_id, span.id) for span in spans]
        for group, spans in doc.spans.items()
    }
    with doc.retokenize() as retokenizer:
        for token in list(doc):
            cuts = sorted(edge - token.idx for edge in inside if token.idx < edge < token.idx + len(token))
            if cuts:
                bounds = [0, *cuts, len(token)]
                pieces = [token.text[a:b] for a, b in pairwise(bounds)]
                retokenizer.split(token, pieces, heads=[(token, number) for number in range(len(pieces))])
    begins = {token.idx: token.i for token in doc}
    begins[len(doc.text)] = len(doc)
    for group, rows in kept.items():
        spans = [Span(doc, begins[a], begins[b], label, kb_id=kb, span_id=name) for a, b, label, kb, name in rows]
        doc.spans[group] = SpanGroup(doc, name=group, spans=spans)

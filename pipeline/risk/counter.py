"""What speaks against a candidate: support for the project on this point, an official reply, a settled case."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from models.taxonomy import taxonomy
from pipeline.records import CounterEvidence, Document

if TYPE_CHECKING:
    from pipeline.matters import Opinion
    from pipeline.risk.candidates import Support

_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?]?")
_OPENING = re.compile(r"(您好|你好|收悉|来信|留言|网友|感谢您)")
MINIMUM_SUPPORT = 0.6


def counter_evidence(
    factor: str,
    supports: Sequence[Support],
    open_opinions: Iterable[Opinion],
    replies: Mapping[str, tuple[Document, ...]],
) -> tuple[CounterEvidence, ...]:
    """Passages against, in the order support, official reply, resolved; each stands in a stored document."""
    found = [*_support(factor, open_opinions), *_official_replies(factor, supports, replies), *_resolved(supports)]
    return tuple(dict.fromkeys(found))


def _support(factor: str, opinions: Iterable[Opinion]) -> Iterable[CounterEvidence]:
    """Approving texts that speak of this factor's subject."""
    for opinion in opinions:
        if opinion.analysis.is_grievance or not _approves(opinion):
            continue
        yield from _first(opinion.document, factor, "support", needed=True)


def _approves(opinion: Opinion) -> bool:
    """Wants the project, or likes what it is: stance and attitude are read apart, either speaks for it."""
    attitude, link = opinion.analysis.attitude, opinion.link
    if link.stance == "support" and (link.stance_p or 0.0) >= MINIMUM_SUPPORT:
        return True
    return link.stance != "oppose" and attitude.label == "positive" and attitude.p >= MINIMUM_SUPPORT


def _official_replies(
    factor: str, supports: Sequence[Support], replies: Mapping[str, tuple[Document, ...]]
) -> Iterable[CounterEvidence]:
    for support in supports:
        for reply in replies.get(support.opinion.document.id, ()):
            yield from _first(reply, factor, "official_reply", needed=False)


def _resolved(supports: Sequence[Support]) -> Iterable[CounterEvidence]:
    for support in supports:
        span = support.opinion.analysis.resolved
        if span is not None:
            yield CounterEvidence(
                document_id=support.opinion.document.id, start=span.start, end=span.end, kind="resolved"
            )


def _first(document: Document, factor: str, kind: str, *, needed: bool) -> Iterable[CounterEvidence]:
    """The first sentence of the body that names the factor's subject; else, unless needed, the first of substance."""
    start = len(document.title) + 1
    words = (*taxonomy().factors[factor].anchors, *taxonomy().factors[factor].triggers)
    sentences = [m for m in _SENTENCE.finditer(document.text, start) if m.group().strip()]
    chosen = next((m for m in sentences if any(word in m.group() for word in words)), None)
    if chosen is None and not needed:
        substance = [m for m in sentences if len(m.group().strip()) >= 12 and not _OPENING.search(m.group())]
        chosen = next(iter(substance or sentences), None)
    if chosen is not None:
        first = chosen.start() + len(chosen.group()) - len(chosen.group().lstrip())
        yield CounterEvidence(document_id=document.id, start=first, end=chosen.end(), kind=kind)

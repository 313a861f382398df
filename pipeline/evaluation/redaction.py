"""Figures of redaction (脱敏): how much personal data was found, and how much else was taken with it."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.evaluation.figures import Quantity
from pipeline.evaluation.measured import Measured
from pipeline.evaluation.measures import Counts, ratio
from pipeline.evaluation.pairs import Pair, Row
from pipeline.redact.score import Span, span_scores


def redactions(pairs: Sequence[Pair]) -> Measured:
    """A labelled span is found when a redaction of its class overlaps it; characters count by position."""
    gold, said = [_spans(g) for g, _ in pairs], [_spans(s) for _, s in pairs]
    counts = _counts(gold, said)
    found = [float(sum(_met(span, s) for span in g)) for g, s in zip(gold, said, strict=True)]
    right = [float(sum(_met(span, g) for span in s)) for g, s in zip(gold, said, strict=True)]
    wanted, claimed = [float(len(g)) for g in gold], [float(len(s)) for s in said]
    texts, spans = len(pairs), int(sum(wanted))
    characters = [(_characters(g), _characters(s)) for g, s in zip(gold, said, strict=True)]
    whole = ratio([2.0 * len(g & s) for g, s in characters], [float(len(g) + len(s)) for g, s in characters])
    return Measured(
        [
            Quantity("spans found (recall)", ratio(found, wanted), texts, spans),
            Quantity("spans right (precision)", ratio(right, claimed), texts, int(sum(claimed))),
            Quantity.over("characters F1", whole, texts),
            *(quantity for name in counts.labels for quantity in _of_class(str(name), counts, texts)),
        ],
        classes={"redaction": counts},
    )


def _of_class(name: str, counts: Counts, texts: int) -> list[Quantity]:
    one = counts.only({name})
    return [
        Quantity(f"{name} recall", one.recall, texts, int(one.wanted.sum())),
        Quantity(f"{name} precision", one.precision, texts, int(one.said.sum())),
    ]


def _spans(row: Row) -> list[Span]:
    return [(int(span["start"]), int(span["end"]), str(span["class"])) for span in row["redactions"]]


def _counts(gold: Sequence[list[Span]], said: Sequence[list[Span]]) -> Counts:
    scores = [span_scores([g], [s], exact=False) for g, s in zip(gold, said, strict=True)]
    return Counts.of_items(
        [{name: score.right + score.missed for name, score in row.items()} for row in scores],
        [{name: score.right + score.wrong for name, score in row.items()} for row in scores],
        [{name: score.right for name, score in row.items()} for row in scores],
    )


def _characters(spans: Sequence[Span]) -> set[int]:
    return {at for start, end, _ in spans for at in range(start, end)}


def _met(span: Span, others: Sequence[Span]) -> bool:
    return any(start < span[1] and span[0] < end and name == span[2] for start, end, name in others)

"""Figures of ``minyi annotate`` on annotated petitions and posts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.evaluate import character_f1, f1_of, label_macro_f1, micro_f1, precision_recall, span_f1
from pipeline.evaluation.figures import Figure, Pair, Row, figure, label_figures


def grievance_figures(pairs: Sequence[Pair]) -> list[Figure]:
    """Every field of the annotation guideline, macro-F1 beside each accuracy."""
    return [
        *label_figures("genre", pairs, lambda g: g["genre"], lambda s: s["genre"]),
        *label_figures("attitude", pairs, lambda g: g["attitude"], lambda s: s["attitude"]["label"]),
        *label_figures("intensity", pairs, lambda g: g["intensity"], lambda s: s["intensity"]),
        *_is_grievance(pairs),
        *_factors(pairs),
        *_evidence(pairs),
        *label_figures("stakeholder", pairs, lambda g: g["stakeholder"], lambda s: s["stakeholder"]),
        *label_figures("escalation", pairs, lambda g: g["escalation"], lambda s: s["escalation"]),
        *label_figures(
            "repeated_unresolved", pairs, lambda g: g["repeated_unresolved"], lambda s: s["repeated_unresolved"]
        ),
        *_passages(pairs, ("demand", "facility", "affected", "since")),
        *_lists(pairs),
    ]


def post_figures(pairs: Sequence[Pair]) -> list[Figure]:
    """The fields of annotated posts; copies (``dup_group``) count once."""
    single = once_a_group(pairs)
    return [
        *label_figures("genre", single, lambda g: g["genre"], lambda s: s["genre"]),
        *label_figures("attitude", single, lambda g: g["attitude"], lambda s: s["attitude"]["label"]),
        *_is_grievance(single),
        *_factors(single),
        *_evidence(single),
        *label_figures("escalation", single, lambda g: g["escalation"], lambda s: s["escalation"]),
        *_passages(single, ("demand", "facility")),
        *_lists(single),
    ]


def once_a_group(pairs: Sequence[Pair]) -> list[Pair]:
    """The first of every group of copies, and all rows without a group."""
    kept: dict[Any, Pair] = {}
    for pair in pairs:
        kept.setdefault(pair[0].get("dup_group") or ("uid", pair[0].get("uid")), pair)
    return list(kept.values())


def _is_grievance(pairs: Sequence[Pair]) -> list[Figure]:
    def f1(some: Sequence[Pair]) -> float:
        return f1_of([g["is_grievance"] for g, _ in some], [s["is_grievance"] for _, s in some])

    accuracy = label_figures("is_grievance", pairs, lambda g: g["is_grievance"], lambda s: s["is_grievance"])
    return [*accuracy, figure("is_grievance F1", pairs, f1)]


def _codes(row: Row) -> set[str]:
    return {factor["code"] for factor in row["factors"]}


def _primary(row: Row) -> str | None:
    return next((factor["code"] for factor in row["factors"] if factor["primary"]), None)


def _factors(pairs: Sequence[Pair]) -> list[Figure]:
    gold, said = [_codes(g) for g, _ in pairs], [_codes(s) for _, s in pairs]
    found = sum(len(a & b) for a, b in zip(gold, said, strict=True))
    precision, recall, _ = precision_recall(found, sum(map(len, said)), sum(map(len, gold)))
    with_primary = [pair for pair in pairs if _primary(pair[0]) is not None]

    def micro(some: Sequence[Pair]) -> float:
        return micro_f1([_codes(g) for g, _ in some], [_codes(s) for _, s in some])

    return [
        figure("factor micro-F1", pairs, micro),
        Figure("factor macro-F1", label_macro_f1(gold, said), len(pairs)),
        Figure("factor precision", precision, len(pairs)),
        Figure("factor recall", recall, len(pairs)),
        *label_figures("primary factor", with_primary, _primary, _primary),
    ]


def _evidence(pairs: Sequence[Pair]) -> list[Figure]:
    """How well the passage of every rightly found factor meets the annotator's quote."""
    overlaps = []
    for gold, said in pairs:
        text = f"{gold.get('title') or ''}\n{gold['text']}"
        quotes = {factor["code"]: factor["quote"] for factor in gold["factors"]}
        for factor in said["factors"]:
            quote = quotes.get(factor["code"])
            if quote and (start := text.find(quote)) >= 0:
                overlaps.append(span_f1((start, start + len(quote)), (factor["start"], factor["end"])))
    count = len(overlaps)
    return [
        Figure("evidence meets the quote", sum(value > 0 for value in overlaps) / max(count, 1), count),
        Figure("evidence overlap F1", sum(overlaps) / max(count, 1), count),
    ]


def _text(value: Any) -> str | None:
    return str(value["text"]) if isinstance(value, dict) else value or None


def _passages(pairs: Sequence[Pair], names: Sequence[str]) -> list[Figure]:
    """Mean character F1 over texts, both absent counting 1, and over texts whose gold states it."""
    figures = []
    for name in names:
        scores = [(character_f1(g[name], _text(s[name])), bool(g[name])) for g, s in pairs]
        stated = [score for score, there in scores if there]
        figures += [
            Figure(f"{name} character F1", sum(score for score, _ in scores) / max(len(scores), 1), len(scores)),
            Figure(f"{name} character F1, where stated", sum(stated) / max(len(stated), 1), len(stated)),
        ]
    return figures


def _lists(pairs: Sequence[Pair]) -> list[Figure]:
    return [
        Figure(
            f"{name} F1, exact",
            micro_f1([set(g[name]) for g, _ in pairs], [set(s[name]) for _, s in pairs]),
            len(pairs),
        )
        for name in ("places", "organisations")
    ]

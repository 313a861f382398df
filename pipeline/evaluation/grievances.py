"""Figures of ``minyi annotate`` on annotated petitions and posts (诉求标注)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from models.evaluate import character_f1, span_f1
from pipeline.evaluation import confusions
from pipeline.evaluation.figures import Quantity
from pipeline.evaluation.measured import Measured
from pipeline.evaluation.measures import Counts, accuracy, mean, ratio
from pipeline.evaluation.pairs import Pair, Row


def petitions(pairs: Sequence[Pair]) -> Measured:
    """Every field of the annotation guideline."""
    found = Measured()
    _label(found, "genre", pairs)
    _attitude(found, pairs)
    _label(found, "intensity", pairs)
    _is_grievance(found, pairs)
    _factors(found, pairs)
    for name in ("stakeholder", "escalation", "repeated_unresolved"):
        _label(found, name, pairs)
    _passages(found, pairs, ("demand", "facility", "affected", "since"))
    _lists(found, pairs)
    return found


def posts(pairs: Sequence[Pair]) -> Measured:
    """The fields of annotated posts; ``about_grievance`` and ``irony`` where the predictions have them."""
    found = Measured()
    _label(found, "genre", pairs)
    _attitude(found, pairs)
    _is_grievance(found, pairs)
    _factors(found, pairs)
    about = [pair for pair in pairs if pair[0].get("about_grievance")]
    given, said = [_codes(row) for row, _ in about], [_codes(row) for _, row in about]
    found.quantities.append(Quantity.f1("factor micro-F1, where about a grievance", Counts.of_sets(given, said)))
    _label(found, "escalation", pairs)
    for name in ("about_grievance", "irony"):
        if pairs and all(name in row for pair in pairs for row in pair):
            _label(found, name, pairs)
    _passages(found, pairs, ("demand", "facility"))
    _lists(found, pairs)
    return found


def _label(found: Measured, name: str, pairs: Sequence[Pair]) -> None:
    found.label(name, pairs, lambda gold: gold[name], lambda said: said[name])


def _attitude(found: Measured, pairs: Sequence[Pair]) -> None:
    found.label(
        "attitude",
        pairs,
        lambda gold: gold["attitude"],
        lambda said: said["attitude"]["label"],
        lambda said: said["attitude"].get("p"),
    )


def _is_grievance(found: Measured, pairs: Sequence[Pair]) -> None:
    _label(found, "is_grievance", pairs)
    counts = Counts.of_labels([g["is_grievance"] for g, _ in pairs], [s["is_grievance"] for _, s in pairs]).only({True})
    found.quantities += [
        Quantity.f1("is_grievance F1", counts),
        Quantity.over("is_grievance precision", counts.precision, len(pairs)),
        Quantity.over("is_grievance recall", counts.recall, len(pairs)),
    ]
    stated = [(said.get("p_grievance"), gold["is_grievance"]) for gold, said in pairs]
    found.cases["is_grievance"] = [(float(p), bool(true)) for p, true in stated if p is not None]


def _codes(row: Row) -> set[str]:
    return {factor["code"] for factor in row["factors"]}


def _primary(row: Row) -> str | None:
    return next((factor["code"] for factor in row["factors"] if factor["primary"]), None)


def _factors(found: Measured, pairs: Sequence[Pair]) -> None:
    gold, said = [_codes(g) for g, _ in pairs], [_codes(s) for _, s in pairs]
    counts = Counts.of_sets(gold, said)
    with_primary = [pair for pair in pairs if _primary(pair[0]) is not None]
    first, named = [_primary(g) for g, _ in with_primary], [_primary(s) for _, s in with_primary]
    found.quantities += [
        Quantity.f1("factor micro-F1", counts),
        Quantity.f1("factor macro-F1", counts, macro=True),
        Quantity.over("factor precision", counts.precision, len(pairs)),
        Quantity.over("factor recall", counts.recall, len(pairs)),
        Quantity.over("primary factor accuracy", accuracy(first, named), len(first)),
        Quantity.f1("primary factor macro-F1", Counts.of_labels(first, named), macro=True),
        *_evidence(pairs),
    ]
    found.classes["factor"] = counts
    found.cases["factor"] = [
        (float(factor["p"]), factor["code"] in codes)
        for codes, (_, row) in zip(gold, pairs, strict=True)
        for factor in row["factors"]
        if factor.get("p") is not None
    ]
    found.taken["factor"] = confusions.of_sets(gold, said)
    found.taken["primary factor"] = list(zip(first, named, strict=True))


def _evidence(pairs: Sequence[Pair]) -> list[Quantity]:
    """How well the passage of every rightly found factor meets the annotator's quote."""
    overlaps: list[list[float]] = []
    for gold, said in pairs:
        text = f"{gold.get('title') or ''}\n{gold['text']}"
        quotes = {factor["code"]: factor.get("quote") for factor in gold["factors"]}
        overlaps.append([])
        for factor in said["factors"]:
            quote = quotes.get(factor["code"])
            if quote and (start := text.find(quote)) >= 0:
                overlaps[-1].append(span_f1((start, start + len(quote)), (factor["start"], factor["end"])))
    compared = [float(len(row)) for row in overlaps]
    met = ratio([float(sum(value > 0 for value in row)) for row in overlaps], compared)
    cases = int(sum(compared))
    return [
        Quantity("evidence meets the quote", met, len(pairs), cases),
        Quantity("evidence overlap F1", ratio([sum(row) for row in overlaps], compared), len(pairs), cases),
    ]


def _text(value: Any) -> str | None:
    return str(value["text"]) if isinstance(value, dict) else value or None


def _passages(found: Measured, pairs: Sequence[Pair], names: Sequence[str]) -> None:
    """Mean character F1 over texts, both absent counting 1, and over texts whose gold states it."""
    for name in names:
        scores = [(character_f1(g[name], _text(s[name])), bool(g[name])) for g, s in pairs]
        stated = [score for score, there in scores if there]
        found.quantities += [
            Quantity.over(f"{name} character F1", mean([score for score, _ in scores]), len(scores)),
            Quantity.over(f"{name} character F1, where stated", mean(stated), len(stated)),
        ]


def _lists(found: Measured, pairs: Sequence[Pair]) -> None:
    for name in ("places", "organisations"):
        counts = Counts.of_sets([set(g[name]) for g, _ in pairs], [set(s[name]) for _, s in pairs])
        found.quantities.append(Quantity.f1(f"{name} F1, exact", counts))

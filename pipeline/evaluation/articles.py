"""Figures of extraction (正文抽取): character 4-grams without white space, averaged over pages."""

from __future__ import annotations

from collections.abc import Sequence

from models.evaluate import gram_overlap
from pipeline.evaluation.figures import Quantity
from pipeline.evaluation.measured import Measured
from pipeline.evaluation.measures import mean
from pipeline.evaluation.pairs import Pair


def articles(pairs: Sequence[Pair]) -> Measured:
    """Headline and text together, and the text alone, against the labelled text, whose first line is the headline."""
    found = Measured()
    for name, said in (
        ("headline and text", [f"{row.get('title') or ''}\n{row['text']}" for _, row in pairs]),
        ("text alone", [row["text"] for _, row in pairs]),
    ):
        scores = [gram_overlap(gold["text"], text) for (gold, _), text in zip(pairs, said, strict=True)]
        for place, figure in enumerate(("precision", "recall", "F1")):
            measure = mean([score[place] for score in scores])
            found.quantities.append(Quantity.over(f"{name} {figure}", measure, len(pairs)))
    headlines = [float(_bare(row.get("title") or "") == _bare(gold["text"].split("\n")[0])) for gold, row in pairs]
    found.quantities.append(Quantity.over("headline right", mean(headlines), len(pairs)))
    return found


def _bare(line: str) -> str:
    return "".join(line.split())

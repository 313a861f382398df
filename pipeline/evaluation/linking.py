"""Figures of project links (项目关联): F1 over about-links, macro over projects, and how often abstention was right."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.evaluation import confusions
from pipeline.evaluation.figures import Quantity
from pipeline.evaluation.measured import Measured
from pipeline.evaluation.measures import Counts, mean, ratio
from pipeline.evaluation.pairs import Pair, Row


def links(pairs: Sequence[Pair]) -> Measured:
    """A row without any labelled link asks for abstention; a link that is only a mention is not one that is wanted."""
    gold, said = [_about(g, "label") for g, _ in pairs], [_about(s, "relation") for _, s in pairs]
    counts = Counts.of_sets(gold, said)
    silent = [not row for (g, _), row in zip(pairs, said, strict=True) if not g["links"]]
    texts, projects = len(pairs), int((counts.wanted.sum(axis=0) > 0).sum())
    found = Measured(
        [
            Quantity.f1("about-link F1", counts),
            Quantity.over("about-link precision", counts.precision, texts),
            Quantity.over("about-link recall", counts.recall, texts),
            Quantity("about-link F1, macro over projects", counts.macro_f1, texts, projects),
            Quantity.over("correct abstention", mean([float(value) for value in silent]), len(silent)),
            _evidence(pairs),
        ]
    )
    found.classes["project"] = counts
    found.cases["about-link"] = [
        (float(link["p"]), link["project_id"] in wanted)
        for wanted, (_, row) in zip(gold, pairs, strict=True)
        for link in row["links"]
        if link["relation"] == "about" and link.get("p") is not None
    ]
    found.taken["project"] = confusions.of_sets(gold, said)
    return found


def _about(row: Row, key: str) -> set[str]:
    return {link["project_id"] for link in row["links"] if link[key] == "about"}


def _evidence(pairs: Sequence[Pair]) -> Quantity:
    """Share of right links with a passage that overlaps one of the annotator's."""
    met, compared = [], []
    for gold, said in pairs:
        quoted = {link["project_id"]: link.get("evidence", []) for link in gold["links"] if link["label"] == "about"}
        hits = [
            any(a["start"] < b["end"] and b["start"] < a["end"] for a in link["evidence"] for b in spans)
            for link in said["links"]
            if link["relation"] == "about" and (spans := quoted.get(link["project_id"]))
        ]
        met.append(float(sum(hits)))
        compared.append(float(len(hits)))
    return Quantity("link evidence meets the annotator's", ratio(met, compared), len(pairs), int(sum(compared)))

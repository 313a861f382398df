"""Figures of project links: F1 over about-links, macro over projects, and how often abstention was right."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from models.evaluate import precision_recall
from pipeline.evaluation.figures import Figure, Pair, Row, figure
from pipeline.evaluation.grievances import once_a_group


def _about(row: Row, key: str) -> set[str]:
    return {link["project_id"] for link in row["links"] if link[key] == "about"}


def linking_figures(pairs: Sequence[Pair]) -> list[Figure]:
    """Exact re-posts (``dup_group``) count once; a gold row without any link asks for abstention."""
    single = once_a_group(pairs)
    found, said, wanted = Counter[str](), Counter[str](), Counter[str]()
    for gold, prediction in single:
        g, s = _about(gold, "label"), _about(prediction, "relation")
        found.update(g & s)
        said.update(s)
        wanted.update(g)
    precision, recall, _ = precision_recall(found.total(), said.total(), wanted.total())
    by_project = [precision_recall(found[name], said[name], wanted[name])[2] for name in sorted(wanted)]
    silent = [pair for pair in single if not pair[0]["links"]]
    return [
        figure("about-link F1", single, _f1),
        Figure("about-link precision", precision, len(single)),
        Figure("about-link recall", recall, len(single)),
        Figure("about-link F1, macro over projects", sum(by_project) / max(len(by_project), 1), len(by_project)),
        figure("correct abstention", silent, _abstained),
        _evidence(single),
    ]


def _f1(some: Sequence[Pair]) -> float:
    sets = [(_about(g, "label"), _about(s, "relation")) for g, s in some]
    right = sum(len(g & s) for g, s in sets)
    return precision_recall(right, sum(len(s) for _, s in sets), sum(len(g) for g, _ in sets))[2]


def _abstained(some: Sequence[Pair]) -> float:
    return sum(not _about(s, "relation") for _, s in some) / max(len(some), 1)


def _evidence(pairs: Sequence[Pair]) -> Figure:
    """Share of right links with a passage that overlaps one of the annotator's."""
    met = []
    for gold, said in pairs:
        quoted = {link["project_id"]: link.get("evidence", []) for link in gold["links"] if link["label"] == "about"}
        for link in said["links"]:
            if link["relation"] == "about" and quoted.get(link["project_id"]):
                spans = quoted[link["project_id"]]
                met.append(
                    any(a["start"] < b["end"] and b["start"] < a["end"] for a in link["evidence"] for b in spans)
                )
    return Figure("link evidence meets the annotator's", sum(met) / max(len(met), 1), len(met))

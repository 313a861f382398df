"""What the linker is worth on projects that it never saw: figures with intervals over projects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import Any, Final, NamedTuple

from pipeline.link.passages import evidence
from pipeline.link.profile import Profile
from pipeline.records import DecisionProject

THRESHOLDS: Final = (0.3, 0.4, 0.5, 0.6)
SHIPPED: Final = 0.5
DRAWS: Final = 2000
Link = tuple[str, str]
"""uid of a text, id of a project."""


class Pair(NamedTuple):
    """A text and a candidate project with the labels of their link."""

    uid: str
    project_id: str
    labels: frozenset[str]


def report(
    texts: Sequence[dict[str, Any]], projects: Sequence[DecisionProject], pairs: Sequence[Pair], p: Sequence[float]
) -> Iterator[str]:
    """Lines of figures at several thresholds; copies of a text count once."""
    kept = _first_copies(texts)
    gold = {(row["uid"], link["project_id"]) for row in kept for link in row["links"] if link["label"] == "about"}
    silent = {row["uid"] for row in kept} - {uid for uid, _ in gold}
    uids = {row["uid"] for row in kept}
    ids = sorted({project_id for _, project_id in gold})
    for threshold in THRESHOLDS:
        found = {
            (pair.uid, pair.project_id)
            for pair, value in zip(pairs, p, strict=True)
            if value >= threshold and pair.uid in uids
        }
        hit = len(found & gold)
        abstained = 1 - len({uid for uid, _ in found} & silent) / len(silent)
        yield (
            f"threshold {threshold}: P {hit / max(len(found), 1):.3f} R {hit / len(gold):.3f} "
            f"F1 {_f1(found, gold):.3f} macro {_macro(found, gold, ids):.3f} abstention {abstained:.3f}"
        )
        if threshold == SHIPPED:
            yield from _intervals(found, gold, silent, ids)
            yield _evidence(kept, projects, found & gold)


def _intervals(found: set[Link], gold: set[Link], silent: set[str], ids: Sequence[str]) -> Iterator[str]:
    """The middle 95 % of figures over projects drawn with replacement (abstention: over texts)."""
    rng = Random(1)
    tallies = {i: _tally(found, gold, i) for i in ids}
    pooled, macro = [], []
    for _ in range(DRAWS):
        drawn = [tallies[i] for i in rng.choices(ids, k=len(ids))]
        pooled.append(2 * sum(hit for hit, _ in drawn) / max(sum(size for _, size in drawn), 1))
        macro.append(sum(2 * hit / max(size, 1) for hit, size in drawn) / len(drawn))
    wrong = {uid for uid, _ in found} & silent
    right = [float(uid not in wrong) for uid in sorted(silent)]
    abstained = [sum(rng.choices(right, k=len(right))) / len(right) for _ in range(DRAWS)]
    for name, values in (("F1", pooled), ("macro", macro), ("abstention", abstained)):
        values.sort()
        yield f"  {name} 95 %: {values[DRAWS // 40]:.3f}–{values[-DRAWS // 40]:.3f}"


def _tally(found: set[Link], gold: set[Link], project_id: str) -> tuple[int, int]:
    mine, theirs = _of(found, project_id), _of(gold, project_id)
    return len(mine & theirs), len(mine) + len(theirs)


def _evidence(kept: Sequence[dict[str, Any]], projects: Sequence[DecisionProject], links: set[Link]) -> str:
    """Right links whose passages overlap the annotator's, and the characters that the two have in common."""
    profiles = {project.id: Profile(project) for project in projects}
    met = compared = common = wanted = given = 0
    for row in kept:
        text = f"{row['title'] or ''}\n{row['text']}"
        for link in row["links"]:
            if (row["uid"], link["project_id"]) in links and link["label"] == "about":
                theirs = {at for span in link["evidence"] for at in range(span["start"], span["end"])}
                spans = evidence(text, profiles[link["project_id"]])
                ours = {at for span in spans for at in range(span.start, span.end)}
                met, compared = met + bool(ours & theirs), compared + 1
                common, wanted, given = common + len(ours & theirs), wanted + len(theirs), given + len(ours)
    return (
        f"  evidence: {met / max(compared, 1):.3f} of {compared} right links overlap the annotator's; "
        f"of its characters {common / max(wanted, 1):.3f} are quoted, "
        f"of the quoted {common / max(given, 1):.3f} are among them"
    )


def _first_copies(texts: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    seen: set[str] = set()
    kept = []
    for row in texts:
        if not (row["dup_group"] and row["dup_group"] in seen):
            seen.add(row["dup_group"])
            kept.append(row)
    return kept


def _macro(found: set[Link], gold: set[Link], ids: Sequence[str]) -> float:
    return sum(_f1(_of(found, i), _of(gold, i)) for i in ids) / len(ids)


def _of(links: set[Link], project_id: str) -> set[Link]:
    return {link for link in links if link[1] == project_id}


def _f1(found: set[Link], gold: set[Link]) -> float:
    return 2 * len(found & gold) / max(len(found) + len(gold), 1)

"""Candidates of the dev projects against labels: ``python -m benchmarks.candidates --data ../shared/data``.

All dev texts of ``linking`` go through a scratch office, as an import would bring them. A candidate is judged where at
least one of the texts behind it is labelled in ``grievances``: it is right when a labelled text that is about the
project carries the factor. The baseline takes a project's words for a link and a factor's trigger words for a finding.
Model and linker were trained on most of these texts, so the figures say how the parts work together, not how they
would do on unseen ones; those stand in docs/RESULTS.md under texts and links.
"""

from __future__ import annotations

import json
import re
import tempfile
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from benchmarks.matters import Row, rows_of, text_of
from models.evaluate import precision_recall
from models.taxonomy import taxonomy
from pipeline.office import Office
from pipeline.raw import RawItem
from pipeline.records import DecisionProject, Evidence, RiskPointCandidate
from pipeline.records.base import spans_in
from pipeline.risk.ranking import OFFERED, ranked
from pipeline.work import work

CHINA = ZoneInfo("Asia/Shanghai")
Pair = tuple[str, str]
"""Project and factor."""


def bare(row: Row) -> str:
    """A text by its letters alone: the sets differ in blanks."""
    return re.sub(r"\W", "", text_of(row))


def item_of(row: Row) -> RawItem:
    """A row as a board would give it."""
    moment = datetime.fromisoformat(row["time"]).replace(tzinfo=CHINA) if row.get("time") else None
    return RawItem(
        source_kind="petition",
        source="board",
        item_key=row["uid"],
        title=row["title"] or "",
        body=row["text"],
        genre="petition",
        published_at=moment,
        region=row.get("region"),
    )


def projects_of(path: Path) -> list[DecisionProject]:
    """The registry."""
    found = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        found.append(
            DecisionProject(
                id=row["project_id"],
                name_zh=row["name_zh"],
                kind=row["kind"],
                aliases=tuple(row["aliases"]),
                places=tuple(row["places"]),
                keywords=tuple(row["keywords"]),
                region=row["region"] or "",
            )
        )
    return found


def passages_of(candidate: RiskPointCandidate) -> list[Evidence]:
    """Every passage that a candidate rests on or shows."""
    return [span for span in spans_in(candidate) if isinstance(span, Evidence)]


def by_words(rows: Iterable[Row], projects: Iterable[DecisionProject]) -> dict[Pair, set[str]]:
    """The baseline: (place or alias) and keyword make a link, a trigger word makes a factor."""
    found: dict[Pair, set[str]] = {}
    registry = list(projects)
    for row in rows:
        text = text_of(row)
        codes = [code for code, factor in taxonomy().factors.items() if any(word in text for word in factor.triggers)]
        for project in registry:
            placed = any(word in text for word in (*project.places, *project.aliases, project.name_zh))
            if placed and any(word in text for word in project.keywords):
                for code in codes:
                    found.setdefault((project.id, code), set()).add(row["uid"])
    return found


def judged(
    said: dict[Pair, set[str]], labels: dict[str, set[str]], about: dict[str, set[str]]
) -> tuple[int, int, int, list[Pair]]:
    """Right, judged and wanted pairs, and the wanted ones that nobody said."""
    wanted = {(project, code) for uid, codes in labels.items() for project in about[uid] for code in codes}
    known = {pair for pair, uids in said.items() if uids & labels.keys()}
    right = known & wanted
    return len(right), len(known), len(wanted), sorted(wanted - said.keys())


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--each", is_flag=True, help="One line a candidate: project, rank, factor, origins, p_valid, verdict.")
def main(data: Path, each: bool) -> None:
    """Prints candidates a project, precision and recall of factors, and passages that stand nowhere."""
    rows = list(rows_of(data / "linking/links_dev.jsonl.gz"))
    projects = projects_of(data / "linking/projects_dev.jsonl")
    gold: dict[str, Row] = {}
    for name in ("train_active", "train", "gold_dev"):
        gold |= {bare(row): row for row in rows_of(data / f"grievances/{name}.jsonl.gz")}
    about = {row["uid"]: {k["project_id"] for k in row["links"] if k["label"] == "about"} for row in rows}
    labels = {r["uid"]: {f["code"] for f in gold[bare(r)]["factors"]} for r in rows if bare(r) in gold}
    with tempfile.TemporaryDirectory() as folder, Office.open(Path(folder) / "office") as office:
        office.register(projects)
        office.receive(map(item_of, rows))
        work(office)
        uid_of = {office.keys.document_id("board", row["uid"]): row["uid"] for row in rows}
        said: dict[Pair, set[str]] = {}
        offered: dict[Pair, set[str]] = {}
        sizes, dangling, matters = Counter[str](), 0, Counter[str]()
        for project in projects:
            stored = office.store.risk_points(project.id, limit=1000).rows
            found = ranked(point.candidate for point in stored if point.candidate and not point.candidate.sealed)
            matters[project.id] = len(office.store.matters_of_project(project.id))
            sizes[project.id] = len(found)
            for rank, one in enumerate(found, 1):
                texts = office.store.documents_by_id({p.document_id for p in passages_of(one)})
                for passage in passages_of(one):
                    text = texts.get(passage.document_id)
                    dangling += text is None or text.tombstone or not passage.quote(text).strip()
                uids = {uid_of[passage.document_id] for passage in one.evidence}
                said[project.id, one.factor] = uids
                if rank <= OFFERED:
                    offered[project.id, one.factor] = uids
                if each:
                    verdict = "unlabelled"
                    if uids & labels.keys():
                        carried = any(one.factor in labels[u] and project.id in about[u] for u in uids & labels.keys())
                        verdict = "right" if carried else "wrong"
                    line = f"{project.id} {rank:2} {one.factor:36} origins {one.counts.origins:3} {one.p_valid.p:.2f}"
                    click.echo(f"{line} {one.attention:12} {verdict}")
    click.echo(f"{sum(sizes.values())} candidates of {len(projects)} projects; a project {sorted(sizes.values())}")
    click.echo(f"matters a project {sorted(matters.values())}; passages that stand nowhere: {dangling}")
    for name, some in (("all", said), (f"first {OFFERED}", offered), ("words", by_words(rows, projects))):
        right, known, wanted, missed = judged(some, labels, about)
        precision, recall, f1 = precision_recall(right, known, wanted)
        click.echo(
            f"{name:9} judged {known:4} right {right:4} of {wanted} P {precision:.3f} R {recall:.3f} F1 {f1:.3f} "
            f"missed {len(missed)}"
        )


if __name__ == "__main__":
    main()

"""Candidates of the dev projects by a model and a linker that have not seen them: ``python -m benchmarks.held_out``.

Six ways go over the same stored texts: the factors of the shipped model, of the shipped linear model alone, or of a
linear model without these texts (benchmarks/held_out_model.py); the links of the shipped linker, or of linkers that
each never saw the project they link to (pipeline/link/training.py). Gold are the labels of those linking texts that
``grievances`` has. Intervals are 95 % bootstrap intervals over projects. What is read is kept in ``--cache``, by model.
"""

from __future__ import annotations

import pickle
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

import click
import numpy as np
from spacy.language import Language

from benchmarks.candidates import Pair, bare, by_words, item_of, passages_of, projects_of
from benchmarks.matters import rows_of, text_of
from models import nlp
from models.encoder import load_encoder
from models.evaluate import precision_recall
from models.linear.artifact import HOME
from models.linear.component import LinearClassifier
from models.linear.scorer import LinearModel
from models.taxonomy import taxonomy
from models.training.transformer.groups import held_out
from pipeline.analyse import analyse
from pipeline.link import Linker
from pipeline.link.linker import Asked
from pipeline.link.passages import evidence
from pipeline.link.profile import Profile
from pipeline.link.training import about_out_of_project, table
from pipeline.matters import Opinion, matters_of
from pipeline.matters.likeness import quantised
from pipeline.office import Office
from pipeline.records import Analysis, DecisionProject, Document, ProjectLink, RiskPointCandidate
from pipeline.risk import Ground, candidates_of, grievances_among
from pipeline.stance import StanceReader
from pipeline.versions import current_versions

THRESHOLD = 0.5
DEALS = 2000
Links = Mapping[str, tuple[ProjectLink, ...]]
"""Links by document."""


@dataclass(frozen=True)
class Corpus:
    """The dev texts as an import stores them, the registry, and the gold by uid."""

    projects: list[DecisionProject]
    documents: list[Document]
    uids: dict[str, str]
    about: dict[str, set[str]]
    labels: dict[str, set[str]]
    vectors: dict[str, bytes]


def corpus_of(data: Path) -> Corpus:
    """Takes all dev texts into a scratch office."""
    rows = list(rows_of(data / "linking/links_dev.jsonl.gz"))
    projects = projects_of(data / "linking/projects_dev.jsonl")
    gold = {
        bare(row): row
        for name in ("train_active", "train", "gold_dev")
        for row in rows_of(data / f"grievances/{name}.jsonl.gz")
    }
    with tempfile.TemporaryDirectory() as folder, Office.open(Path(folder) / "office") as office:
        office.register(projects)
        office.receive(map(item_of, rows))
        documents = sorted(office.store.all_documents(), key=lambda one: one.id)
        uids = {office.keys.document_id("board", row["uid"]): row["uid"] for row in rows}
    vectors = load_encoder().encode(document.text for document in documents)
    return Corpus(
        projects,
        documents,
        uids,
        {row["uid"]: {k["project_id"] for k in row["links"] if k["label"] == "about"} for row in rows},
        {row["uid"]: {f["code"] for f in gold[bare(row)]["factors"]} for row in rows if bare(row) in gold},
        {document.id: quantised(vector) for document, vector in zip(documents, vectors, strict=True)},
    )


@Language.factory("linear_classifier_of", default_config={"folder": ""})
def make_linear_classifier(nlp: Language, name: str, folder: str) -> LinearClassifier:
    """The linear model of a folder."""
    return LinearClassifier(LinearModel.read(Path(folder)))


def linear_alone(folder: Path) -> Language:
    """The pipeline as it reads where there is no transformer, with the linear model of a folder."""
    pipeline = nlp.rules()
    import_module("models.components")
    for name in nlp.NAMED:
        import_module(f"models.{name}")
        pipeline.add_pipe(name)
    import_module("models.classifier")
    pipeline.add_pipe("linear_classifier_of", config={"folder": str(folder)})
    return pipeline


def analyses_of(corpus: Corpus, pipeline: Language) -> dict[str, Analysis]:
    """What a pipeline reads of each text, without links."""
    texts = (nlp.TextInContext(d.text, d.published_at, d.source_kind, d.region) for d in corpus.documents)
    versions = current_versions(corpus.projects, THRESHOLD)
    docs = nlp.read(texts, pipeline)
    return {d.id: analyse(d, doc, (), versions) for d, doc in zip(corpus.documents, docs, strict=True)}


def links_shipped(corpus: Corpus) -> Links:
    """Links as the shipped linker gives them: it was trained on these projects."""
    linker = Linker.with_model(corpus.projects, THRESHOLD)
    found = linker.links([Asked(d.text, d.published_at, d.region) for d in corpus.documents])
    return {d.id: tuple(k for k in links if k.counts) for d, links in zip(corpus.documents, found, strict=True)}


def links_held_out(corpus: Corpus, data: Path) -> Links:
    """Links by linkers that never saw the project; scores become probabilities by the other projects' cases."""
    found = table(data, load_encoder())
    profiles = {project.id: Profile(project) for project in corpus.projects}
    said: dict[str, list[tuple[str, float]]] = {}
    for pair, value in zip(found.pairs, about_out_of_project(found), strict=True):
        if value >= THRESHOLD:
            said.setdefault(pair.uid, []).append((pair.project_id, round(value, 4)))
    return {
        d.id: tuple(
            ProjectLink(
                project_id=project,
                p=value,
                relation="about",
                method="held out",
                evidence=evidence(d.text, profiles[project]),
            )
            for project, value in said.get(corpus.uids[d.id], ())
        )
        for d in corpus.documents
    }


def candidates_by(
    corpus: Corpus, analyses: Mapping[str, Analysis], links: Links
) -> dict[str, tuple[RiskPointCandidate, ...]]:
    """The candidates of every project; voices are unknown, as in these texts."""
    stances = StanceReader(corpus.projects)
    opinions: dict[str, list[Opinion]] = {project.id: [] for project in corpus.projects}
    for document in corpus.documents:
        analysis = analyses[document.id]
        asks_only = not analysis.is_grievance and analysis.genre.label == "inquiry"
        for link in stances.read(document.text, links[document.id], asks_only=asks_only):
            opinions[link.project_id].append(Opinion(document, analysis, link))
    ground = Ground(vectors=corpus.vectors)
    return {
        project.id: candidates_of(project, opinions[project.id], {}, _voices, ground) for project in corpus.projects
    }


def _voices(ids: Iterable[str]) -> tuple[int, int]:
    count = len(list(ids))
    return min(1, count), count


Verdicts = list[tuple[int, int, int]]
"""Right, judged and wanted pairs, one row a project."""


def verdicts_of(corpus: Corpus, said: Mapping[Pair, set[str]]) -> Verdicts:
    """Judged is a candidate with a labelled text behind it; right, one whose factor a labelled text carries."""
    found = []
    for project in corpus.projects:
        wanted = {code for uid, codes in corpus.labels.items() if project.id in corpus.about[uid] for code in codes}
        known = {code for (owner, code), uids in said.items() if owner == project.id and uids & corpus.labels.keys()}
        found.append((len(known & wanted), len(known), len(wanted)))
    return found


def intervals(verdicts: Verdicts, seed: int = 1) -> list[str]:
    """Precision, recall and F1, each with its 95 % interval over projects drawn anew."""
    table, rng = np.array(verdicts), np.random.default_rng(seed)
    drawn = [table[rng.integers(len(table), size=len(table))].sum(axis=0) for _ in range(DEALS)]
    deals = np.array([precision_recall(*map(int, row)) for row in drawn])
    low, high = np.percentile(deals, (2.5, 97.5), axis=0)
    whole = precision_recall(*map(int, table.sum(axis=0)))
    return [f"{value:.3f} ({a:.3f}–{b:.3f})" for value, a, b in zip(whole, low, high, strict=True)]


def report(corpus: Corpus, name: str, said: Mapping[Pair, set[str]], sizes: Sequence[int] = ()) -> None:
    """One row of the table."""
    verdicts = verdicts_of(corpus, said)
    right, known, wanted = (sum(column) for column in zip(*verdicts, strict=True))
    spread = f"{sum(sizes)} candidates, a project {min(sizes)}–{max(sizes)}" if sizes else f"{len(said)} pairs"
    figures = " | ".join(intervals(verdicts))
    click.echo(f"| {name} | {spread} | {known} | {right} | {wanted} | {figures} |")


def found_by_support(corpus: Corpus, said: Mapping[Pair, set[str]]) -> str:
    """How many of the wanted pairs are candidates, by how many labelled texts carry them."""
    carried = Counter(
        (project, code) for uid, codes in corpus.labels.items() for project in corpus.about[uid] for code in codes
    )
    rows = []
    for name, least, most in (("one", 1, 1), ("two", 2, 2), ("three or four", 3, 4), ("five and more", 5, 10**6)):
        pairs_ = [pair for pair, count in carried.items() if least <= count <= most]
        rows.append(f"{name} {sum(pair in said for pair in pairs_)} of {len(pairs_)}")
    cross = sum(taxonomy().factors[code].cross_cutting for _, code in carried)
    return f"wanted pairs found, by labelled texts: {', '.join(rows)}; {cross} of all are X6 factors"


def dangling(corpus: Corpus, found: Mapping[str, Sequence[RiskPointCandidate]]) -> tuple[int, int]:
    """Passages of all candidates, and those that are no part of their stored text."""
    texts = {document.id: document for document in corpus.documents}
    passages = [span for some in found.values() for one in some for span in passages_of(one)]
    return len(passages), sum(not texts[p.document_id].text[p.start : p.end].strip() for p in passages)


def seen_by_transformer(corpus: Corpus, data: Path) -> None:
    """How many of the labelled texts the shipped transformer learnt from."""
    links = {bare(row) for row in rows_of(data / "linking/links_dev.jsonl.gz")}
    natural = [row for row in rows_of(data / "grievances/train.jsonl.gz") if bare(row) in links]
    chosen = [row for row in rows_of(data / "grievances/train_active.jsonl.gz") if bare(row) in links]
    back = sum(held_out(text_of(row), 1 / 12) for row in natural)
    click.echo(
        f"{len(corpus.labels)} labelled texts of {len(corpus.documents)}; the shipped transformer learnt from "
        f"{len(natural) + len(chosen) - back}, {back} were kept back from it"
    )


def stated_and_real(corpus: Corpus, found: Mapping[str, Sequence[RiskPointCandidate]]) -> None:
    """p_valid of the judged candidates against the share that was right, below and above .8."""
    rows = []
    for project, some in found.items():
        for one in some:
            uids = {corpus.uids[p.document_id] for p in one.evidence} & corpus.labels.keys()
            if uids and not one.sealed:
                real = any(one.factor in codes for u, codes in corpus.labels.items() if project in corpus.about[u])
                rows.append((one.p_valid.p, real))
    for low, high in ((0.0, 0.5), (0.5, 0.8), (0.8, 1.01)):
        bin_ = [(p, real) for p, real in rows if low <= p < high]
        if bin_:
            stated, real = (sum(column) / len(bin_) for column in zip(*bin_, strict=True))
            click.echo(
                f"  p_valid {low:.1f}–{min(high, 1):.1f}: {len(bin_)} judged, stated {stated:.2f}, right {real:.2f}"
            )


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--linear", type=click.Path(exists=True, path_type=Path), required=True, help="The model without them.")
@click.option("--cache", type=click.Path(path_type=Path), help="Folder to keep what was read.")
def main(data: Path, linear: Path, cache: Path | None) -> None:
    """Prints precision and recall of candidates at factor level, in sample and held out."""
    if cache:
        cache.mkdir(parents=True, exist_ok=True)
    corpus: Corpus = _kept(cache, "corpus", lambda: corpus_of(data))
    seen_by_transformer(corpus, data)
    readings = {
        "shipped model": _kept(cache, "shipped", lambda: analyses_of(corpus, nlp.load())),
        "linear alone": _kept(cache, "linear", lambda: analyses_of(corpus, linear_alone(HOME))),
        "linear, held out": _kept(cache, "linear_out", lambda: analyses_of(corpus, linear_alone(linear))),
    }
    linkings = {"shipped linker": links_shipped(corpus), "linker held out": links_held_out(corpus, data)}
    click.echo("| reading, linking | said | judged | right | wanted | precision | recall | F1 |")
    for reading, analyses in readings.items():
        for linking, links in linkings.items():
            found = candidates_by(corpus, analyses, links)
            shown = {project: [one for one in some if not one.sealed] for project, some in found.items()}
            said = {
                (project, one.factor): {corpus.uids[p.document_id] for p in one.evidence}
                for project, some in shown.items()
                for one in some
            }
            report(corpus, f"{reading}, {linking}", said, [len(some) for some in shown.values()])
            passages, nowhere = dangling(corpus, shown)
            click.echo(
                f"  {passages} passages, {nowhere} that stand nowhere; {_spread(corpus, analyses, links, shown)}"
            )
            click.echo(f"  {found_by_support(corpus, said)}")
            stated_and_real(corpus, shown)
    report(corpus, "words", by_words(rows_of(data / "linking/links_dev.jsonl.gz"), corpus.projects))


def _spread(
    corpus: Corpus, analyses: Mapping[str, Analysis], links: Links, shown: Mapping[str, Sequence[object]]
) -> str:
    """Candidates and matters a project."""
    matters = Counter[str]()
    for project in corpus.projects:
        mine = [
            Opinion(d, analyses[d.id], link)
            for d in corpus.documents
            for link in links[d.id]
            if link.project_id == project.id
        ]
        matters[project.id] = len(matters_of(project, grievances_among(mine), corpus.vectors))
    return f"candidates a project {sorted(map(len, shown.values()))}, matters {sorted(matters.values())}"


def _kept(cache: Path | None, name: str, make: Callable[[], Any]) -> Any:
    path = cache / f"{name}.pickle" if cache else None
    if path and path.exists():
        return pickle.loads(path.read_bytes())
    made = make()
    if path:
        path.write_bytes(pickle.dumps(made))
    return made


if __name__ == "__main__":
    main()

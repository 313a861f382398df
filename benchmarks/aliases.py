"""Names that an entry lacks, found again: ``python -m benchmarks.aliases --data ../shared/data``.

All dev texts of ``linking`` go through a scratch office. Then one word at a time, an alias or a place, is taken out of
a project's entry with everything that holds it; the linker links with what is left, and the discovery looks at those
links. Counted are the words that stand in texts of at least k origins that are still linked, and that the rest of the
entry does not say already (a region, a road and a plant that it lists both): only those can be proposed. A word is
found when it is proposed itself, and nearly found when a proposal holds it or is a part of it that is about as rare.
The linker was trained on these projects, so the links flatter.
"""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator
from pathlib import Path

import click

from benchmarks.candidates import item_of, projects_of
from benchmarks.matters import rows_of
from pipeline.link import Linker
from pipeline.link.rarity import rarity
from pipeline.nicknames.discovery import Nickname, Said, discover
from pipeline.nicknames.forms import is_said
from pipeline.nicknames.proposing import said_of
from pipeline.office import Office
from pipeline.records import DecisionProject
from pipeline.work import work


def without(project: DecisionProject, word: str) -> DecisionProject:
    """The entry without a word and without all that hold it, its name apart."""
    fields = {
        name: tuple(one for one in getattr(project, name) if word not in one)
        for name in ("aliases", "places", "keywords")
    }
    return project.model_copy(update=fields)


def left_out(projects: list[DecisionProject]) -> Iterator[tuple[str, str, DecisionProject]]:
    """Kind of word (alias, place), the word, and the entry without it."""
    for project in projects:
        for word in dict.fromkeys((*project.aliases, *project.places)):
            yield "alias" if word in project.aliases else "place", word, without(project, word)


def verdict(word: str, found: Collection[Nickname]) -> str:
    """Found, nearly found or missed."""
    names = [one.alias for one in found]
    if word in names:
        return "found"
    near = any(word in name or (name in word and rarity(name) >= 0.9 * rarity(word)) for name in names)
    return "near" if near else "missed"


def linked(
    project: DecisionProject, registry: list[DecisionProject], texts: list[Said], threshold: float
) -> list[set[str]]:
    """Texts about the project, and about others, with this entry in place of its own."""
    linker = Linker([project if one.id == project.id else one for one in registry], threshold=threshold)
    mine, others = set(), set()
    for one in texts:
        about = {link.project_id for link in linker.link(one.text) if link.relation == "about"}
        mine |= {one.document_id} if project.id in about else set()
        others |= {one.document_id} if about - {project.id} else set()
    return [mine, others]


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--k", "ks", default=(3, 5), multiple=True, show_default=True, help="Origins that an expression needs.")
@click.option("--each", is_flag=True, help="One line a word, with the proposals.")
def main(data: Path, ks: tuple[int, ...], each: bool) -> None:
    """Prints how many words that were taken out are proposed again, and how many names are proposed besides."""
    projects = projects_of(data / "linking/projects_dev.jsonl")
    with tempfile.TemporaryDirectory() as folder, Office.open(Path(folder) / "office") as office:
        office.register(projects)
        office.receive(map(item_of, rows_of(data / "linking/links_dev.jsonl.gz")))
        work(office)
        documents = list(office.store.all_documents())
        analyses = office.store.current_analyses(one.id for one in documents)
        texts = [said_of(one, analyses[one.id]) for one in documents if one.id in analyses]
        threshold = office.settings.link_threshold
    for k in ks:
        click.echo(f"k = {k}")
        measure(projects, texts, threshold, k, each)


def measure(projects: list[DecisionProject], texts: list[Said], threshold: float, k: int, each: bool) -> None:
    """Prints the figures of texts that were read."""

    def proposals(entry: DecisionProject) -> tuple[list[Nickname], set[str]]:
        mine, others = linked(entry, projects, texts, threshold)
        said = [one for one in texts if one.document_id in mine]
        rest = [(one.text, one.document_id in others) for one in texts if one.document_id not in mine]
        found = discover(entry, said, rest, lambda ids, origins: origins >= k, k)
        return found, mine

    origins = {one.document_id: one.origin_id for one in texts}
    for kind in ("alias", "place"):
        counts = {"found": 0, "near": 0, "missed": 0}
        ranks, sizes = [], []
        for of_kind, word, entry in left_out(projects):
            if of_kind != kind:
                continue
            found, mine = proposals(entry)
            holds = {origins[one.document_id] for one in texts if one.document_id in mine and word in one.text}
            if len(holds) < k or is_said(word, entry):
                continue
            outcome = verdict(word, found)
            counts[outcome] += 1
            sizes.append(len(found))
            if outcome == "found":
                ranks.append([one.alias for one in found].index(word) + 1)
            if each:
                names = " ".join(f"{one.alias}({one.score:.1f})" for one in found)
                click.echo(f"{kind} {entry.id} {word} {len(holds)}: {outcome}; {names}")
        total = sum(counts.values())
        click.echo(
            f"{kind:6} {total:3} that could be proposed: found {counts['found']}, nearly {counts['near']}, "
            f"missed {counts['missed']}; places in the list {sorted(ranks)}; proposals an entry {sorted(sizes)}"
        )
    whole = [(project.id, proposals(project)[0]) for project in projects]
    click.echo(f"whole entries: {sum(len(found) for _, found in whole)} proposals for {len(projects)} projects")
    if each:
        for project_id, found in whole:
            click.echo(
                f"{project_id}: " + " ".join(f"{n.alias}({n.score:.1f},{','.join(sorted(n.signs))})" for n in found)
            )


if __name__ == "__main__":
    main()

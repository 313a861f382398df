"""What linking costs: ``python -m benchmarks.linking --data ../shared/data``.

Texts a second of processor time, with words alone and with the sentence encoder, on the texts of the linking set (half
of which were chosen because they resemble a project) and on petitions as they come. How good the linker is:
``python -m pipeline.link.training``.
"""

from __future__ import annotations

import time
from pathlib import Path

import click

from benchmarks.candidates import projects_of
from benchmarks.matters import rows_of
from pipeline.link import Asked, Linker

SETS = {"linking set": "linking/links_dev.jsonl.gz", "petitions": "petitions/unlabelled2801.jsonl.gz"}
TEXTS = 700
BATCH = 64


def measured(linker: Linker, texts: list[Asked]) -> tuple[float, int]:
    """Texts a processor second, and how many are linked."""
    linker.links(texts[:BATCH])
    begun, linked = time.process_time(), 0
    for start in range(0, len(texts), BATCH):
        linked += sum(map(bool, linker.links(texts[start : start + BATCH])))
    return len(texts) / (time.process_time() - begun), linked


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
def main(data: Path) -> None:
    """Prints a row a set."""
    projects = projects_of(data / "linking/projects_dev.jsonl")
    words, full = Linker(projects), Linker.with_model(projects)
    for name, path in SETS.items():
        rows = list(rows_of(data / path))[:TEXTS]
        texts = [Asked(f"{row.get('title') or ''}\n{row['text']}", None, row.get("region")) for row in rows]
        for linker, how in ((words, "words"), (full, "words and meaning")):
            pace, linked = measured(linker, texts)
            click.echo(f"{name:12} {how:18} {len(texts)} texts, {pace:.0f} a CPU second, {linked} linked")


if __name__ == "__main__":
    main()

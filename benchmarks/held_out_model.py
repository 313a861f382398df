"""A linear model that has not seen the texts of ``linking``: ``python -m benchmarks.held_out_model --data … --out …``.

Every training text that is, or is a copy of (Jaccard of 5-grams from .6 on), one of these texts is left out of both
training sets; everything else is trained as what ships (models/training/linear.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from benchmarks.candidates import bare
from models.training.grievance_rows import Row, read, text_of
from models.training.linear import Texts, read_posts, train
from models.training.posts import read_emotions
from models.training.transformer.groups import groups


def unlike(rows: Sequence[Row], others: Iterable[Row]) -> list[Row]:
    """The rows that are no copy of any of the others."""
    known = {bare(row): row for row in others}
    kept = [row for row in rows if bare(row) not in known]
    texts = [text_of(row) for row in (*known.values(), *kept)]
    found = groups(texts)
    shared = set(found[: len(known)])
    return [row for row, group in zip(kept, found[len(known) :], strict=True) if group not in shared]


@click.command()
@click.option("--data", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Folder for the model.")
def main(data: Path, out: Path) -> None:
    """Trains without the linking texts and says how many rows that leaves out; about ten minutes on one core."""
    links = read(data / "linking/links_dev.jsonl.gz")
    kept = []
    for name in ("train", "train_active"):
        rows = read(data / f"grievances/{name}.jsonl.gz")
        kept.append(unlike(rows, links))
        same = len({bare(row) for row in rows} & {bare(row) for row in links})
        click.echo(f"{name}: {len(rows)} rows, {len(rows) - len(kept[-1])} left out ({same} texts of linking itself)")
    posts = read_posts(data / "nlp/weibo_2020_unlabelled/sample.jsonl.gz", 4000)
    train(Texts(kept[0], kept[1], posts, read_emotions(data / "nlp")), out, click.echo)


if __name__ == "__main__":
    main()

"""How long the models take to read a petition, beside jieba segmentation alone in the same run.

python benchmarks/reading.py ../shared/data/petitions/unlabelled2801.jsonl.gz
"""

from __future__ import annotations

import gzip
import json
import statistics
import time
from pathlib import Path

import click
import jieba

from models import nlp
from models.context import make_doc

NORM = 300
"""Characters to which times are scaled."""


def texts_of(path: Path, count: int) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for _, line in zip(range(count), lines, strict=False)]
    return [f"{row.get('title') or ''}\n{row.get('text') or ''}" for row in rows]


@click.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option("--texts", default=300, show_default=True)
def main(file: Path, texts: int) -> None:
    """Prints milliseconds of processor time a text of 300 characters, by component, and the ratio to jieba."""
    pipeline, sample = nlp.load(), texts_of(file, texts)
    length = statistics.mean(map(len, sample))
    times = dict.fromkeys(["jieba (alternative)", "segmentation", *pipeline.pipe_names], 0.0)
    jieba.lcut("预热")
    for text in sample[:20]:
        nlp.read_one(text)
    for text in sample:
        started = time.process_time()
        jieba.lcut(text)
        times["jieba (alternative)"] += time.process_time() - started
        started = time.process_time()
        doc = make_doc(pipeline, text)
        times["segmentation"] += time.process_time() - started
        for name, component in pipeline.pipeline:
            started = time.process_time()
            doc = component(doc)
            times[name] += time.process_time() - started
    scale = 1000 * NORM / length / len(sample)
    for name, seconds in times.items():
        click.echo(f"{name:<22}{seconds * scale:7.2f} ms")
    whole = sum(times.values()) - times["jieba (alternative)"]
    ratio = whole / times["jieba (alternative)"]
    click.echo(f"{'all components':<22}{whole * scale:7.2f} ms, {ratio:.1f} × jieba's segmentation alone")


if __name__ == "__main__":
    main()

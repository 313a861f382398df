"""Writes ``sounds.txt.gz``: ``python -m pipeline.link.sound_table`` (needs pypinyin, which the product does not)."""

from __future__ import annotations

import gzip
from collections import Counter, defaultdict
from importlib import import_module
from pathlib import Path

import click

from models.checksums import note
from pipeline.link.rarity import TABLE as BIGRAMS
from pipeline.link.sounds import TABLE

FOLDER = Path(__file__).parent


@click.command()
def main() -> None:
    """Groups the characters of bigrams.txt.gz by syllable, each by its usual reading."""
    pypinyin = import_module("pypinyin")
    counts: Counter[str] = Counter()
    for line in gzip.decompress((FOLDER / BIGRAMS).read_bytes()).decode().splitlines()[1:]:
        for character in line[:2]:
            counts[character] += int(line[2:])
    alike: defaultdict[str, list[str]] = defaultdict(list)
    for character in sorted(filter(_is_han, counts), key=lambda c: (-counts[c], c)):
        alike[pypinyin.pinyin(character, style=pypinyin.Style.NORMAL)[0][0]].append(character)
    lines = [f"{syllable} {''.join(characters)}\n" for syllable, characters in sorted(alike.items())]
    (FOLDER / TABLE).write_bytes(gzip.compress("".join(lines).encode(), mtime=0))
    note(FOLDER, [TABLE])


def _is_han(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"


if __name__ == "__main__":
    main()

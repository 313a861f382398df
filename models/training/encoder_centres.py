"""Gives the sentence vectors of a model folder their centres: the means over many titles (questions) and petitions.

Run: ``python -m models.training.encoder_centres FOLDER FILE.jsonl.gz …`` with rows that have ``title`` and ``text``, on
a folder that ``models.training.transformer.export`` has written: the centres in its card are taken over from the model
that ships, and are of that model's trunk. Of the distinct rows every second is read; the others stay for
benchmarks/retrieval.py.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from models import checksums
from models.encoder import Vectors, load_encoder
from models.training.petitions import petitions
from models.transformer.card import CARD


def centre(vectors: Vectors) -> list[float]:
    """The mean of the rows, to five digits."""
    return [round(float(number), 5) for number in vectors.mean(axis=0)]


def write_centres(texts: Vectors, questions: Vectors, folder: Path) -> None:
    """Writes the means of vectors that came without centres into the card, and its checksum."""
    _note(folder, {"texts": centre(texts), "questions": centre(questions)})


def _note(folder: Path, centres: dict[str, list[float]]) -> None:
    card = json.loads((folder / CARD).read_text("utf-8")) | {"centres": centres}
    (folder / CARD).write_text(json.dumps(card, ensure_ascii=False, indent=1) + "\n", "utf-8")
    checksums.note(folder, [CARD])


def main() -> None:
    """Encodes every second petition and its title."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("files", nargs="+", type=Path)
    given = parser.parse_args()
    rows = list(petitions(given.files))[::2]
    _note(given.folder, {})
    encoder = load_encoder(given.folder)
    write_centres(encoder.encode(text for _, text in rows), encoder.encode(title for title, _ in rows), given.folder)
    sys.stderr.write(f"{encoder.version}: centres of {len(rows)} petitions\n")


if __name__ == "__main__":
    main()

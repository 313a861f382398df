"""Words by their sound: a name that is written with other characters of the same syllables.

``sounds.txt.gz`` has a line a syllable, without its tone: the characters that petitions use, the commonest first. It
was made with pypinyin 0.55.0 (MIT): ``python -m pipeline.link.sound_table``.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path

from models.checksums import verified

TABLE = "sounds.txt.gz"


@cache
def _commonest() -> dict[int, int]:
    packed = verified(Path(__file__).parent / TABLE, "pipeline.link.sound_table")
    lines = gzip.decompress(packed).decode().splitlines()
    alike = (line.partition(" ")[2] for line in lines)
    return {ord(character): ord(characters[0]) for characters in alike for character in characters}


def sounded(text: str) -> str:
    """The text with each character replaced by the commonest one of its syllable; as long as the text."""
    return text.translate(_commonest())

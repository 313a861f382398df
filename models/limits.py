"""What can hold a reading back, as codes that every result carries, with what each means."""

from __future__ import annotations

from typing import Final

MODEL_MISSING: Final = "model_missing"
READ_IN_PART: Final = "read_in_part"

LIMITS: Final = {
    MODEL_MISSING: "the transformer's folder is missing (models/artifacts/transformer, or MINYI_MODEL_DIR); lexicon "
    "and linear model have read alone, with more mistakes",
    READ_IN_PART: "the text is so long that the transformer has read its begin and its end only",
}
"""What each code means, for people."""


def sentence(code: str) -> str:
    """A code with its meaning. Raises KeyError for a code that is none."""
    return f"{code}: {LIMITS[code]}"

"""What volume alone may not do: the grave levels ask for several voices and several kinds of source."""

from __future__ import annotations

from typing import Final, NamedTuple

from pipeline.records.incident import LEVELS, AlertLevel, HeldBack

KINDS: Final = 2
"""Kinds of source that stand for many voices: an export and a forum seldom fail in the same way."""
RED_VOICES: Final = 4
"""Red on one kind of source alone asks for so many times k voices."""


class Standing(NamedTuple):
    """The level that stands, and what kept it from the level that volume alone reached."""

    level: AlertLevel
    held_back: tuple[HeldBack, ...]


class Heard(NamedTuple):
    """What stands behind a window: negative origins, distinct voices (bounds), and kinds of source."""

    origins: int
    voices_low: int
    voices_high: int
    kinds: int

    def at_least(self, voices: int) -> bool:
        """Whether so many distinct voices are known, or, where they cannot be told apart, so many origins."""
        return self.voices_low >= voices or (self.origins >= voices and self.voices_high >= voices)


def standing(signal: AlertLevel, heard: Heard, k: int) -> Standing:
    """Orange asks for k voices or two kinds of source; red for k voices and two kinds, or for four times k voices.

    What does not hold lowers the level by one, orange at most to yellow.
    """
    several = heard.kinds >= KINDS
    many = heard.at_least(k)
    level, held = signal, []
    if level == "red" and not ((several and many) or heard.at_least(RED_VOICES * k)):
        level = "orange"
        held.append("few_voices" if several or not many else "one_kind_of_source")
    if level == "orange" and not (several or many):
        level = "yellow"
        held = ["few_voices", "one_kind_of_source"]
    return Standing(level, tuple(held))  # type: ignore[arg-type]


def rank(level: AlertLevel | None) -> int:
    """0 for none, 1 blue … 4 red."""
    return 0 if level is None else LEVELS.index(level) + 1

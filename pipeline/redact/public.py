"""Strings that look like a name and are none of ours: public figures (公众人物), brands and everyday words."""

from __future__ import annotations

from typing import Final

from pipeline.redact.words import words

PUBLIC_FIGURES: Final = frozenset(words("public_figures"))
"""People of history and state, whose names in a text say nothing about a private person."""

BRANDS_AND_STATESMEN: Final = frozenset(words("brands_and_statesmen"))
"""Three-character strings that look like a surname with a title and are a brand or a statesman."""

NOT_NAMES: Final = frozenset(words("not_names"))
"""Words that begin with a surname's character and are no names."""

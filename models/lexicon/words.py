"""The word lists beside the components, read once."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Any

import yaml


@cache
def words_of(concept: str) -> dict[str, Any]:
    """The lists of ``<concept>.yaml``. Raises FileNotFoundError when there is none."""
    content = (resources.files("models.lexicon") / f"{concept}.yaml").read_bytes()
    lists: dict[str, Any] = yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    return lists

"""What is searched for: the names by which people speak of the registered projects, never a person."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from crawlers.importers.regions import county_of
from pipeline.records import DecisionProject

_REMARK: Final = re.compile(r"[（(].*?[）)]")
_LONGEST: Final = 30
"""Characters that the platform's search takes; a longer query finds nothing."""
_TELLING: Final = 4
"""A keyword of so many characters is searched for by itself where the project has no region."""


def queries_of(projects: Iterable[DecisionProject], most: int) -> tuple[str, ...]:
    """The searches for all open projects: names and aliases as they stand, keywords with the project's county.

    ``most`` bounds the searches for one project; names come first.
    """
    found: dict[str, None] = {}
    for project in projects:
        if project.status == "active":
            found.update(dict.fromkeys(list(dict.fromkeys(_queries(project)))[:most]))
    return tuple(found)


def _queries(project: DecisionProject) -> Iterator[str]:
    for name in (_REMARK.sub("", project.name_zh), *project.aliases):
        if 2 <= len(name.strip()) <= _LONGEST:
            yield name.strip()
    county = county_of(project.region)
    for keyword in project.keywords:
        if county and keyword not in county:
            yield f"{county} {keyword}"
        elif len(keyword) >= _TELLING:
            yield keyword

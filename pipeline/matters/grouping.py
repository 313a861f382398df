"""Groups the opinions of a project into matters. The groups follow from the set of texts alone, never from its order.

Two texts that are alike (see :mod:`pipeline.matters.likeness`) lie in one matter, and so does whatever is alike to
either: the connected components of that graph. A new text can therefore only be added to a matter or join several, and
a withdrawn one can only part a matter; what happened is recorded (see :mod:`pipeline.matters.history`).
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

import numpy as np

from pipeline.matters.likeness import Likeness, Trait, Weights, trait_of
from pipeline.matters.opinion import Opinion, concern_of, site_of
from pipeline.records import DecisionProject

BLOCK: Final = 256
"""Texts that are compared with all others at once."""
_UNDATED: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Matter:
    """Grievances of one project about the same thing.

    ``concern`` is the primary factor of most of them, ``site`` the registered place that most name, None where most
    name none.
    """

    id: str
    project_id: str
    concern: str
    site: str | None
    opinions: tuple[Opinion, ...]


def matters_of(
    project: DecisionProject, opinions: Iterable[Opinion], vectors: Mapping[str, bytes] | None = None
) -> tuple[Matter, ...]:
    """The matters of a project, ordered by id; ``vectors`` of its texts by document id, see ``likeness.quantised``.

    Copies follow their origin. A text that carries no factor belongs to no matter.
    """
    known = vectors or {}
    groups: dict[str, list[Opinion]] = {}
    for opinion in sorted(opinions, key=lambda one: one.document.id):
        if concern_of(opinion) is not None:
            groups.setdefault(opinion.document.origin_id, []).append(opinion)
    folded = [groups[origin] for origin in sorted(groups)]
    first = [min(group, key=_age) for group in folded]
    traits = [trait_of(project, one, known.get(one.document.id)) for one in first]
    found = [
        _matter(project, [first[row] for row in rows], [one for row in rows for one in folded[row]])
        for rows in components(traits)
    ]
    return tuple(sorted(found, key=lambda matter: matter.id))


def components(traits: Sequence[Trait], model: Weights | None = None) -> list[list[int]]:
    """Rows that belong together, by what is alike directly or through others; other weights for measuring."""
    likeness = Likeness(traits, model)
    left = np.ones(len(traits), dtype=np.bool_)
    found: list[list[int]] = []
    for start in range(len(traits)):
        if not left[start]:
            continue
        left[start] = False
        members, waiting = [start], [start]
        while waiting:
            rows, waiting = waiting[:BLOCK], waiting[BLOCK:]
            reached = np.flatnonzero(likeness.alike(rows).any(axis=0) & left)
            left[reached] = False
            members += reached.tolist()
            waiting += reached.tolist()
        found.append(sorted(members))
    return found


def matter_named_after(project_id: str, origin_id: str) -> str:
    """The id of a matter: a hash of its project and of the origin of its earliest text."""
    return "m" + hashlib.sha256(f"{project_id}\x1f{origin_id}".encode()).hexdigest()[:24]


def _matter(project: DecisionProject, origins: Sequence[Opinion], members: Sequence[Opinion]) -> Matter:
    concerns = Counter(concern for one in origins if (concern := concern_of(one)) is not None)
    sites = Counter(site_of(project, one.document.text) for one in origins)
    earliest = min(origins, key=_age).document.origin_id
    return Matter(
        id=matter_named_after(project.id, earliest),
        project_id=project.id,
        concern=min(concerns, key=lambda code: (-concerns[code], code)),
        site=min(sites, key=lambda site: (-sites[site], site or "")),
        opinions=tuple(sorted(members, key=lambda one: one.document.id)),
    )


def _age(opinion: Opinion) -> tuple[datetime, str]:
    return opinion.document.published_at or _UNDATED, opinion.document.origin_id

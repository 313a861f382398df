"""The semantic difference of a project's candidates between two moments: what changed, and why. Pure.

A reason is stated where its trace was found: the document that came, went or was changed, the version that read the
very text, the calibration that turned the same passages into another figure. Where there is none, that is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final, Literal

from pipeline.records import Versions
from pipeline.records.base import Interval
from pipeline.records.snapshot import Figures
from pipeline.store.snapshots import FOR, Content, Passage, Snapshot

Why = Literal[
    "new_texts", "texts_withdrawn", "texts_changed", "model", "taxonomy", "code", "registry",
    "link_threshold", "calibration", "routing", "project", "human_decision", "other_texts", "cannot_tell",
]  # fmt: skip
BANDS: Final = (0.5, 0.75, 0.9)
"""Where the bands of p_valid begin: below the first the evidence is insufficient."""
PARTS: Final[tuple[Why, ...]] = ("model", "taxonomy", "code")
"""The redactor is not among them: it has done its work before a text is stored, and no reading changes that."""


@dataclass(frozen=True)
class Side:
    """One of the two moments, with what people had decided by then: state and shown attention by risk point."""

    snapshot: Snapshot
    content: Content
    states: Mapping[str, str] = field(default_factory=dict)
    attention: Mapping[str, str] = field(default_factory=dict)

    @property
    def ranks(self) -> dict[str, int]:
        """The place of each candidate in the order in which they are offered, from 1."""
        points = self.content.points
        ordered = sorted(points, key=lambda key: (-points[key].priority, points[key].factor, key))
        return {key: place for place, key in enumerate(ordered, 1)}

    def of(self, point: str) -> frozenset[Passage]:
        """The passages of a candidate."""
        return self._by_point.get(point, frozenset())

    @cached_property
    def _by_point(self) -> dict[str, frozenset[Passage]]:
        found: dict[str, set[Passage]] = {}
        for one in self.content.passages:
            found.setdefault(one.risk_point_id, set()).add(one)
        return {point: frozenset(passages) for point, passages in found.items()}

    def shown_attention(self, point: str) -> str | None:
        """What people set, else what the machine said; None where there was no such candidate."""
        figures = self.content.points.get(point)
        return None if figures is None else self.attention.get(point, figures.attention)


@dataclass(frozen=True)
class Happened:
    """What came about between the two moments: texts that came and texts that changed (by id), how many went (by risk
    point, and for the whole project under the empty name), risk points that people decided on, versions by digest."""

    arrived: frozenset[str] = frozenset()
    revised: frozenset[str] = frozenset()
    withdrawn: Mapping[str, int] = field(default_factory=dict)
    decided: frozenset[str] = frozenset()
    versions: Mapping[str, Versions] = field(default_factory=dict)


@dataclass(frozen=True)
class Moved:
    """The same evidence under another factor: an overlapping passage of the same text."""

    before: Passage
    after: Passage


@dataclass(frozen=True)
class Difference:
    """What changed about one candidate, and why."""

    risk_point_id: str
    change: Literal["appeared", "vanished", "changed"]
    what: tuple[str, ...]
    why: tuple[Why, ...]
    before: Figures | None
    after: Figures | None
    ranks: tuple[int | None, int | None]
    added: tuple[Passage, ...]
    removed: tuple[Passage, ...]
    moved: tuple[Moved, ...]
    """Passages that came from, or went to, another factor; they are among the added or the removed as well."""


def differences(a: Side, b: Side, happened: Happened) -> tuple[Difference, ...]:
    """Every candidate that differs between the moments, in order of id."""
    moved = _moved(a, b)
    ranks = a.ranks, b.ranks
    keys = sorted({*a.content.points, *b.content.points})
    found = (_difference(a, b, happened, key, (ranks[0].get(key), ranks[1].get(key)), moved) for key in keys)
    return tuple(one for one in found if one is not None)


def band(p: Interval) -> int:
    """The band of p_valid, 0 (insufficient) to 3."""
    return sum(p.p >= begin for begin in BANDS)


def _difference(
    a: Side, b: Side, happened: Happened, key: str, ranks: tuple[int | None, int | None], moved: tuple[Moved, ...]
) -> Difference | None:
    before, after = a.content.points.get(key), b.content.points.get(key)
    old, new = a.of(key), b.of(key)
    added, removed = tuple(sorted(new - old)), tuple(sorted(old - new))
    what = _what(a, b, key, before, after, ranks)
    if added or removed:
        what = (*what, "evidence")
    if before is not None and after is not None and not what:
        return None
    mine = tuple(one for one in moved if key in (one.before.risk_point_id, one.after.risk_point_id))
    change: Literal["appeared", "vanished", "changed"] = "changed"
    if before is None or after is None:
        change = "appeared" if before is None else "vanished"
    why = _why(a, b, happened, key, {*added, *removed}, old | new)
    return Difference(key, change, what, why, before, after, ranks, added, removed, mine)


def _what(
    a: Side, b: Side, key: str, before: Figures | None, after: Figures | None, ranks: tuple[int | None, int | None]
) -> tuple[str, ...]:
    """Names of the figures that differ between two standing candidates."""
    if before is None or after is None:
        return ()
    seen = {
        "attention": a.shown_attention(key) != b.shown_attention(key),
        "p_valid": before.p_valid != after.p_valid,
        "band": band(before.p_valid) != band(after.p_valid),
        "rank": ranks[0] != ranks[1],
        "state": a.states.get(key, "proposed") != b.states.get(key, "proposed"),
        **{name: getattr(before, name) != getattr(after, name)
           for name in ("priority", "trend", "triangulation", "escalation", "units")},
    }  # fmt: skip
    return tuple(name for name, differs in seen.items() if differs)


def _why(
    a: Side, b: Side, happened: Happened, key: str, changed: set[Passage], all_: frozenset[Passage]
) -> tuple[Why, ...]:
    texts = {one.document_id for one in changed}
    reasons: list[Why] = []
    if texts & happened.arrived:
        reasons.append("new_texts")
    if happened.withdrawn.get(key):
        reasons.append("texts_withdrawn")
    if texts & happened.revised:
        reasons.append("texts_changed")
    known = {one.document_id for one in all_} - happened.arrived - happened.revised
    figures = _by_the_machine(a.content.points.get(key), b.content.points.get(key))
    if figures or texts & known:
        reasons += _versions(a, b, happened, known)
    if figures & {"p_valid", "attention", "priority"} and a.snapshot.calibration != b.snapshot.calibration:
        reasons.append("calibration")
    if "units" in figures and a.snapshot.routing != b.snapshot.routing:
        reasons.append("routing")
    if key in happened.decided:
        reasons.append("human_decision")
    if not reasons and figures and a.snapshot.registry != b.snapshot.registry:
        reasons.append("project")
    return tuple(dict.fromkeys(reasons)) or _elsewhere(a, b, happened)


def _by_the_machine(before: Figures | None, after: Figures | None) -> set[str]:
    if before is None or after is None:
        return set()
    return {name for name in Figures.model_fields if getattr(before, name) != getattr(after, name)}


def _elsewhere(a: Side, b: Side, happened: Happened) -> tuple[Why, ...]:
    """What lies outside the candidate: other texts of the project move its rank, its trend and what speaks against."""
    texts = {*a.content.readings, *b.content.readings}
    if texts & (happened.arrived | happened.revised) or happened.withdrawn:
        return ("other_texts",)
    return tuple(dict.fromkeys(_versions(a, b, happened, texts))) or ("cannot_tell",)


def _versions(a: Side, b: Side, happened: Happened, texts: Iterable[str]) -> list[Why]:
    """In what the versions differ that read these texts at the two moments.

    A text that was not about the project at one of them was read, at that one, by the versions that read most others.
    """
    pairs = {
        (a.content.readings.get(one, a.snapshot.versions), b.content.readings.get(one, b.snapshot.versions))
        for one in texts
    }
    found: set[Why] = set()
    for old, new in pairs:
        before, after = happened.versions.get(old), happened.versions.get(new)
        if before is None or after is None or before == after:
            continue
        found |= {part for part in PARTS if getattr(before, part) != getattr(after, part)}
        registries = [one.registry.partition("@") for one in (before, after)]
        if registries[0][0] != registries[1][0]:
            found.add("registry")
        if registries[0][2] != registries[1][2]:
            found.add("link_threshold")
    order: tuple[Why, ...] = (*PARTS, "registry", "link_threshold")
    return [part for part in order if part in found]


def _moved(a: Side, b: Side) -> tuple[Moved, ...]:
    """Evidence that stood under one factor and stands under another, and no longer under the first."""
    gone = {one for one in a.content.passages - b.content.passages if one.role == FOR}
    come: dict[str, list[Passage]] = {}
    for one in sorted(b.content.passages - a.content.passages):
        if one.role == FOR:
            come.setdefault(one.document_id, []).append(one)
    return tuple(
        Moved(before, after)
        for before in sorted(gone)
        for after in come.get(before.document_id, ())
        if after.risk_point_id != before.risk_point_id and before.start < after.end and after.start < before.end
    )

"""The desk at which two moments of a project's candidates are compared; quotes and numbers as on the cards."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, Final

from api.card_counts import TOO_FEW_VOICES, shown_counts
from api.counting import cell_of
from api.desk import Desk
from api.policy import Cell, enough_voices, figure, quotes_of
from models.taxonomy import taxonomy
from pipeline.comparison import Difference, Happened, Side, band, differences
from pipeline.moments import NoMoment, Point, moment
from pipeline.process.states import standing
from pipeline.records import Counts, Decision, Document, Evidence
from pipeline.records.snapshot import Figures
from pipeline.store import Hearing, Store
from pipeline.store.snapshots import FOR, WHOLE, Passage, Snapshot

QUOTES: Final = 3
BAND_NAMES: Final = ("insufficient", "low", "middle", "high")


class DiffDesk(Desk):
    """One reader who compares. Needs what reading the cards needs; sealed candidates are never compared (P-14)."""

    def moments(self, project_id: str, purpose: str | None) -> list[dict[str, Any]]:
        """The moments that are kept of a project, oldest first. Raises NotFound or Denied."""
        store = self._office.store
        with self._asked("candidates.read", purpose, project_id):
            return [_kept(store, one) for one in store.snapshots_of(project_id)]

    def diff(self, project_id: str, purpose: str | None, earlier: str, later: str = "now") -> dict[str, Any]:
        """What changed between two moments and why. Raises NotFound, Denied and NoMoment (E170–E172)."""
        store = self._office.store
        with self._asked("candidates.read", purpose, project_id):
            a, b = moment(store, project_id, earlier), moment(store, project_id, later)
            if (a.snapshot.number, a.at) > (b.snapshot.number, b.at):
                raise NoMoment(f"E172: {earlier} is after {later}; exchange --from and --to")
            compared = compare(store, project_id, a, b)
            shown = _Shown(store, project_id, self._k, compared)
            return {
                "project_id": project_id,
                "earlier": {"asked": earlier, "at": a.at, **_kept(store, a.snapshot)},
                "later": {"asked": later, "at": b.at, **_kept(store, b.snapshot)},
                "texts_withdrawn": bool(compared.happened.withdrawn.get(WHOLE)),
                "rows": [shown.row(one) for one in sorted(compared.rows, key=_order)],
            }


@dataclass(frozen=True)
class Compared:
    """Two moments, what happened between them, and the differences."""

    a: Side
    b: Side
    happened: Happened
    rows: tuple[Difference, ...]


def compare(store: Store, project_id: str, earlier: Point, later: Point) -> Compared:
    """Reads both moments and what came about between them."""
    numbers = earlier.snapshot.number, later.snapshot.number
    read = {number: store.snapshot_content(project_id, number) for number in set(numbers)}
    contents = [read[number] for number in numbers]
    keys = sorted({*contents[0].points, *contents[1].points})
    decisions = {key: store.decisions_on(key) for key in keys}
    a, b = (
        Side(point.snapshot, content, *_decided(decisions, point.at))
        for point, content in zip((earlier, later), contents, strict=True)
    )
    texts: set[str] = set()
    if a.content is not b.content:
        texts = {*a.content.readings, *b.content.readings}
        texts |= {one.document_id for one in a.content.passages | b.content.passages}
    arrived, revised = store.arrived_between(texts, a.snapshot.through, b.snapshot.through)
    happened = Happened(
        frozenset(arrived),
        frozenset(revised),
        store.withdrawn_between(project_id, a.snapshot.number, b.snapshot.number),
        frozenset(key for key in keys if any(earlier.at < one.when <= later.at for one in decisions[key])),
        store.reading_versions(),
    )
    return Compared(a, b, happened, differences(a, b, happened))


def _decided(decisions: dict[str, list[Decision]], at: datetime) -> tuple[dict[str, str], dict[str, str]]:
    """State and attention by risk point, as people had decided by then."""
    standings = {key: standing(one for one in made if one.when <= at) for key, made in decisions.items()}
    return (
        {key: str(one.state) for key, one in standings.items()},
        {key: str(one.human["attention"]) for key, one in standings.items() if one.human.get("attention")},
    )


class _Shown:
    """The differences as they may be shown: one hearing and one reading of the texts for all of them."""

    def __init__(self, store: Store, project_id: str, k: int, compared: Compared) -> None:
        self._store, self._project_id, self._k, self._compared = store, project_id, k, compared

    def row(self, one: Difference) -> dict[str, Any]:
        """One difference."""
        a, b = self._compared.a, self._compared.b
        figures = one.after or one.before
        assert figures is not None, "a difference is of a candidate that stood at one of the moments"
        return {
            "id": one.risk_point_id,
            "factor": figures.factor,
            "factor_name": taxonomy().factors[figures.factor].name_zh,
            "change": one.change,
            "what": list(one.what),
            "why": list(one.why),
            "before": self._stood(a, one.risk_point_id, one.before, one.ranks[0]),
            "after": self._stood(b, one.risk_point_id, one.after, one.ranks[1]),
            "added": self._passages(b, one.risk_point_id, one.added),
            "removed": self._passages(a, one.risk_point_id, one.removed),
            "moved": self._moved(one),
        }

    def _stood(self, side: Side, key: str, figures: Figures | None, rank: int | None) -> dict[str, Any] | None:
        if figures is None:
            return None
        hearing, ids = self._hearing, self._supporting(side, key)
        between = self._between(key)
        told = all(figure(one, self._k).form == "exact" for one, _ in between)
        counts = shown_counts(
            cell_of(hearing, "", ids), self._kinds(ids), self._k, told=told, apart=[kinds for _, kinds in between]
        )
        enough = self._enough(side, key)
        return {
            **figures.model_dump(mode="json", exclude={"factor", "units"}),
            "attention": side.shown_attention(key),
            "band": BAND_NAMES[band(figures.p_valid)],
            "rank": rank,
            "triangulation": figures.triangulation if enough else TOO_FEW_VOICES,
            "proposed_units": list(figures.units),
            "state": side.states.get(key, "proposed"),
            "counts": counts,
            "quoting": "as_evidence" if enough else "paraphrase_only",
        }

    def _between(self, key: str) -> list[tuple[Cell, list[Cell]]]:
        """The texts that one moment has and the other lacks: one number less the other would tell how few they are."""
        before, after = (set(self._supporting(side, key)) for side in (self._compared.a, self._compared.b))
        return [(cell_of(self._hearing, "", texts), self._kinds(texts)) for texts in (before - after, after - before)]

    def _kinds(self, ids: Iterable[str]) -> list[Cell]:
        by_kind: dict[str, set[str]] = defaultdict(set)
        for document_id in ids:
            by_kind[self._hearing[document_id].source_kind].add(document_id)
        return [cell_of(self._hearing, kind, texts) for kind, texts in sorted(by_kind.items())]

    def _passages(self, side: Side, key: str, passages: Sequence[Passage]) -> dict[str, Any]:
        return {"texts": self._number(passages), "quotes": self._quotes(side, key, passages)}

    def _moved(self, one: Difference) -> list[dict[str, Any]]:
        pairs: dict[tuple[str, str], list[Passage]] = defaultdict(list)
        for moved in one.moved:
            pairs[moved.before.risk_point_id, moved.after.risk_point_id].append(moved.after)
        a, b = self._compared.a.content.points, self._compared.b.content.points
        return [
            {
                "from_factor": a[before].factor,
                "to_factor": b[after].factor,
                "texts": self._number(passages),
                "quotes": self._quotes(self._compared.b, after, passages),
            }
            for (before, after), passages in sorted(pairs.items())
            if before in a and after in b
        ]

    def _number(self, passages: Iterable[Passage]) -> dict[str, Any]:
        ids = {one.document_id for one in passages if one.document_id in self._hearing}
        return figure(cell_of(self._hearing, "", ids), self._k).as_json()

    def _quotes(self, side: Side, key: str, passages: Iterable[Passage]) -> list[dict[str, Any]]:
        counts = self._counts(side, key)
        if counts is None:
            return []
        spans = [Evidence(document_id=p.document_id, start=p.start, end=p.end) for p in passages]
        return [quote.model_dump() for quote in quotes_of(spans, self._documents, counts, self._k, QUOTES)]

    def _enough(self, side: Side, key: str) -> bool:
        counts = self._counts(side, key)
        return counts is not None and enough_voices(counts, self._k)

    def _counts(self, side: Side, key: str) -> Counts | None:
        """What stands behind a candidate at a moment; None where nothing of it is left."""
        ids, hearing = self._supporting(side, key), self._hearing
        if not ids:
            return None
        low, high = hearing.voices(ids)
        kinds = Counter(hearing[one].source_kind for one in ids)
        return Counts(
            documents=len(ids),
            origins=hearing.origins(ids),
            voices_low=max(1, low),
            voices_high=max(1, low, high),
            by_source_kind=dict(sorted(kinds.items())),
        )

    def _supporting(self, side: Side, key: str) -> Collection[str]:
        return {one.document_id for one in side.of(key) if one.role == FOR and one.document_id in self._hearing}

    @cached_property
    def _passages_of_both(self) -> frozenset[Passage]:
        return self._compared.a.content.passages | self._compared.b.content.passages

    @cached_property
    def _hearing(self) -> Hearing:
        return self._store.hearing(self._project_id, {one.document_id for one in self._passages_of_both})

    @cached_property
    def _documents(self) -> dict[str, Document]:
        named = {passage.document_id for one in self._compared.rows for passage in (*one.added, *one.removed)}
        return self._store.documents_by_id(named)


def _kept(store: Store, one: Snapshot) -> dict[str, Any]:
    versions = store.reading_versions().get(one.versions)
    return {"snapshot": one.number, "taken_at": one.taken_at, "versions": versions}


def _order(one: Difference) -> tuple[bool, int, str]:
    """What stands now by its rank, then what has vanished."""
    return one.after is None, one.ranks[1] or one.ranks[0] or 0, one.risk_point_id

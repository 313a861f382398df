"""The numbers on a card: exact where k voices stand behind them, else "fewer than k" and nothing that tells more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from api.counting import cell_of
from api.policy import Cell, Figure, enough, enough_voices, figure, is_published, suppress
from pipeline.records import Document, Evidence, Reason, RiskPointCandidate
from pipeline.store import Hearing, Store

TOO_FEW_VOICES: Final = "too_few_voices"
TELLING: Final = frozenset({"origins", "documents", "passages"})
"""Values of reasons that are numbers of texts; whose texts they are, a reason does not say."""
COUNTABLE: Final = frozenset({"any", "best"})
"""Values of a reason that together are a number of texts: the likelihood of one passage, and of all."""


@dataclass(frozen=True)
class CardCounts:
    """The numbers of one candidate as they may be shown."""

    candidate: RiskPointCandidate
    documents: Mapping[str, Document]
    store: Store
    k: int

    @property
    def enough(self) -> bool:
        """Whether k voices stand behind the candidate."""
        return enough_voices(self.candidate.counts, self.k)

    def shown(self) -> dict[str, Any]:
        """Documents, origins, voices and kinds of source."""
        return dict(self._shown)

    @cached_property
    def _shown(self) -> dict[str, Any]:
        counts = self.candidate.counts
        total = Cell("", counts.documents, counts.voices_low, counts.voices_high, counts.origins)
        return shown_counts(total, self._kinds(), self.k)

    def passages(self, passages: Sequence[Evidence]) -> dict[str, Any]:
        """How many passages; those that authorities and media published may always be counted."""
        behind = dict.fromkeys(passage.document_id for passage in passages)
        exact = Figure("exact", len(passages)).as_json()
        texts = (self.documents.get(one) for one in behind)
        if all(text is None or is_published(text) for text in texts):
            return exact
        mine = [one for one in behind if one in self.hearing]
        shown = figure(cell_of(self.hearing, "", mine), self.k)
        return exact if shown.form == "exact" else shown.as_json()

    @cached_property
    def hearing(self) -> Hearing:
        """The voices behind all passages of the candidate."""
        candidate = self.candidate
        passages = (*candidate.evidence, *candidate.counter_evidence)
        return self.store.hearing(candidate.project_id, {passage.document_id for passage in passages})

    def reasons(self) -> list[dict[str, Any]]:
        """The reasons for the rating, their numbers hidden like the counts they repeat."""
        return [
            {"code": reason.code, "values": self._values(reason)}
            for reason in self.candidate.reasons
            if self.enough or reason.code != "single_text"
        ]

    def gaps(self) -> list[dict[str, Any]]:
        """Who and what was not heard. Below k voices no group is named: the one left out would be who spoke (P-07)."""
        gaps = [gap.model_dump() for gap in self.candidate.gaps]
        if self.enough:
            return gaps
        return [{"kind": "group", "code": TOO_FEW_VOICES}, *(gap for gap in gaps if gap["kind"] != "group")]

    def _kinds(self) -> list[Cell]:
        """Kinds of source with the voices behind them; where the texts have changed since, one voice each."""
        by_kind: dict[str, set[str]] = defaultdict(set)
        for document_id in {passage.document_id for passage in self.candidate.evidence}:
            if document_id in self.hearing:
                by_kind[self.hearing[document_id].source_kind].add(document_id)
        kinds = self.candidate.counts.by_source_kind
        if {kind: len(ids) for kind, ids in by_kind.items()} == kinds:
            return [cell_of(self.hearing, kind, ids) for kind, ids in sorted(by_kind.items())]
        return [Cell(kind, documents, 1, 1, 1) for kind, documents in sorted(kinds.items())]

    def _values(self, reason: Reason) -> dict[str, Any]:
        if reason.code == "kinds_of_source":
            return dict(self.shown()["by_source_kind"])
        if reason.code == "counter_evidence":
            return {**reason.values, "passages": self.passages(self.candidate.counter_evidence)}
        if self.enough and reason.code == "independent_texts":
            return dict(reason.values)
        some = Figure("at_least", 1) if self.enough else Figure("less_than", self.k)
        told = reason.values if self.enough else {n: v for n, v in reason.values.items() if n not in COUNTABLE}
        return {name: some.as_json() if name in TELLING else value for name, value in told.items()}


def shown_counts(
    total: Cell, kinds: Sequence[Cell], k: int, *, told: bool = True, apart: Iterable[Iterable[Cell]] = ()
) -> dict[str, Any]:
    """Documents, origins, voices and kinds of source of what stands behind a candidate, as far as k voices do.

    With ``told`` false none of them is exact, since beside another number it would tell that of few people; ``apart``
    are the kinds of the texts by which such another number differs from this one.
    """
    few = Figure("less_than", k).as_json()
    if not enough(total.low, total.high, total.origins, k):
        origins = voices = few
    elif told:
        origins, voices = Figure("exact", total.origins).as_json(), {"low": total.low, "high": total.high}
    else:
        origins = voices = Figure("at_least", k).as_json()
    shown = suppress(total, kinds, k, told=told, apart=apart)
    return {
        "documents": shown.total.as_json(),
        "origins": origins,
        "voices": voices,
        "by_source_kind": {kind: count.as_json() for kind, count in sorted(shown.cells.items())},
    }

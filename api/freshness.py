"""Up to when each kind of source was read for a project (更新情况), from the windows of its coverage."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from api.answers import Answer, Count
from api.coverage_answers import ColumnSearched, CoverageShown, SearchState
from pipeline.records import SourceKind

WORST: Final[tuple[SearchState, ...]] = ("not_searched", "lower_bound", "unknown", "complete")


class KindRead(Answer):
    """One kind of source: up to when it was read, how, and how many texts it brought in all stages."""

    source_kind: SourceKind
    read_until: datetime | None
    state: SearchState
    texts: Count | None


def freshness(shown: CoverageShown) -> list[KindRead]:
    """The kinds of source of a coverage answer; of several stages the worst state counts, unsearched ones aside."""
    kinds = list(dict.fromkeys(column.source_kind for column in shown.searched))
    return [_kind([column for column in shown.searched if column.source_kind == kind]) for kind in kinds]


def _kind(columns: list[ColumnSearched]) -> KindRead:
    until = [window.until for column in columns for window in column.windows if window.searched and window.until]
    looked = [column.state for column in columns if column.state != "not_searched" and column.stage != "undated"]
    texts = [column.texts for column in columns if column.stage != "undated" and column.texts is not None]
    return KindRead(
        source_kind=columns[0].source_kind,
        read_until=max(until, default=None),
        state=min(looked, key=WORST.index, default="not_searched"),
        texts=texts[0] if len(texts) == 1 else None,
    )

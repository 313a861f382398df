"""The numbers of a share: as on screen (P-06, P-29), each with the documents that it counts, weighed by the ledger."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, cast, get_args

import numpy as np

from api.counting import FacetName, cell_of
from api.counting.calendar import last_day
from api.counting.facets import FIELDS
from api.finding import ABOUT, Beside, Finder
from api.policy import Figure, enough
from index import Between, Search
from index.days import day_start
from pipeline.ledger import Crowd, Numbers
from pipeline.office import Office
from pipeline.shares import admitted
from pipeline.store import Hearing

TableName = Literal["source_kind", "attitude", "category", "factor", "county", "township", "month"]
TABLES: Final[tuple[TableName, ...]] = get_args(TableName)
TOTAL: Final = "total"
OTHERS: Final = "其他"


@dataclass(frozen=True, slots=True)
class Number:
    """A count of one table as it may be shown; ``documents`` are those it counts, None where it tells no number."""

    table: str
    value: str
    figure: Figure
    documents: frozenset[str] | None = None
    held_back: bool = False
    """Whether the ledger, not the table itself, is why there is no number."""

    @property
    def key(self) -> str:
        """What the ledger calls it."""
        return f"{self.table}:{self.value}"[:200]


def numbers_of(
    office: Office, project_id: str, tables: Sequence[TableName], since: date | None, until: date | None
) -> list[Number]:
    """The total and the tables of the texts about a project, of all days or from one day to another, both included.

    Which numbers are hidden is what the search of the project itself hides, by the same functions.
    """
    k = office.settings.k_anonymity
    search = Search(filters=_days(since, until), size=0)
    facets = tuple(cast("FacetName", name) for name in tables if name != "month")
    beside = Beside(facets, values=10_000, histogram="month" if "month" in tables else None, collapse=False)
    if not facets and beside.histogram is None:
        beside = dataclasses.replace(beside, facets=("source_kind",))
    found = Finder(office.ledgers, project_id, k).find(search, beside)
    about = dataclasses.replace(search, filters={**search.filters, ABOUT: project_id})
    crowd = office.ledgers.crowd(project_id, about.narrowed())
    numbers = [_number(TOTAL, "", found.total, _ids(crowd, np.arange(len(crowd))), k)]
    for name in facets:
        facet = found.facets[name]
        behind = _behind(crowd, name)
        numbers += [_number(name, row.value, row.count, behind.get(row.value, frozenset()), k) for row in facet.rows]
        if facet.others is not None:
            numbers.append(Number(name, OTHERS, facet.others))
    if found.timeline is not None:
        for period in found.timeline.periods:
            within = _ids(crowd, _between(crowd, period.first, last_day(period.first, "month")))
            if period.count is not None and (within or period.count.form != "exact"):
                numbers.append(_number("month", f"{period.first:%Y-%m}", period.count, within, k))
    return numbers


def weighed(office: Office, project_id: str, numbers: Sequence[Number], held: Sequence[frozenset[str]]) -> list[Number]:
    """The numbers as somebody may be told them who holds those of the groups ``held``; the total is weighed first."""
    asked = sorted(
        (one for one in numbers if one.documents), key=lambda one: (one.table != TOTAL, -len(one.documents or ()))
    )
    k = office.settings.k_anonymity
    groups = [one.documents for one in asked if one.documents]
    few = few_of(office.store.hearing(project_id, _union([*groups, *held])), k)
    told = {one.key for one, yes in zip(asked, admitted(held, groups, few, k), strict=True) if yes}
    hidden = Figure("at_least", k)
    return [
        one if not one.documents or one.key in told
        else dataclasses.replace(one, figure=hidden, documents=None, held_back=True)
        for one in numbers
    ]  # fmt: skip


def few_of(hearing: Hearing, k: int) -> Callable[[frozenset[str]], bool]:
    """Whether fewer than k voices stand behind documents; withdrawn ones have none any more."""

    def few(documents: frozenset[str]) -> bool:
        cell = cell_of(hearing, "", [one for one in documents if one in hearing])
        return not cell.documents or not enough(cell.low, cell.high, cell.origins, k)

    return few


def _number(table: str, value: str, figure: Figure, documents: frozenset[str], k: int) -> Number:
    """A number that is not that of the documents was counted before they changed, and is not told."""
    if figure.number == len(documents) and figure.form != "less_than":
        return Number(table, value, figure, documents)
    if figure.form == "less_than" or figure.number <= k:
        return Number(table, value, figure)
    return Number(table, value, Figure("at_least", k))


def _days(since: date | None, until: date | None) -> dict[str, Between]:
    if since is None and until is None:
        return {}
    first = None if since is None else day_start(since)
    return {"published_at": Between(ge=first, lt=None if until is None else day_start(until + timedelta(days=1)))}


def _behind(crowd: Crowd, name: FacetName) -> dict[str, frozenset[str]]:
    names, groups, places = crowd.field(FIELDS[name])
    return {value: _ids(crowd, places[groups == number]) for number, value in enumerate(names)}


def _between(crowd: Crowd, first: date, last: date) -> Numbers:
    return np.flatnonzero((crowd.days >= first.toordinal()) & (crowd.days <= last.toordinal()))


def _ids(crowd: Crowd, places: Numbers) -> frozenset[str]:
    return frozenset(crowd.ids(places))


def _union(groups: Iterable[frozenset[str]]) -> frozenset[str]:
    return frozenset().union(*groups)

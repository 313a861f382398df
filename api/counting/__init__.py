"""What is counted beside the texts: facets, days, copies; every number of it passes api.policy.suppression (P-06)."""

from api.counting.apart import Apart, copies_apart, divided, everything, tables, with_copies_apart
from api.counting.calendar import Interval
from api.counting.cells import cell_of, part, whole
from api.counting.collapse import Representatives
from api.counting.coverage import Coverage, DayBook
from api.counting.differences import Crowding, neighbourhood, stands_apart
from api.counting.facets import FACETS, Facet, FacetName, Facets, Row, relation
from api.counting.stances import StanceMonth
from api.counting.timeline import Period, Timeline, by_stance, timeline

__all__ = [
    "FACETS", "Apart", "Coverage", "Crowding", "DayBook", "Facet", "FacetName", "Facets", "Interval", "Period",
    "Representatives", "Row", "StanceMonth", "Timeline", "by_stance", "cell_of", "copies_apart", "divided",
    "everything", "neighbourhood", "part", "relation", "stands_apart", "tables", "timeline", "whole",
    "with_copies_apart",
]  # fmt: skip

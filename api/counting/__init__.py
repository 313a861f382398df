"""What is counted beside the texts: facets, days, copies; every number of it passes api.policy.suppression (P-06)."""

from api.counting.calendar import Interval
from api.counting.cells import cell_of
from api.counting.collapse import Representatives
from api.counting.coverage import Coverage, DayBook
from api.counting.facets import FACETS, Facet, FacetName, Row, facet, relation
from api.counting.timeline import Period, Timeline, timeline

__all__ = [
    "FACETS", "Coverage", "DayBook", "Facet", "FacetName", "Interval", "Period", "Representatives", "Row", "Timeline",
    "cell_of", "facet", "relation", "timeline",
]  # fmt: skip

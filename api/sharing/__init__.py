"""What is given out under a data-sharing contract: numbers, risk points, passages, and the monthly report of it."""

from api.sharing.numbers import TABLES, Number, TableName, numbers_of, weighed
from api.sharing.points import SharedPoint, points_of
from api.sharing.report import UseReport, report_of

__all__ = [
    "TABLES", "Number", "SharedPoint", "TableName", "UseReport", "numbers_of", "points_of", "report_of", "weighed",
]  # fmt: skip

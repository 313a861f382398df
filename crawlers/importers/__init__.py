"""Importers: petition exports (CSV, XLSX, JSON lines) and folders of letters become raw items, in memory only.

``open_source`` judges a file by its content and yields Good or Bad for each row; personal columns (姓名、电话、证件号、
住址) are dropped before anything else of a row is read (P-20).
"""

from crawlers.importers.options import FIELDS, Field, ImportOptions, ImportRefused
from crawlers.importers.outcomes import Bad, Column, Good, Row
from crawlers.importers.rejects import RejectReport
from crawlers.importers.source import ImportSource, open_source

__all__ = [
    "FIELDS", "Bad", "Column", "Field", "Good", "ImportOptions", "ImportRefused", "ImportSource", "RejectReport", "Row",
    "open_source",
]  # fmt: skip

"""Importers: petition exports (CSV, XLSX, JSON lines) and letters (DOCX, PDF, TXT, ZIP) become raw items in memory.

``open_source`` judges a file by its content and yields Good or Bad for each row; personal columns (姓名、电话、证件号、
住址) are dropped before anything else of a row is read (P-20).
"""

from crawlers.importers.files import File, Uploaded
from crawlers.importers.options import FIELDS, IGNORE, Field, ImportOptions, ImportRefused, NoTextColumn
from crawlers.importers.outcomes import Bad, Column, Good, Row
from crawlers.importers.rejects import RejectReport
from crawlers.importers.source import ImportSource, open_source

__all__ = [
    "FIELDS", "IGNORE", "Bad", "Column", "Field", "File", "Good", "ImportOptions", "ImportRefused", "ImportSource",
    "NoTextColumn", "RejectReport", "Row", "Uploaded", "open_source",
]  # fmt: skip

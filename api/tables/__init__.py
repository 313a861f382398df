"""The assessor's tables T3–T7 and T9 (报告附表): what they say (``book``), how they are set (``xlsx``, ``docx``).

The cells of people stay blank, survey figures are in no table, and every claim has an evidence number that the annex
opens.
"""

from api.tables.book import TABLES, Book, TableName, book_of
from api.tables.sheet import Cell, Column, Table

__all__ = ["TABLES", "Book", "Cell", "Column", "Table", "TableName", "book_of"]

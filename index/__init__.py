"""Finds documents again: one protocol, one query tree, one analysis of text, and the engines behind them.

The index is derived from the store and can be rebuilt from it at any time; it knows nothing of pipelines and models.
Text is indexed as character bigrams with positions, so any string of a text is found exactly.
"""

from index.base import Between, Bucket, Health, Hit, Page, Search, SearchIndex
from index.embedded import EmbeddedIndex
from index.entry import Change, Deletion, IndexEntry
from index.errors import CursorError, IndexBusy, IndexUnusable, QueryError, SearchError

__all__ = [
    "Between",
    "Bucket",
    "Change",
    "CursorError",
    "Deletion",
    "EmbeddedIndex",
    "Health",
    "Hit",
    "IndexBusy",
    "IndexEntry",
    "IndexUnusable",
    "Page",
    "QueryError",
    "Search",
    "SearchError",
    "SearchIndex",
]

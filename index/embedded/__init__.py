"""The embedded engine: Tantivy in the process, files in the data folder, nothing to install or run beside it."""

from index.embedded.engine import EmbeddedIndex

__all__ = ["EmbeddedIndex"]

"""The source registry (来源登记): one TOML file a source, with legal basis, permission, rate and kill switch (P-19).

Presets ship disabled in ``crawlers/sources``; a deployment's own files lie in ``<home>/sources`` and come first.
"""

from crawlers.registry.files import SourceRefused, add, deploy, find, path_of, read_source, save, sources
from crawlers.registry.source import Kind, NightWindow, Source, Windows
from crawlers.registry.switching import switch

__all__ = [
    "Kind", "NightWindow", "Source", "SourceRefused", "Windows", "add", "deploy", "find", "path_of", "read_source",
    "save", "sources", "switch",
]  # fmt: skip

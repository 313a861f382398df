"""Projects that are part of others (子项目): no rivals, and never both counted where a text names one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.link.profile import Profile
from pipeline.records import ProjectLink


class Families:
    """Which project of a registry is part of which."""

    def __init__(self, profiles: Mapping[str, Profile]) -> None:
        self._profiles = profiles
        self._above = {key: self._path(key) for key in profiles}

    def rivals(self, one: str, other: str) -> bool:
        """Whether a text about one of two projects speaks against the other."""
        return one not in self._above[other] and other not in self._above[one]

    def settled(self, text: str, links: Sequence[ProjectLink]) -> list[ProjectLink]:
        """The links, less those to a project of which only the part, or only the whole, is named.

        Both stay where the text has words of each that are not the other's.
        """
        about = {link.project_id for link in links if link.relation == "about"}
        dropped = set()
        for part in sorted(about):
            for whole in sorted(self._above[part] & about):
                of_part, of_whole = self._own(text, part, whole), self._own(text, whole, part)
                if not of_part:
                    dropped.add(part)
                elif not of_whole:
                    dropped.add(whole)
        return [link for link in links if link.project_id not in dropped]

    def _own(self, text: str, key: str, other: str) -> bool:
        """Whether the text names the project by a name or place that does not stand in the other's words.

        What a longer name of the other covers does not count: who writes 东山工业园南区 has not named 东山工业园.
        """
        mine, theirs = self._profiles[key], self._profiles[other]
        return any(_outside(word, text, theirs.own_words) for word in mine.own_words)

    def _path(self, key: str) -> set[str]:
        """All that a project is part of; a parent that is not in the registry ends the path."""
        found: set[str] = set()
        parent = self._profiles[key].project.parent_id
        while parent is not None and parent in self._profiles and parent not in found:
            found.add(parent)
            parent = self._profiles[parent].project.parent_id
        return found


def _outside(word: str, text: str, covering: Sequence[str]) -> bool:
    """Whether the word stands in the text outside every word that holds it."""
    for longer in sorted((other for other in covering if word in other), key=len, reverse=True):
        text = text.replace(longer, "\n")
    return word in text

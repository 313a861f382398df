"""What the index holds of a document: its redacted text and what the analysis found, nothing about persons (P-05)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TypeAlias

MAX_SEQUENCE = 2**53
"""Sequences stay below this, where every engine keeps integers exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexEntry:
    """One document as it is searched; offsets count code points in ``text``.

    ``sequence`` is the position of this state in the store's outbox: a state never replaces a newer one.
    Raises ValueError for an empty id, a sequence below 1, a date without a time zone, an escalation outside 0 to 5.
    """

    id: str
    sequence: int
    title: str
    body: str
    published_at: datetime | None = None
    source_kind: str = ""
    source: str = ""
    genre: str = ""
    attitude: str = ""
    is_grievance: bool = False
    factors: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    stakeholder_groups: tuple[str, ...] = ()
    escalation: int = 0
    places: tuple[str, ...] = ()
    region_codes: tuple[str, ...] = ()
    project_ids: tuple[str, ...] = ()
    project_mentions: tuple[str, ...] = ()
    origin_id: str = ""
    is_origin: bool = True

    def __post_init__(self) -> None:
        _refuse_bad_version(self.id, self.sequence)
        if self.published_at is not None:
            if self.published_at.tzinfo is None:
                raise ValueError(f"E610: published_at of {self.id} has no time zone")
            object.__setattr__(self, "published_at", self.published_at.astimezone(UTC))
        if not 0 <= self.escalation <= 5:
            raise ValueError(f"E611: escalation of {self.id} must be 0 to 5, not {self.escalation}")
        if not self.origin_id:
            object.__setattr__(self, "origin_id", self.id)

    @property
    def text(self) -> str:
        """Title, a line feed, body: what offsets count in."""
        return f"{self.title}\n{self.body}"


@dataclass(frozen=True, slots=True)
class Deletion:
    """A document that is gone from ``sequence`` on; a state with a lower sequence does not bring it back."""

    id: str
    sequence: int

    def __post_init__(self) -> None:
        _refuse_bad_version(self.id, self.sequence)


Change: TypeAlias = IndexEntry | Deletion


def _refuse_bad_version(document_id: str, sequence: int) -> None:
    if not document_id or len(document_id) > 256 or not document_id.isprintable():
        raise ValueError(f"E612: a document id has 1 to 256 printable characters, not {document_id[:40]!r}")
    if not 0 < sequence < MAX_SEQUENCE:
        raise ValueError(f"E613: sequence of {document_id} must be 1 or more and below 2**53, not {sequence}")

"""The negative-evidence certificate (未检出证明): what was searched for, where, with what, and what may be missed."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from pipeline.records.base import FactorCode, Instant, Probability, ProjectId, Record, Versions
from pipeline.records.document import SourceKind
from pipeline.records.governance import Purpose

CertificateId = Annotated[str, Field(pattern=r"^n[0-9a-f]{24}$")]
WindowState = Literal["complete", "cut_short", "not_read", "waiting", "unknown"]
"""``cut_short``: something was seen, not all; ``not_read``: nothing could be read; ``waiting``: still to be read;
``unknown``: an import, of which nobody can say whether it is everything."""
Limit = Literal[
    "silence_is_not_consent", "sealed_not_searched", "cut_short", "not_read", "imports_may_be_partial", "unread_texts",
    "read_by_other_versions",
    "probes_are_invented", "held_out_were_found_before", "miss_unknown",
]  # fmt: skip


class SearchWindow(Record):
    """A stretch of time of one source that was searched, or was to be; ``why`` says what cut it short."""

    source: Annotated[str, Field(min_length=1)]
    source_kind: SourceKind
    how: Literal["crawl", "import"]
    since: Instant | None = None
    until: Instant | None = None
    state: WindowState
    why: str | None = None

    @property
    def searched(self) -> bool:
        """Whether anything of it was read."""
        return self.state in ("complete", "cut_short", "unknown")


class Probes(Record):
    """Texts that carry the factor for certain and went the same way: how many were missed, with a 95 % interval.

    The interval is Clopper and Pearson's; its upper end is never 0, however many probes were found again.
    """

    tried: Annotated[int, Field(gt=0)]
    missed: Annotated[int, Field(ge=0)]
    low: Probability
    high: Annotated[float, Field(gt=0, le=1)]

    @model_validator(mode="after")
    def _counted(self) -> Self:
        if not self.missed <= self.tried or not self.low <= self.missed / self.tried <= self.high:
            raise ValueError("E655: the probes do not add up: missed ≤ tried, and their share lies in the interval")
        return self


class MissProbability(Record):
    """How likely a text that carries the factor is missed, as far as probes can say; None is unknown, never 0.

    ``held_out`` were found by a model before people confirmed them, so they flatter; ``planted`` are invented, and
    harder or easier than what people write. ``upper`` is the worse of their upper ends.
    """

    factor: FactorCode | None
    held_out: Probes | None = None
    planted: Probes | None = None
    upper: Annotated[float, Field(gt=0, le=1)] | None = None

    @model_validator(mode="after")
    def _never_nothing(self) -> Self:
        ends = [probes.high for probes in (self.held_out, self.planted) if probes]
        if self.upper != max(ends, default=None):
            raise ValueError("E655: the upper end is the worse of the probes' ends, and unknown without probes")
        return self


class Certificate(Record):
    """“Searched, found nothing”, as of one moment. It says nothing about what people think."""

    id: CertificateId
    project_id: ProjectId
    project_name: str
    factors: tuple[FactorCode, ...] = ()
    query: str | None = None
    """A question in the query language that was asked beside the factors, or instead of them."""
    asked: Annotated[tuple[str, ...], Field(min_length=1)]
    """What was put to the index, in the query language; a text that answers any of it would have been found."""
    as_of: Instant
    issued_by: Annotated[str, Field(min_length=1)]
    purpose: Purpose
    k_anonymity: Annotated[int, Field(ge=3)]
    texts_on_the_project: dict[str, int | bool]
    """How many texts were looked at: ``{"value": 12, "exact": true}``, ``{"less_than": 5}`` or ``{"at_least": 5}``."""
    unread: Annotated[int, Field(ge=0)] = 0
    """Texts of the whole deployment that were stored and not yet read: nothing was looked for in them."""
    set_aside: Annotated[int, Field(ge=0)] = 0
    """Texts of the whole deployment that could not be read."""
    outdated: Annotated[int, Field(ge=0)] = 0
    """Texts of the whole deployment that other versions than these read."""
    windows: Annotated[tuple[SearchWindow, ...], Field(min_length=1)]
    versions: Versions
    program: str
    seed: int
    miss: Annotated[tuple[MissProbability, ...], Field(min_length=1)]
    limits: tuple[Limit, ...]

    @model_validator(mode="after")
    def _was_searched(self) -> Self:
        if not self.factors and self.query is None:
            raise ValueError("E652: a certificate names a factor or a query")
        if not any(window.searched for window in self.windows):
            raise ValueError("E651: nothing was searched; there is nothing to certify")
        if "silence_is_not_consent" not in self.limits:
            raise ValueError("E655: a certificate says that silence is not consent (P-24)")
        return self

"""The desk for the risk factors (风险因素): the profile in force, and a bench on which other words are tried.

Nothing that is tried is kept: a text is redacted in memory and read, stored texts are only counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from api.desk import Desk
from api.policy import Figure, access
from api.policy.suppression import Cell, figure
from index import Hit, Search
from models.edited import Edited, Reading
from models.taxonomy import Taxonomy, taxonomy
from pipeline.redact import CannotRedact, redact

SAMPLE: Final = 500
"""Newest texts that edited words are tried on."""
RUNGS: Final = (10, 20, 50, 100, 200, 500)
"""Counts of the bench are told as at least one of these: a word more or less tells nobody of a single text."""


class NotTried(ValueError):
    """A text or a word that is not tried; ``part`` is text or words."""

    def __init__(self, part: str, why: str) -> None:
        super().__init__(why)
        self.part = part


@dataclass(frozen=True)
class Trial:
    """One text, redacted, as it is read and as it would be; ``then`` None where nothing was edited."""

    text: str
    taken_out: int
    now: Reading
    then: Reading | None


@dataclass(frozen=True)
class StoredTrial:
    """Among the newest stored texts, those in which the factor's words would be found, or no longer be found.

    ``unsure``: texts that would lose the factor at a higher threshold; None where that cannot be told without reading
    them again, which is so for a lower one.
    """

    sample: Figure
    now: Figure
    gained: Figure
    lost: Figure
    unsure: Figure | None


class TaxonomyDesk(Desk):
    """Somebody before the risk factors of one office."""

    def profile(self, purpose: str | None) -> Taxonomy:
        """The profile in force."""
        with self._tried("taxonomy.read", purpose):
            return taxonomy()

    def try_text(self, purpose: str | None, text: str, edited: Edited, source_kind: str = "petition") -> Trial:
        """Reads one text, which is redacted first and never stored. Raises NotTried, KeyError for an unknown factor."""
        from models.trial import read  # a server holds the pipeline that reads only once somebody tries something

        with self._tried("taxonomy.try", purpose):
            _refuse_persons(edited)
            try:
                redaction = redact(text)
            except CannotRedact:
                raise NotTried("text", "the text cannot be redacted with certainty") from None
            clean = str(redaction.text)
            if not clean.strip():
                raise NotTried("text", "there is nothing to read")
            then = read(clean, edited, source_kind) if edited.triggers or edited.threshold is not None else None
            return Trial(clean, len(redaction.redactions), read(clean, None, source_kind), then)

    def try_stored(self, purpose: str | None, edited: Edited) -> StoredTrial | None:
        """Counts over the newest texts that the reader may search; None where they may search none, or nothing was
        edited. Raises NotTried, KeyError for an unknown factor."""
        from models.trial import component, fires

        with self._tried("taxonomy.try", purpose):
            _refuse_persons(edited)
            projects = self._office.store.projects()
            mine = tuple(p.id for p in projects if access().allows(self._reader, "documents.read", p))
            if not mine or not edited.triggers:
                return None
            (code,) = edited.triggers
            hits = self._office.index.search(Search(filters={"project_ids": mine}, sort="newest", size=SAMPLE)).hits
            before, after = component(Edited({})), component(edited)
            was = {hit.id for hit in hits if fires(before, hit.text, code)}
            would = {hit.id for hit in hits if fires(after, hit.text, code)}
            return StoredTrial(
                self._counted(hits),
                self._counted(_among(hits, was)),
                self._counted(_among(hits, would - was)),
                self._counted(_among(hits, was - would)),
                self._unsure(hits, code, edited.threshold),
            )

    def _unsure(self, hits: Sequence[Hit], code: str, threshold: float | None) -> Figure | None:
        """A primary factor stays whatever the threshold is; of the others the stored probability is compared."""
        if threshold is None:
            return None
        lost, least = set(), 1.0
        for id_, analysis in self._office.store.current_analyses(hit.id for hit in hits).items():
            for finding in (one for grievance in analysis.grievances for one in grievance.factors if not one.primary):
                least = min(least, finding.p)
                if finding.code == code and finding.p < threshold:
                    lost.add(id_)
        return None if threshold < least else self._counted(_among(hits, lost))

    def _counted(self, hits: Sequence[Hit]) -> Figure:
        """At least a round number; fewer than k as such."""
        origins = len({hit.entry.origin_id for hit in hits})
        shown = figure(Cell("", len(hits), 0, len(hits), origins), self._k)
        if shown.form != "exact" or not hits:
            return shown
        return Figure("at_least", max((rung for rung in (self._k, *RUNGS) if rung <= len(hits)), default=self._k))

    @contextmanager
    def _tried(self, event: str, purpose: str | None) -> Iterator[None]:
        with self._refusals_noted(event):
            granted = access().check(self._reader, "taxonomy.read", purpose, None)
        self._note(event, granted)
        yield


def _among(hits: Iterable[Hit], ids: set[str]) -> list[Hit]:
    return [hit for hit in hits if hit.id in ids]


def _refuse_persons(edited: Edited) -> None:
    """Words of a factor are no names or numbers of people (P-05)."""
    for code, words in edited.triggers.items():
        known = set(taxonomy().factors[code].triggers)
        for word in words:
            try:
                personal = bool(word not in known and redact(word).redactions)
            except CannotRedact:
                personal = True
            if personal:
                raise NotTried("words", "a word looks like personal data")

"""The intake: raw items become redacted documents with voices and origins, and nothing raw outlives it (P-01, P-02)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cache

from models.taxonomy import taxonomy
from models.transformer import machine
from pipeline import meters
from pipeline.addresses import kept_address
from pipeline.deployment_key import DeploymentKey
from pipeline.fold import fold, refold
from pipeline.origins import Signature, shingles, signature
from pipeline.raw import RawItem
from pipeline.records import Document
from pipeline.records.document import SOCIAL_SOURCES
from pipeline.redact import CannotRedact, RedactedDocument, redact, redact_document, redactor_version
from pipeline.store import Fingerprint, SealedPointer, Store
from pipeline.voices import Voice, VoiceKeys

Candidates = Callable[[str, str | None], Sequence[str]]
"""Projects that a text (with its region) may be about: voices are counted for these alone (P-03)."""
OtherText = Callable[[RawItem], None]
"""Hears of an item whose id the store has with another text; what is stored stays."""
BATCH = 200
EXPIRES = timedelta(hours=72)
"""How long the sealed pointer to a post with a life-safety cue is kept (P-18)."""
PUBLISHED_BY_AUTHORITIES = frozenset({"news", "reply", "notice"})


@dataclass
class Receipt:
    """What became of the items: every one is new, known, revised, set aside, or refused as another text of its id."""

    new: int = 0
    known: int = 0
    other_text: int = 0
    quarantined: int = 0
    revised: int = 0
    """Items whose source has changed their text since it was stored."""
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def items(self) -> int:
        """All items that were handed in."""
        return self.new + self.known + self.other_text + self.quarantined + self.revised


@dataclass
class _Prepared:
    document: Document
    signature: Signature | None
    voices: list[Voice]
    pointer: SealedPointer | None

    @property
    def fingerprint(self) -> Fingerprint | None:
        made = self.signature
        return Fingerprint(self.document.id, made.values, made.bands) if made else None


class Intake:
    """Takes raw items in, batch by batch; each batch is one transaction and may be repeated without effect."""

    def __init__(self, store: Store, key: DeploymentKey, voice_keys: VoiceKeys, candidates: Candidates) -> None:
        self._store = store
        self._key = key
        self._voice_keys = voice_keys
        self._candidates = candidates

    def receive_crawled(self, items: Sequence[RawItem], window_id: str, receipt: Receipt) -> None:
        """Stores what a crawl read in a window; a text that its source has changed replaces the stored one (P-12)."""
        for start in range(0, len(items), BATCH):
            self._receive(items[start : start + BATCH], receipt, None, window_id)

    def receive(
        self, items: Iterable[RawItem], receipt: Receipt | None = None, other_text: OtherText | None = None
    ) -> Receipt:
        """Redacts, stores and folds; what cannot be redacted is set aside by its keyed hash, without its content.

        An item that the store has is known; ``other_text`` hears of each that comes with another text than the stored.
        """
        receipt = receipt or Receipt()
        batch: list[RawItem] = []
        for item in items:
            batch.append(item)
            if len(batch) == BATCH:
                self._receive(batch, receipt, other_text)
                batch = []
        if batch:
            self._receive(batch, receipt, other_text)
        return receipt

    def _receive(
        self, batch: Sequence[RawItem], receipt: Receipt, other_text: OtherText | None, window_id: str | None = None
    ) -> None:
        ids = [self._key.document_id(item.source, item.item_key) for item in batch]
        before = replace(receipt)
        known = self._store.documents_by_id(ids)
        fresh: list[tuple[str, RawItem]] = []
        prepared: dict[str, _Prepared] = {}
        for document_id, item in zip(ids, batch, strict=True):
            if window_id is not None and document_id in known:
                self._revise(document_id, item, known[document_id], receipt)
                continue
            if document_id in known and _is_another_text(item, known[document_id]):
                receipt.other_text += 1
                if other_text:
                    other_text(item)
                continue
            if document_id in known:
                receipt.known += 1
                continue
            fresh.append((document_id, item))
        for (document_id, item), clean in zip(fresh, _all_redacted([item for _, item in fresh]), strict=True):
            if document_id in prepared:
                receipt.known += 1
            elif isinstance(clean, CannotRedact):
                self._set_aside(document_id, item, clean, receipt)
            else:
                prepared[document_id] = self._prepared(document_id, item, clean, window_id)
        with self._store.transaction():
            added = self._store.add_documents(
                (one.document for one in prepared.values()),
                voices=[voice for one in prepared.values() for voice in one.voices],
                fingerprints=[made for one in prepared.values() if (made := one.fingerprint)],
            )
            self._store.keep_pointers(one.pointer for key in added.new if (one := prepared[key]).pointer)
            fold(self._store, {key: prepared[key].document for key in added.new})
            stated = {key: item.handling for key, item in zip(ids, batch, strict=True) if item.handling}
            self._store.save_handling(stated)
        receipt.new += len(added.new)
        receipt.known += len(added.known)
        meters.count("intake", "received", len(batch))
        meters.count("intake", "redacted", len(prepared))
        for outcome in ("known", "revised", "other_text", "quarantined"):
            meters.count("intake", outcome, getattr(receipt, outcome) - getattr(before, outcome))

    def _revise(self, document_id: str, item: RawItem, stored: Document, receipt: Receipt) -> None:
        """Takes over another text of a known item. One that can no longer be redacted is withdrawn and set aside."""
        if stored.tombstone or item.partial:
            receipt.known += 1
            return
        clean = _redacted(item)
        if isinstance(clean, CannotRedact):
            with self._store.transaction():
                self._store.withdraw_documents([document_id])
                self._set_aside(document_id, item, clean, receipt)
            return
        made = self._prepared(document_id, item, clean, stored.window_id)
        if made.document.content_hash == stored.content_hash:
            receipt.known += 1
            return
        with self._store.transaction():
            self._store.revise_document(made.document, made.voices, made.fingerprint)
            self._store.keep_pointers([made.pointer] if made.pointer else [])
            refold(self._store, {document_id, stored.origin_id})
            fold(self._store, {document_id: made.document})
        receipt.revised += 1

    def _prepared(self, document_id: str, item: RawItem, clean: RedactedDocument, window_id: str | None) -> _Prepared:
        document = Document(
            id=document_id,
            source_kind=item.source_kind,
            source=redact(item.source).text,
            url=item.url and kept_address(self._key, item.source_kind, item.url),
            genre=item.genre,
            reply_to=self._key.document_id(item.source, item.reply_to) if item.reply_to else None,
            published_at=item.published_at,
            collected_at=item.collected_at or datetime.now(UTC),
            window_id=window_id,
            region=redact(item.region).text if item.region else None,
            title=clean.title,
            body=clean.body,
            redactions=clean.counts,
            redactor_version=redactor_version(),
            origin_id=document_id,
            engagement=item.engagement,
        )
        print_ = signature(document.text, document.genre)
        return _Prepared(document, print_, self._voices(document, item), self._pointer(document, item))

    def _pointer(self, document: Document, item: RawItem) -> SealedPointer | None:
        """The way back to a post that may need help within hours, sealed (P-18); for all others there is none."""
        if item.url is None or item.source_kind not in SOCIAL_SOURCES or not speaks_of_danger(document.text):
            return None
        sealed = self._key.seal_pointer(document.id, item.url)
        return SealedPointer(document.id, sealed, document.collected_at + EXPIRES)

    def _voices(self, document: Document, item: RawItem) -> list[Voice]:
        """One token for each project that the text may be about; the author key ends here."""
        if item.author_key is None or item.genre in PUBLISHED_BY_AUTHORITIES:
            return []
        platform = item.platform or item.source
        return [
            self._voice_keys.voice(document.id, project_id, platform, item.author_key)
            for project_id in self._candidates(document.text, document.region)
        ]

    def _set_aside(self, document_id: str, item: RawItem, refusal: CannotRedact, receipt: Receipt) -> None:
        self._store.quarantine(document_id, "intake", refusal.reason, redact(item.source).text)
        receipt.quarantined += 1
        receipt.reasons[refusal.reason] = receipt.reasons.get(refusal.reason, 0) + 1


def _redacted(item: RawItem) -> RedactedDocument | CannotRedact:
    try:
        return redact_document(item.title, item.body, official=item.genre in PUBLISHED_BY_AUTHORITIES)
    except CannotRedact as refusal:
        return refusal


def _all_redacted(items: Sequence[RawItem]) -> list[RedactedDocument | CannotRedact]:
    """Each item redacted, in order; the model computes outside the interpreter's lock, so threads keep cores busy."""
    with ThreadPoolExecutor(machine.threads() + 1, thread_name_prefix="redact") as threads:
        return list(threads.map(_redacted, items))


def speaks_of_danger(text: str) -> bool:
    """Whether a text has any word of a life-safety cue; whether it means it is read later."""
    return any(word in text for word in _danger_words())


@cache
def _danger_words() -> tuple[str, ...]:
    return tuple(word for cue in taxonomy().cues.values() if cue.level == 5 for word in cue.triggers)


def _is_another_text(item: RawItem, stored: Document) -> bool:
    """Whether an item says something else than the document with its id.

    A corrected word or another version of the redactor makes no other text. Most texts are known as they come; one that
    was mostly personal data is known once it is redacted.
    """
    if stored.tombstone or _akin(f"{item.title}\n{item.body}", stored.text):
        return False
    clean = _redacted(item)
    return isinstance(clean, CannotRedact) or not _akin(f"{clean.title}\n{clean.body}", stored.text)


def _akin(one: str, other: str) -> bool:
    mine, theirs = shingles(one), shingles(other)
    return one == other or 2 * len(mine & theirs) >= len(mine | theirs)

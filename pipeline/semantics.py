"""Meaning beside words: vectors of the redacted texts, fed from the outbox like the search index (语义检索)."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from index import Change, Deletion, Hit, IndexEntry, Search, SearchIndex
from index.dense import EmbeddedVectors, VectorChange, VectorEntry, VectorIndex, rebuild_vectors
from index.hybrid import FusedPage, search_close, search_fused, spoken
from index.query import Query
from models.encoder import SentenceEncoder, load_encoder
from pipeline.feed import changes_of, everything
from pipeline.records import Document
from pipeline.search_engine import elastic_settings
from pipeline.settings import Settings
from pipeline.store import Store

if TYPE_CHECKING:
    from index.dense.cluster import ElasticVectors

BATCH = 500
VACUUM_DUE = "vectors_vacuum_due"
"""The fact that a vector was taken out which the files of a cluster may still hold."""
ENCODED_THROUGH = "encoded_through"
"""The fact how far the outbox has reached the vectors whole; a batch that broke off may have left later ones there."""
BYTES = 1_024
"""Of one vector in the data folder: 512 numbers of two bytes, for the encoder that ships."""


class SemanticsOff(LookupError):
    """E231: a question that needs vectors, where none are made."""

    def __init__(self) -> None:
        super().__init__(
            "E231: searching by meaning is off here; set semantic = true in minyi.toml, then run: minyi work. That "
            f"costs {BYTES} bytes of vectors a text, and 15 to 40 ms of one core to encode it once"
        )


class NoPassage(ValueError):
    """E232: a span in which a text has nothing."""


@dataclass(frozen=True)
class Semantics:
    """The encoder and the vectors of one deployment; both are opened when first needed."""

    settings: Settings

    @cached_property
    def encoder(self) -> SentenceEncoder:
        """Raises EncoderError (E211) when its folder is incomplete or damaged."""
        return load_encoder(self.settings.encoder_folder, self.settings.processes)

    @cached_property
    def vectors(self) -> VectorIndex:
        """In the data folder, or on the cluster where the index is. Raises IndexUnusable, when asked, if another
        encoder made them, and ClusterTrouble."""
        encoder = self.encoder
        if self.settings.index_url:
            return _on_cluster(self.settings, encoder.version, encoder.dimensions)
        folder = self.settings.vectors_folder
        return EmbeddedVectors(folder, encoder=encoder.version, dimensions=encoder.dimensions)

    def feed(self, store: Store, progress: Callable[[int], None] = lambda rows: None) -> int:
        """Brings the vectors up to the end of the outbox; returns how many rows. Raises IndexBusy or IndexUnusable.

        A text that did not change is not encoded again; what is withdrawn or sealed loses its vector, in the files too:
        at the end of this run, or of the first later one in which the engine could do it (P-12, P-14).
        """
        done, sequence = 0, min(self.vectors.last_sequence(), int(store.fact(ENCODED_THROUGH) or 0))
        while rows := store.outbox_after(sequence, BATCH):
            changes = changes_of(store, rows)
            if self.vectors.known(change.id for change in changes if isinstance(change, Deletion)):
                store.set_fact(
                    VACUUM_DUE, "yes"
                )  # before it is written: a process that dies in between forgets nothing
            self.vectors.write(self._encoded(changes))
            self.vectors.commit()
            sequence = rows[-1].sequence
            store.set_fact(ENCODED_THROUGH, str(sequence))
            done += len(rows)
            progress(len(rows))
        if store.fact(VACUUM_DUE) == "yes" and self.vectors.vacuum():
            store.set_fact(VACUUM_DUE, "")
        return done

    def rebuild(self, store: Store, progress: Callable[[int], None] = lambda changes: None) -> int:
        """Makes all vectors anew, then swaps; returns how many changes. Raises IndexBusy.

        Stored vectors are taken over where encoder and text are the same and nothing is damaged.
        """
        encoder = self.encoder
        if self.settings.index_url:
            on_cluster = _on_cluster(self.settings, encoder.version, encoder.dimensions)
            return on_cluster.rebuild(lambda after: self._anew(everything(store)(after), progress))
        return rebuild_vectors(
            self.settings.vectors_folder,
            self._anew(everything(store)(0), progress),
            encoder=encoder.version,
            dimensions=encoder.dimensions,
        )

    def _anew(self, changes: Iterable[Change], progress: Callable[[int], None]) -> Iterator[VectorChange]:
        """Every change with its vector; a text that comes twice unchanged is encoded once."""
        reuse = not self.vectors.verify().problems
        written: dict[str, tuple[bytes, tuple[str, ...]]] = {}
        source = iter(changes)
        while batch := list(islice(source, BATCH)):
            states = {change.id: _state(change) for change in batch}
            yield from self._encoded([c for c in batch if written.get(c.id) != states[c.id]], reuse=reuse)
            written |= states
            progress(len(batch))

    def _encoded(self, changes: Sequence[Change], *, reuse: bool = True) -> Iterator[VectorChange]:
        """Each change with its text's vector; the stored one while the text is the same."""
        prints = {entry.id: _fingerprint(entry) for entry in changes if isinstance(entry, IndexEntry)}
        known = self.vectors.known(prints) if reuse else {}
        same = [key for key, stored in known.items() if stored == prints[key]]
        found = dict(self.vectors.vectors(same)) if same else {}
        fresh = [entry for entry in changes if isinstance(entry, IndexEntry) and entry.id not in found]
        found |= dict(zip((e.id for e in fresh), self.encoder.encode(e.text for e in fresh), strict=True))
        for change in changes:
            if isinstance(change, IndexEntry):
                yield VectorEntry(change.id, change.sequence, found[change.id], prints[change.id], change.project_ids)
            else:
                yield change

    def search(self, index: SearchIndex, search: Search) -> FusedPage:
        """A page that words and meaning rank together; see :func:`index.hybrid.search_fused`."""
        words = spoken(search.query)
        if not words:
            return FusedPage(index.search(search))
        return search_fused(index, self.vectors, search, self.encoder.encode([words], question=True)[0])

    def more_like(
        self, index: SearchIndex, document: Document, start: int, end: int, *, among: Query, size: int = 20
    ) -> tuple[Hit, ...]:
        """Other documents that mean what a passage means, closest first. Raises NoPassage (E232) for an empty one."""
        passage = document.text[start:end].strip()
        if not passage or not 0 <= start < end <= len(document.text):
            raise NoPassage(f"E232: {document.id} has no passage from {start} to {end}")
        # a whole text is compared as the texts are, a piece of one as what is asked
        vector = self.encoder.encode([passage], question=len(passage) < len(document.text.strip()))[0]
        return search_close(index, self.vectors, vector, narrowed_to=among, without={document.id}, size=size)

    def close(self) -> None:
        """Commits, and lets go of the vectors."""
        if "vectors" in self.__dict__:
            self.vectors.close()


def forget(settings: Settings) -> None:
    """Removes the vectors where searching by meaning is off: nothing would take withdrawn texts out of them."""
    shutil.rmtree(settings.vectors_folder, ignore_errors=True)
    if settings.index_url:
        _on_cluster(settings, "", 0).remove()


def _on_cluster(settings: Settings, encoder: str, dimensions: int) -> ElasticVectors:
    from index.dense.cluster import ElasticVectors

    return ElasticVectors(elastic_settings(settings), encoder=encoder, dimensions=dimensions)


def _state(change: Change) -> tuple[bytes, tuple[str, ...]]:
    """What of a change reaches the vectors."""
    return (_fingerprint(change), change.project_ids) if isinstance(change, IndexEntry) else (b"", ())


def _fingerprint(entry: IndexEntry) -> bytes:
    return hashlib.blake2b(entry.text.encode(), digest_size=16, person=b"minyi-text").digest()

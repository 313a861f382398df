"""The vectors that matters are grouped by: made once a text, kept in the store, gone with the text (P-12, P-14)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from models.encoder import SentenceEncoder, load_encoder
from pipeline.matters.likeness import quantised
from pipeline.matters.opinion import Opinion, concern_of
from pipeline.store import Store
from pipeline.store.matters import Vector

BATCH = 64


def vectors_of(
    store: Store, opinions: Iterable[Opinion], encoder: Callable[[], SentenceEncoder] = load_encoder
) -> dict[str, bytes]:
    """The vectors of the origins among these opinions, by document id; what the store lacks is made and kept.

    It is always the encoder that ships: the likeness of two texts was learnt on its vectors. Copies, texts without a
    factor and sealed texts get none. Raises EncoderError (E211) when the encoder's folder is incomplete or damaged.
    """
    everything = list(opinions)
    store.forget_matter_vectors(one.document.id for one in everything if one.sealed)
    wanted = [
        one.document
        for one in sorted(everything, key=lambda o: o.document.id)
        if not one.sealed and one.analysis.is_grievance and concern_of(one) is not None
    ]
    heard = {document.id for document in wanted}
    wanted = [d for d in wanted if d.origin_id == d.id or d.origin_id not in heard]
    if not wanted:
        return {}
    model = encoder()
    found = store.matter_vectors((document.id for document in wanted), model.version)
    missing = [document for document in wanted if document.id not in found]
    for begin in range(0, len(missing), BATCH):
        batch = missing[begin : begin + BATCH]
        rows = [quantised(row) for row in model.encode(document.text for document in batch)]
        made = [Vector(d.id, d.content_hash, row) for d, row in zip(batch, rows, strict=True)]
        store.save_matter_vectors(made, model.version)
        found |= {one.document_id: one.vector for one in made}
    return found

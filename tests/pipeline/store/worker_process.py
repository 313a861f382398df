"""A worker that is meant to be killed: it says which document it is at while its transaction is still open."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from letters import analysis, petition

from pipeline.store import Store


def work(url: str, documents: int) -> None:
    with Store.open(url) as store:
        store.release("worker")
        for number in range(documents):
            with store.transaction():
                if store.add_documents([petition(number)]).new:
                    print("adding", number, flush=True)
        while claimed := store.claim("received", 3, "worker", 600):
            for document in claimed:
                with store.transaction():
                    store.complete_analysis(document.id, analysis(document, "quarry-road"))
                    print("analysing", document.id, flush=True)
        while rows := store.outbox_after(store.indexed_through(), 4):
            with store.transaction():
                store.mark_indexed(rows[-1].sequence)
                print("indexing", rows[-1].sequence, flush=True)


if __name__ == "__main__":
    work(sys.argv[1], int(sys.argv[2]))

"""Workers: which processes read, what each has read, and when it was last heard of; seen from every machine."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from sqlalchemy import Select, delete, insert, select, update

from pipeline.records import Versions
from pipeline.store.analyses import digest_of
from pipeline.store.engine import Database
from pipeline.store.worker_tables import workers

Step = Literal["reading", "spreading", "waiting", "ended"]
SILENT: Final = timedelta(seconds=60)
"""A worker that is alive signs at least every ten seconds."""
KEPT: Final = timedelta(days=1)
"""For so long a worker that ended, or is silent, stays in the list."""


class Worker(NamedTuple):
    """One process: texts that it read for the first time, again, and could not read; rates over its last minute.

    ``name`` is machine, process and a number; ``digest`` that of the versions with which it reads.
    """

    name: str
    digest: str
    step: Step
    started_at: datetime
    seen_at: datetime
    new: int
    again: int
    failed: int
    new_per_second: float
    again_per_second: float

    def alive(self, now: datetime) -> bool:
        """Whether it has not ended and was heard of lately."""
        return self.step != "ended" and now - self.seen_at <= SILENT


def at_work(now: datetime) -> Select[Any]:
    """Digests of the versions of the workers that are alive."""
    return select(workers.c.digest).where(workers.c.step != "ended", workers.c.seen_at >= now - SILENT)


class Workers(Database):
    """The store's workers."""

    def add_worker(self, name: str, versions: Versions) -> None:
        """A process begins to read, or goes on to; those that nobody has heard of for a day are forgotten."""
        now = self.clock()
        present = {"digest": digest_of(versions), "step": "reading", "seen_at": now}
        nothing = {"new": 0, "again": 0, "failed": 0, "new_per_second": 0.0, "again_per_second": 0.0}
        with self.transaction() as connection:
            connection.execute(delete(workers).where(workers.c.seen_at < now - KEPT))
            if not connection.execute(update(workers).where(workers.c.name == name).values(**present)).rowcount:
                connection.execute(insert(workers).values(name=name, started_at=now, **present, **nothing))

    def count_read(self, name: str, new: int, again: int, failed: int) -> None:
        """Adds to a worker's counters, in the transaction that stores what it read."""
        columns = workers.c
        more = {"new": columns.new + new, "again": columns.again + again, "failed": columns.failed + failed}
        with self.transaction() as connection:
            connection.execute(update(workers).where(columns.name == name).values(**more, seen_at=self.clock()))

    def sign(self, name: str, step: Step, new_per_second: float = 0.0, again_per_second: float = 0.0) -> None:
        """A worker's sign of life: what it is at, and its rates."""
        rates = {"new_per_second": new_per_second, "again_per_second": again_per_second}
        with self.transaction() as connection:
            statement = update(workers).where(workers.c.name == name)
            connection.execute(statement.values(step=step, seen_at=self.clock(), **rates))

    def digests_at_work(self, besides: str = "") -> frozenset[str]:
        """Digests of the versions with which workers read that are alive; of all but one where that is named."""
        with self.reading() as connection:
            others = at_work(self.clock()).where(workers.c.name != besides)
            return frozenset(connection.execute(others).scalars())

    def workers(self) -> list[Worker]:
        """All workers of the last day, in order of name."""
        with self.reading() as connection:
            query = select(*(workers.c[name] for name in Worker._fields)).order_by(workers.c.name)
            return [Worker(*row) for row in connection.execute(query)]

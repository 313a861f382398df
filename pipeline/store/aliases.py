"""Names that are proposed for projects (别名建议), where texts say them, and what named people decided about them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal, NamedTuple, get_args

from sqlalchemy import Connection, delete, exists, insert, select, update

from pipeline.records import DecisionProject
from pipeline.redacted import RedactedText
from pipeline.store.alias_tables import alias_decisions, alias_passages, alias_proposals
from pipeline.store.engine import Database, StoreConflict, UnknownRecord, lock
from pipeline.store.milestones import rewritten
from pipeline.store.tables import documents, links, projects

AliasState = Literal["proposed", "accepted", "rejected", "withdrawn"]
AliasAction = Literal["accept", "reject", "withdraw"]
ACTIONS: Final[tuple[AliasAction, ...]] = get_args(AliasAction)
AFTER: Final[Mapping[AliasAction, AliasState]] = {"accept": "accepted", "reject": "rejected", "withdraw": "withdrawn"}
POSSIBLE: Final[Mapping[AliasState, frozenset[AliasAction]]] = {
    "proposed": frozenset({"accept", "reject"}),
    "accepted": frozenset({"withdraw"}),
    "withdrawn": frozenset({"accept"}),
    "rejected": frozenset(),
}


class Passage(NamedTuple):
    """Where a text says the name; the span holds for the text with this ``content_hash``."""

    document_id: str
    start: int
    end: int
    content_hash: str


class AliasDecision(NamedTuple):
    """What a named person decided, and why."""

    action: AliasAction
    who: str
    at: datetime
    reason: RedactedText


@dataclass(frozen=True)
class ProposedAlias:
    """An expression that may be a name of a project; ``elsewhere`` counts texts about other projects that have it."""

    alias: RedactedText
    score: float
    elsewhere: int
    passages: tuple[Passage, ...]


@dataclass(frozen=True)
class StoredAlias(ProposedAlias):
    """A proposal with its state and all decisions about it, the first one first."""

    id: str
    project_id: str
    state: AliasState
    decisions: tuple[AliasDecision, ...]


class Aliases(Database):
    """The store's proposed names."""

    def replace_aliases(self, project_id: str, found: Iterable[ProposedAlias]) -> int:
        """Puts these proposals in place of those that wait; returns how many are new.

        A name about which a person decided stays as it was decided, and is never proposed again.
        """
        table = alias_proposals
        mine = table.c.project_id == project_id
        with self.transaction() as connection:
            lock(connection, f"aliases:{project_id}")
            waiting = set(connection.execute(select(table.c.id).where(mine, table.c.state == "proposed")).scalars())
            connection.execute(delete(table).where(table.c.id.in_(waiting)))
            decided = set(connection.execute(select(table.c.id).where(mine)).scalars())
            by_id = {alias_id(project_id, one.alias): one for one in found}
            fresh = {key: one for key, one in by_id.items() if key not in decided}
            for key, one in fresh.items():
                values = {"alias": one.alias, "score": one.score, "elsewhere": one.elsewhere, "state": "proposed"}
                values |= {"id": key, "project_id": project_id, "proposed_at": self.clock()}
                connection.execute(insert(table).values(**values))
                rows = [{"proposal_id": key, **passage._asdict()} for passage in one.passages]
                connection.execute(insert(alias_passages), rows)
        return len(fresh.keys() - waiting)

    def aliases_of(self, project_id: str) -> list[StoredAlias]:
        """All proposals for a project, the likeliest first, decided ones among them."""
        with self.reading() as connection:
            return _stored(connection, project_id)

    def decide_alias(
        self, project_id: str, proposal_id: str, *, action: AliasAction, by: str, reason: RedactedText
    ) -> StoredAlias:
        """Records what a named person decided (P-23); the registry entry has an accepted name from now on.

        A withdrawn one leaves the entry and can be accepted again. The same decision twice is one. Raises UnknownRecord
        (E151), and StoreConflict (E152) where the name is in a state that the decision does not fit.
        """
        table = alias_proposals
        with self.transaction() as connection:
            lock(connection, "projects")
            query = select(table.c.state).where(table.c.id == proposal_id, table.c.project_id == project_id)
            state: AliasState | None = connection.execute(query.with_for_update()).scalar_one_or_none()
            if state is None:
                raise UnknownRecord(f"E151: no proposed name {proposal_id} in project {project_id}")
            if state != AFTER[action]:
                if action not in POSSIBLE[state]:
                    raise StoreConflict(f"E152: the name {proposal_id} is {state}: it cannot be {AFTER[action]}")
                connection.execute(update(table).where(table.c.id == proposal_id).values(state=AFTER[action]))
                made = {"proposal_id": proposal_id, "action": action, "who": by, "at": self.clock(), "reason": reason}
                connection.execute(insert(alias_decisions).values(**made))
                self._enter(connection, project_id, proposal_id, action)
            return next(one for one in _stored(connection, project_id) if one.id == proposal_id)

    def other_texts(self, project_id: str, limit: int) -> Iterator[tuple[str, bool]]:
        """Texts that no link joins to the project, each with whether it is about another one; as good as a sample.

        Ids are keyed hashes, so the first texts by id are any texts.
        """
        mine = exists().where(links.c.document_id == documents.c.id, links.c.project_id == project_id)
        about = exists().where(links.c.document_id == documents.c.id, links.c.relation == "about")
        query = select(documents.c.title, documents.c.body, about).where(~mine, ~documents.c.tombstone)
        with self.reading() as connection:
            for title, body, elsewhere in connection.execute(query.order_by(documents.c.id).limit(limit)):
                yield f"{title}\n{body}", bool(elsewhere)

    def _enter(self, connection: Connection, project_id: str, proposal_id: str, action: AliasAction) -> None:
        payload = select(projects.c.payload).where(projects.c.id == project_id)
        project: DecisionProject = connection.execute(payload).scalar_one()
        alias = select(alias_proposals.c.alias).where(alias_proposals.c.id == proposal_id)
        name = str(connection.execute(alias).scalar_one())
        if action == "accept":
            changed = with_aliases(connection, project)
        elif action == "withdraw":
            kept = tuple(one for one in project.aliases if one != name)
            changed = project.model_copy(update={"aliases": kept})
        else:
            return
        rewritten(connection, changed, self.clock())


def with_aliases(connection: Connection, project: DecisionProject) -> DecisionProject:
    """The project with the names that people accepted for it: a registry file does not take them back."""
    table = alias_proposals
    query = select(table.c.alias).where(table.c.project_id == project.id, table.c.state == "accepted")
    accepted = (str(alias) for alias in connection.execute(query.order_by(table.c.id)).scalars())
    return project.model_copy(update={"aliases": tuple(dict.fromkeys((*project.aliases, *accepted)))})


def forget_unsaid(connection: Connection) -> None:
    """Removes proposals that wait and of which no text is left (P-12)."""
    table = alias_proposals
    said = exists().where(alias_passages.c.proposal_id == table.c.id)
    connection.execute(delete(table).where(table.c.state == "proposed", ~said))


def alias_id(project_id: str, alias: str) -> str:
    """Id of a name of a project: the same one whenever it is proposed."""
    return "n" + hashlib.sha256(f"{project_id}\x1f{alias}".encode()).hexdigest()[:24]


def _stored(connection: Connection, project_id: str) -> list[StoredAlias]:
    table = alias_proposals
    rows = connection.execute(select(table).where(table.c.project_id == project_id)).all()
    ids = select(table.c.id).where(table.c.project_id == project_id)
    passages: dict[str, list[Passage]] = {}
    for row in connection.execute(select(alias_passages).where(alias_passages.c.proposal_id.in_(ids))):
        passages.setdefault(row.proposal_id, []).append(Passage(row.document_id, row.start, row.end, row.content_hash))
    decisions: dict[str, list[AliasDecision]] = {}
    query = select(alias_decisions).where(alias_decisions.c.proposal_id.in_(ids)).order_by(alias_decisions.c.number)
    for row in connection.execute(query):
        decisions.setdefault(row.proposal_id, []).append(AliasDecision(row.action, row.who, row.at, row.reason))
    found = [
        StoredAlias(
            row.alias, row.score, row.elsewhere, _ordered(passages.get(row.id, ())), row.id, row.project_id, row.state,
            tuple(decisions.get(row.id, ())),
        )
        for row in rows
    ]  # fmt: skip
    return sorted(found, key=lambda one: (-one.score, one.id))


def _ordered(passages: Sequence[Passage]) -> tuple[Passage, ...]:
    return tuple(sorted(passages))

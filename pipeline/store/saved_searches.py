"""Saved searches (保存的检索): a name, the role that owns it, and the query tree; on one project."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple, get_args

from sqlalchemy import delete, insert, select, update

from index.query import Query, from_json, to_json
from pipeline.records import Role
from pipeline.store.columns import storable
from pipeline.store.engine import Database, StoreConflict, UnknownRecord
from pipeline.store.tables import projects, saved_searches


class SavedSearch(NamedTuple):
    """A query under a name; whoever may read the project's documents may run it, its owner role may change it."""

    project_id: str
    name: str
    owner_role: Role
    query: Query
    saved_at: datetime


COLUMNS = [saved_searches.c[name] for name in SavedSearch._fields]


class SavedSearches(Database):
    """The store's saved searches."""

    def save_search(self, project_id: str, name: str, owner_role: Role, query: Query) -> bool:
        """Keeps a query under a name, in place of the owner's earlier one; returns whether the name is new.

        Raises UnknownRecord for an unknown project, StoreConflict when another role owns the name. The caller has
        made sure that the query holds no personal data (:func:`pipeline.saved.save`).
        """
        if owner_role not in get_args(Role):
            raise ValueError(f"E158: {owner_role!r} is not a role; roles: {', '.join(get_args(Role))}")
        place = (saved_searches.c.project_id == project_id) & (saved_searches.c.name == name)
        values = {"query": storable(to_json(query)), "saved_at": self.clock()}
        with self.transaction() as connection:
            if connection.execute(select(projects.c.id).where(projects.c.id == project_id)).one_or_none() is None:
                raise UnknownRecord(f"E151: no project {project_id}")
            owner = connection.execute(select(saved_searches.c.owner_role).where(place)).scalar_one_or_none()
            if owner not in (None, owner_role):
                raise StoreConflict(f"E152: the saved search {name!r} belongs to the role {owner}; choose another name")
            if owner is None:
                new = {"project_id": project_id, "name": name, "owner_role": owner_role, **values}
                connection.execute(insert(saved_searches).values(**new))
            else:
                connection.execute(update(saved_searches).where(place).values(**values))
        return owner is None

    def saved_search(self, project_id: str, name: str) -> SavedSearch | None:
        """The saved search of that name, None when there is none."""
        query = select(*COLUMNS).where(saved_searches.c.project_id == project_id, saved_searches.c.name == name)
        with self.reading() as connection:
            row = connection.execute(query).one_or_none()
        return None if row is None else _saved(row)

    def saved_searches(self, project_id: str | None = None) -> list[SavedSearch]:
        """The saved searches of a project, or of all, by project and name."""
        query = select(*COLUMNS).order_by(saved_searches.c.project_id, saved_searches.c.name)
        if project_id is not None:
            query = query.where(saved_searches.c.project_id == project_id)
        with self.reading() as connection:
            return [_saved(row) for row in connection.execute(query)]

    def forget_search(self, project_id: str, name: str, owner_role: Role) -> bool:
        """Removes a saved search of this role; False when the role has none of that name."""
        statement = delete(saved_searches).where(
            saved_searches.c.project_id == project_id,
            saved_searches.c.name == name,
            saved_searches.c.owner_role == owner_role,
        )
        with self.transaction() as connection:
            return connection.execute(statement).rowcount == 1


def _saved(row: Sequence[object]) -> SavedSearch:
    found = SavedSearch(*row)  # type: ignore[arg-type]
    return found._replace(query=from_json(str(row[3])))

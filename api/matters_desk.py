"""The desk for matters (事项): those of a project, one of them, and what became of it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from api.counting import cell_of
from api.desk import Desk, NotFound
from api.kept_matters import matter_table
from api.matter_cards import PLACES, Matters, history_of
from api.matter_clock import Heard
from api.matter_counts import MatterTable
from api.policy import access, figure
from api.texts_in_order import TextsInOrder
from pipeline.process.clocks import day_of
from pipeline.records import DecisionProject, MatterSheet, RiskPointCandidate

PAGE = 500


class MattersDesk(Desk):
    """One reader before the matters of one office; who may read a project's candidates may read its matters."""

    def matters(
        self, project_id: str, purpose: str | None, *, offset: int = 0, limit: int | None = None
    ) -> dict[str, Any]:
        """The matters of a project, the most texts first, and what is counted only. Raises NotFound or Denied.

        With ``limit`` only the texts of so many matters are read, after ``offset`` others; ``count`` is of all.
        """
        with self._asked("candidates.read", purpose, project_id, "matters") as project:
            sheets = self._office.store.matters_of_project(project.id)
            points = self._candidates(project.id)
            table = self._table(project, sheets, points)
            ordered = sorted(sheets, key=lambda sheet: (-_known(table, sheet), sheet.id))
            shown = ordered[offset:] if limit is None else ordered[offset : offset + limit]
            matters = self._read(table, shown, points)
            return {
                "rows": [matters.card(sheet) for sheet in shown],
                "count": len(sheets),
                "next_offset": offset + len(shown) if offset + len(shown) < len(sheets) else None,
                "total": table.total.as_json(),
                "counted_only": self.counted_only(project),
            }

    def matter(self, matter_id: str, purpose: str | None, project_id: str | None = None) -> dict[str, Any]:
        """One matter with its history; a former one says which hold its texts now.

        Raises NotFound for an id that never was one (of the project, where one is named), or Denied.
        """
        store = self._office.store
        owner = store.project_of_matter(matter_id)
        if owner is None or project_id not in (None, owner):
            with self._refusals_noted("candidates.read"):
                access().stated(self._reader, purpose)
                raise NotFound(f"E311: no matter {matter_id}; see: minyi matters PROJECT")
        with self._asked("candidates.read", purpose, owner, matter_id) as project:
            sheets = store.matters_of_project(project.id)
            mine = next((sheet for sheet in sheets if sheet.id == matter_id), None)
            points = self._candidates(project.id)
            table = self._table(project, sheets, points)
            return {
                "id": matter_id,
                "project_id": project.id,
                "matter": self._read(table, [mine], points).card(mine) if mine else None,
                "now": list(store.matter_now(project.id, matter_id)),
                "history": history_of(matter_id, store.matter_events(project.id)),
            }

    def spoken_of(
        self, project_id: str, purpose: str | None, since: datetime, until: datetime, limit: int = 5
    ) -> list[dict[str, Any]]:
        """The matters of which k voices spoke between two moments, most texts first, with what was answered (P-25).

        Raises NotFound or Denied.
        """
        store = self._office.store
        with self._asked("candidates.read", purpose, project_id, "matters") as project:
            said = {document.id for document, _ in store.opinions_between(project.id, since, until)}
            hearing, sheets = store.hearing(project.id, said), store.matters_of_project(project.id)
            heard = {sheet.id: [one for one in sheet.documents if one in said and one in hearing] for sheet in sheets}
            many = [s for s in sheets if figure(cell_of(hearing, "", heard[s.id]), self._k).form == "exact"]
            shown = sorted((s for s in many if heard[s.id]), key=lambda s: (-len(heard[s.id]), s.id))[:limit]
            points = self._candidates(project.id)
            matters = self._read(self._table(project, sheets, points), shown, points)
            return [matters.card(sheet) for sheet in shown]

    def _table(
        self, project: DecisionProject, sheets: Sequence[MatterSheet], points: Sequence[RiskPointCandidate]
    ) -> MatterTable:
        return matter_table(self._office.store, project.id, sheets, points, self._k)

    def _read(self, table: MatterTable, sheets: Sequence[MatterSheet], points: Sequence[RiskPointCandidate]) -> Matters:
        """What the texts of these matters say."""
        store = self._office.store
        ids = {one for sheet in sheets for one in sheet.documents}
        few = {one for sheet in sheets if not table.enough(sheet.id) for one in sheet.documents}
        first = [p for sheet in sheets for p in (sheet.title, *sheet.places[:PLACES], *sheet.replies[:PLACES])]
        rest = [p for sheet in sheets for p in (*sheet.places, *sheet.replies)]
        quoted = [passage.document_id for passage in (*first, *rest)]
        under: dict[str, tuple[str, ...]] = {}
        for point in points:
            for key in point.matter_ids:
                under[key] = (*under.get(key, ()), point.id)
        return Matters(
            table,
            Heard(store.stated(ids), store.reply_dates(ids), store.handling_of(ids), day_of(store.clock())),
            TextsInOrder(store, [*quoted, *sorted(few)]),
            store.current_analyses(few),
            under,
        )

    def _candidates(self, project_id: str) -> list[RiskPointCandidate]:
        found: list[RiskPointCandidate] = []
        cursor = None
        while True:
            page = self._office.store.risk_points(project_id, cursor, PAGE, sealed=False)
            found += [row.candidate for row in page.rows if row.candidate and row.presence == "live"]
            if len(page.rows) < PAGE:
                return sorted(found, key=lambda one: one.id)
            cursor = page.next_cursor


def _known(table: MatterTable, sheet: MatterSheet) -> int:
    """The number of texts as far as it is told: an order must not tell more."""
    figure = table.shown[sheet.id]
    return 0 if figure.form == "less_than" else figure.number

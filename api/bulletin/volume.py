"""Volume by region level and project under k-anonymity: one tree a week, so that nothing is found by subtraction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from api.charts import Bar
from api.policy import Cell, Figure, suppress
from models.gazetteer import gazetteer
from pipeline.forecast.band import WeekOfProject
from pipeline.records import DecisionProject

LEVELS_ZH: Final = {2: "省", 4: "市", 6: "县（区）", 9: "乡镇（街道）", 12: "村（社区）"}
NOT_JUDGED: Final = "未监测"
NOT_READ: Final = "未读取"
NOT_SHOWN: Final = "不显示"
NOT_STATED: Final = "none"
"""Key of the projects without a region code."""


@dataclass(frozen=True, slots=True)
class Region:
    """A region that projects of the bulletin lie in."""

    code: str
    level: str
    name: str


def region_codes(project: DecisionProject) -> list[str]:
    """Codes of the project's region and of those around it, city first; a code that ends in zeros is a wider one."""
    code = trimmed(project.region_code or "")
    if not code.isdigit():
        return []
    return [code[:length] for length in (4, 6, 9, 12) if len(code) >= length] or ([code[:2]] if len(code) >= 2 else [])


def trimmed(code: str) -> str:
    """A code without the zeros that stand for all of a wider region: 330100 is 3301."""
    for length, tail in ((12, 3), (9, 3), (6, 2), (4, 2)):
        if len(code) == length and set(code[length - tail :]) == {"0"}:
            code = code[: length - tail]
    return code


def regions_of(projects: Sequence[DecisionProject]) -> list[Region]:
    """Every region of the projects, wider ones before what lies in them."""
    names: dict[str, str] = {}
    known = gazetteer().by_code
    for project in projects:
        codes = region_codes(project)
        for code in codes:
            division = known.get(code)
            if division is not None:
                names[code] = division.name
            elif code == codes[-1] and project.region:
                names.setdefault(code, project.region)
    codes_all = sorted({code for project in projects for code in region_codes(project)})
    return [Region(code, LEVELS_ZH[len(code)], names.get(code, "")) for code in codes_all]


class Volumes:
    """What one week's tree shows: regions, and the projects beneath them.

    The tree is made of all projects of the deployment whoever asks for whichever region: two bulletins of a week hide
    the same cells, and nothing is found by setting one off against the other. A region of which the reader may not see
    every project shows no number. ``below`` are cells of parts of a project, with its key as their parent.
    """

    def __init__(
        self,
        projects: Sequence[DecisionProject],
        weeks: Mapping[str, WeekOfProject],
        seen: AbstractSet[str],
        k: int,
        below: Iterable[Cell] = (),
    ) -> None:
        self._seen = seen
        self._weeks, self._paths = weeks, {project.id: region_codes(project) or [NOT_STATED] for project in projects}
        sums: dict[str, tuple[int, int, int]] = {}
        parents: dict[str, str | None] = {}
        cells = []
        for project_id, week in weeks.items():
            above: str | None = None
            for code in self._paths[project_id]:
                parents[code] = above
                count, low, high = sums.get(code, (0, 0, 0))
                sums[code] = (count + week.count, max(low, week.voices_low), high + week.voices_high)
                above = code
            cells.append(Cell(key_of(project_id), week.count, week.voices_low, week.voices_high, week.count, above))
        cells += [Cell(code, count, low, high, count, parents[code]) for code, (count, low, high) in sums.items()]
        top = list(weeks.values())
        total = Cell(
            "", sum(w.count for w in top), max((w.voices_low for w in top), default=0),
            sum(w.voices_high for w in top), sum(w.count for w in top),
        )  # fmt: skip
        cells += below
        self._cells = {cell.key: cell for cell in cells}
        self._shown = suppress(total, cells, k)
        self._unnamed = {c.parent for c in cells if c.documents and c.key not in self._shown.cells}

    def total(self) -> str:
        """All projects together, in print."""
        return self._text(self._shown.total, list(self._paths))

    def region(self, code: str) -> str:
        """The projects of one region together, in print."""
        mine = [one for one, path in self._paths.items() if code in path]
        return self._text(self._figure(code), mine) if mine else NOT_SHOWN

    def project(self, project_id: str) -> str:
        """One project, in print."""
        return self._text(self._figure(key_of(project_id)), [project_id])

    def part(self, project_id: str, key: str) -> Figure | None:
        """A part of one project's week; None where a number, even none at all, would tell of few people."""
        parent = key_of(project_id)
        cell = self._cells.get(key)
        if cell is not None and cell.documents:
            return self._shown.cells.get(key)
        untold = parent in self._unnamed or self._figure(parent) is None
        return None if untold else Figure("exact", 0)

    def tells(self, project_id: str) -> bool:
        """Whether the number of the project's week may be told, be it that of a part of the week."""
        figure = self._figure(key_of(project_id))
        return figure is not None and figure.form == "exact"

    def bar(self, project_id: str) -> Bar | None:
        """The week in the project's chart; None where the project was never judged."""
        week = self._weeks.get(project_id)
        if week is None:
            return None
        if week.read <= 0:
            return Bar(week.first, None, 0, week.band, "×")
        figure = self._figure(key_of(project_id))
        if figure is None:
            return Bar(week.first, None, 0, week.band, "*")
        bound = figure.form == "exact" and not _whole(week)
        return Bar(week.first, "at_least" if bound else figure.form, figure.number, week.band)

    def _text(self, figure: Figure | None, project_ids: Sequence[str]) -> str:
        """What was not read is no nothing, and what was read in part is a lower bound."""
        if not self._seen >= set(project_ids):
            return NOT_SHOWN
        weeks = [self._weeks.get(one) for one in project_ids]
        judged = [week for week in weeks if week is not None]
        if not judged:
            return NOT_JUDGED
        if all(week.read <= 0 for week in judged):
            return NOT_READ
        if figure is None:
            return NOT_SHOWN
        bound = len(judged) < len(weeks) or not all(map(_whole, judged))
        return f"≥{figure.number:,}" if figure.form == "exact" and bound else str(figure)

    def _same(self, cell: Cell) -> Figure | None:
        """What a region around a hidden cell shows that holds the very same projects: it is the same number, so that
        nothing is said which the region's line does not say. None where there is no such region."""
        mine = self._within(cell.key)
        while cell.parent is not None and self._within(cell.parent) == mine:
            if (figure := self._shown.cells.get(cell.parent)) is not None:
                return figure
            cell = self._cells[cell.parent]
        return self._shown.total if cell.parent is None and mine == set(self._paths) else None

    def _within(self, key: str) -> set[str]:
        """Projects of the deployment that a cell counts, judged or not."""
        return {one for one, path in self._paths.items() if key in path or key == key_of(one)}

    def _figure(self, key: str) -> Figure | None:
        cell = self._cells.get(key)
        if cell is None:
            return None
        if cell.documents:
            return self._shown.cells.get(key) or self._same(cell)
        return None if cell.parent in self._unnamed else Figure("exact", 0)


def _whole(week: WeekOfProject) -> bool:
    return week.read >= 1 and not week.capped


def key_of(project_id: str) -> str:
    """The key of a project's cell."""
    return f"project {project_id}"

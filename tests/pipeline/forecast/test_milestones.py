"""The milestone warning: comparable projects only, relative to their own level, and five of them at least."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from pipeline.forecast.milestones import comparable, held, kind_of, moved, ratios, spread, stretch
from pipeline.records import DecisionProject, Milestone

TODAY = date(2026, 6, 1)


def project(name: str, *milestones: tuple[str, str], kind: str = "expropriation") -> DecisionProject:
    return DecisionProject(
        id=name, name_zh=f"{name}号工程", kind=kind, milestones=tuple(Milestone(name=n, date=d) for n, d in milestones)
    )


@pytest.mark.parametrize(
    "name, kind",
    [
        ("征收预公告", "预公告"),
        ("补偿方案公示", "公示"),
        ("听证会", "听证"),
        ("正式开工", "开工"),
        ("首批搬迁", "搬迁"),
        ("竣工", None),
    ],
)
def test_milestones_are_known_by_their_name(name: str, kind: str | None):
    assert kind_of(name) == kind


def test_a_milestone_without_its_day_is_not_compared():
    assert held(project("a", ("公示", "2026-03"), ("公示", "2026-03-05")))[0].day == date(2026, 3, 5)
    assert len(held(project("a", ("公示", "2026-03")))) == 0


def test_comparable_is_another_project_of_the_same_kind_whose_milestone_is_over():
    mine = project("mine", ("公示", "2026-06-10"))
    others = [
        mine,
        project("past", ("公示", "2026-01-10"), ("二次公示", "2026-03-01")),
        project("too-recent", ("公示", "2026-05-20")),
        project("other-kind", ("公示", "2026-01-10"), kind="waste"),
        project("other-step", ("开工", "2026-01-10")),
    ]
    found = comparable(mine, "公示", others, TODAY)
    assert [(one.project.id, one.day) for one in found] == [("past", date(2026, 1, 10))]


def test_volume_is_relative_to_the_projects_own_weeks_before():
    begin, end = stretch(date(2026, 3, 15))
    assert (end - begin).days + 1 == 28 + 14 + 28
    values = ratios([2.0] * 28 + [2.0] * 14 + [6.0] * 7 + [2.0] * 21)
    assert values[:2] == [1.0, 1.0] and values[2] == pytest.approx(43 / 15) and values[3:] == [1.0, 1.0, 1.0]


def test_fewer_than_five_projects_give_no_numbers():
    assert moved("公示", [[1.0] * 6] * 4) is None
    found = moved("公示", [[1.0, 1.0, 2.0 + n / 10, 1.0, 1.0, 1.0] for n in range(5)])
    assert found is not None and found.projects == 5 and len(found.weeks) == 6
    week = found.weeks[2]
    assert (week.first, week.last) == (0, 6) and week.ninety[0] < week.half[0] < week.median < week.ninety[1]


@pytest.mark.parametrize("projects", [5, 8, 40])
def test_the_interval_holds_nine_of_ten_further_projects(projects: int):
    random, held_it = np.random.default_rng(5), 0
    for _ in range(400):
        values = np.exp(random.normal(0.5, 0.6, projects + 1))
        low, *_, high = spread(list(values[:-1]))
        held_it += low <= values[-1] <= high
    assert 0.85 <= held_it / 400 <= 0.95

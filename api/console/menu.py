"""The navigation of each role: what its seats let it do somewhere, and the front doors of those pages."""

from __future__ import annotations

from typing import Final, NamedTuple

from api.console.i18n import N_
from api.policy import Reader, access


class Entry(NamedTuple):
    """A page of the navigation: its address, what it is called, what one must be allowed to do to see it."""

    path: str
    text: str
    action: str


DAILY: Final = (
    Entry("/board", N_("项目看板"), "board.read"),
    Entry("/projects", N_("项目"), "projects.read"),
    Entry("/incidents", N_("预警"), "alerts.read"),
    Entry("/dispatches", N_("派单"), "dispatches.read"),
    Entry("/sources", N_("来源"), "sources.read"),
)
FURTHER: Final = (
    Entry("/bulletins", N_("周通报"), "alerts.read"),
    Entry("/imports", N_("导入"), "imports.read"),
    Entry("/registry", N_("项目登记册"), "registry.read"),
    Entry("/shares", N_("数据共享"), "shares.read"),
    Entry("/subscriptions", N_("预警订阅"), "subscriptions.manage"),
    Entry("/quality", N_("质量"), "quality.read"),
    Entry("/admin/accounts", N_("账号"), "accounts.manage"),
    Entry("/admin/keys", N_("接口密钥"), "keys.manage"),
    Entry("/admin/taxonomy", N_("风险因素表"), "taxonomy.read"),
    Entry("/audit", N_("审计记录"), "audit.read"),
)
PROJECT: Final = (
    Entry("", N_("概览"), "projects.read"),
    Entry("/review", N_("风险点"), "risk_points.read"),
    Entry("/search", N_("检索"), "documents.read"),
    Entry("/matters", N_("事项"), "candidates.read"),
    Entry("/coverage", N_("覆盖情况"), "coverage.read"),
    Entry("/timeline", N_("时间线"), "milestones.read"),
    Entry("/forecast", N_("走势预估"), "alerts.read"),
    Entry("/checklist", N_("程序清单"), "checklist.read"),
    Entry("/tables", N_("报表"), "tables.export"),
)
"""Tabs of a project, relative to its address."""


def daily(reader: Reader) -> list[Entry]:
    """What the reader's role works with every day."""
    return [entry for entry in DAILY if access().anywhere(reader, entry.action)]


def further(reader: Reader) -> list[Entry]:
    """The other pages that are open to the reader's role."""
    return [entry for entry in FURTHER if access().anywhere(reader, entry.action)]

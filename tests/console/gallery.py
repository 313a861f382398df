"""A page that holds every macro of the console once, with invented content."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from jinja2 import ChoiceLoader, DictLoader
from markupsafe import Markup

from api.console.environment import environment
from api.console.i18n import Language
from api.policy import Figure, Reader
from pipeline.records import DecisionProject

TEMPLATE = (Path(__file__).parent / "gallery.html").read_text("utf-8")
TEXT = (
    "青石桥东岸工地从9月12日起夜里施工，我家和楼上共六户都受影响。已经反映过两次，没有结果，"
    "如果还不处理，大家准备一起去区里反映。联系电话[电话]。听说施工方说晚八点后停工。"
)


def span(words: str, kind: str, anchor: str | None = None) -> tuple[int, int, str, str | None]:
    start = TEXT.index(words)
    return start, start + len(words), kind, anchor


def card(**changes: Any) -> dict[str, Any]:
    kinds = {"petition": {"value": 9, "exact": True}, "hotline": {"less_than": 5}}
    return {
        "id": "r" + "0" * 24, "project_id": "stone-bridge", "sealed": False, "factor": "X01", "factor_name": "施工噪声扰民",
        "factor_name_en": "Construction noise", "category": "feasibility", "title": "夜里十一点还在打桩，老人孩子睡不着",
        "quotes": [{"document_id": "d1", "start": 0, "end": 9, "text": "已经反映过两次，没有结果"}],
        "counter_quotes": [], "residue_quotes": [], "quoting": "as_evidence", "presence": "live",
        "evidence_count": {"value": 14, "exact": True}, "counter_evidence_count": {"value": 5, "exact": True},
        "counts": {"documents": {"value": 23, "exact": True}, "origins": {"value": 12, "exact": True},
                   "voices": {"low": 8, "high": 11}, "by_source_kind": kinds},
        "triangulation": "several_source_kinds", "first_seen": datetime(2026, 9, 12, tzinfo=UTC),
        "last_seen": datetime(2026, 11, 20, tzinfo=UTC), "trend": "rising", "attention": "verify_first",
        "p_valid": {"p": 0.72, "low": 0.58, "high": 0.83}, "state": "proposed",
    } | changes  # fmt: skip


FEW = {"documents": {"less_than": 5}, "origins": {"less_than": 5}, "voices": {"less_than": 5}, "by_source_kind": {}}
CARDS = [
    card(),
    card(id="r" + "1" * 24, attention="focus", state="overdue", title="补偿标准到底按哪一年算", trend="steady",
         factor_name="补偿标准争议", counter_evidence_count={"value": 0, "exact": True}, triangulation="several_voices"),
    card(id="r" + "2" * 24, attention="watch", state="closed", title=None, counts=FEW, quotes=[], trend="cannot_tell",
         evidence_count={"less_than": 5}, triangulation="too_few_voices", presence="withdrawn"),
    {"id": "r" + "3" * 24, "project_id": "stone-bridge", "sealed": True, "category": "legality", "factor_name": "检举控告",
     "first_seen": datetime(2026, 9, 12, tzinfo=UTC), "last_seen": datetime(2026, 9, 30, tzinfo=UTC)},
    {"id": "r" + "4" * 24, "project_id": "stone-bridge", "removed": True, "updated_at": datetime(2026, 9, 12)},
]  # fmt: skip
REGIONS = [
    {"name": "云岭市", "href": "#", "count": 61, "children": [
        {"name": "青石区", "href": "#", "current": True, "count": 44, "children": [
            {"name": "桥东街道", "href": "#", "count": Figure("less_than", 5), "children": []},
            {"name": "桥西街道", "href": "#", "count": 39, "children": []},
        ]},
        {"name": "白塔县", "href": "#", "count": 17, "children": [], "open": False},
    ]},
]  # fmt: skip
MATRIX = [
    ("信访平台", [("全部", "full", "#"), ("全部", "full"), ("部分", "partial"), ("全部", "full")]),
    ("市民热线", [("全部", "full"), ("未读", "none"), ("未读", "none"), ("未知", "unknown")]),
    ("风险因素", [("0", "0"), ("1–4", "1"), ("5–19", "2"), ("≥20", "3")]),
]
SOURCES = [
    ("青石区信访平台", "open", 128, 61), ("市民热线", "acknowledged", Figure("less_than", 5), None),
    ("本地新闻", "silenced", Figure("at_least", 22), 9), ("项目公告", "closed", 0, 0),
]  # fmt: skip


class Visitor:
    """What templates ask of a visit."""

    reader = Reader("lin", "assessor")
    here = "/projects/stone-bridge/review"
    purposes = ("risk_identification", "risk_survey")

    def allows(self, action: str, project: object = None) -> bool:
        return True


def gallery(language: Language = "zh", theme: str = "", charts: Any = (), errors: bool = False) -> str:
    """The page as HTML."""
    made = environment(language).overlay()
    loader = made.loader
    assert loader is not None
    made.loader = ChoiceLoader([DictLoader({"gallery.html": TEMPLATE}), loader])
    project = DecisionProject(
        id="stone-bridge",
        name_zh="青石桥改造工程",
        region="云岭市青石区",
        stage="in_assessment",
        name_en="Stone Bridge",
    )
    sample = SimpleNamespace(
        cards=CARDS, less=Figure("less_than", 5), least=Figure("at_least", 120), text=TEXT, day=date(2026, 10, 9),
        passages=[span("夜里施工，我家和楼上共六户都受影响", "for", "p1"), span("青石桥东岸", "place"),
                  span("9月12日", "date"), span("六户", "number"), span("已经反映过两次，没有结果", "for"),
                  span("准备一起去区里反映", "cue"), span("[电话]", "redacted"), span("晚八点后停工", "against")],
        sources=SOURCES, matrix=MATRIX, regions=REGIONS, charts=charts,
        errors={"reason": "请填写理由，至少 10 个字"} if errors else None,
    )  # fmt: skip
    return made.get_template("gallery.html").render(
        visit=Visitor(), account=SimpleNamespace(name="lin", display_name="林晓", role="assessor"),
        theme=theme, project=project, purpose="risk_identification",
        path="/projects/stone-bridge/review", sample=sample,
        flashes=[SimpleNamespace(kind="ok", text="已采纳“夜间施工噪声”。"), SimpleNamespace(kind="note", text="该风险点已有新证据。")],
        csrf=lambda: Markup('<input type="hidden" name="csrf" value="t">'),
        once=lambda: Markup('<input type="hidden" name="once" value="o">'),
    )  # fmt: skip

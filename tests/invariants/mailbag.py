"""A mailbag about two invented projects: form letters, reposts, replies, an accusation, and offices that share their keys."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from offices import TestOffice, office_in

from pipeline.raw import RawItem
from pipeline.records import DecisionProject

ROAD = DecisionProject(
    id="quarry-road", name_zh="青石坳采石场进场道路工程", kind="expropriation", aliases=("采石场进场道路", "进场道路"),
    places=("青石坳镇", "柳湾村", "上井村"), keywords=("征地", "补偿", "运石"), region="南岭县青石坳镇", region_code="439921",
    stage="in_assessment",
)  # fmt: skip
SLUICE = DecisionProject(
    id="egret-sluice", name_zh="白鹭滩水闸加固工程", kind="water", aliases=("白鹭滩水闸", "水闸加固"),
    places=("白鹭滩", "北渡村"), keywords=("水闸", "淹没", "灌溉"), region="南岭县北渡镇", region_code="439933",
    stage="in_assessment",
)  # fmt: skip
PROJECTS = (ROAD, SLUICE)
FORM = (
    "青石坳采石场进场道路从柳湾村穿过，征地的补偿标准一亩比邻镇低了六千多，量地那天没有人通知我们到场，"
    "公示只贴了半天就撕了，请县里重新核算补偿标准并把明细贴出来。"
)
WELL = "我家还多了一口井，也在红线里面，量地的人没有写进去。"
SAID: tuple[tuple[str, dict[str, Any]], ...] = (
    (FORM, {"author_key": "a1", "day": 4}),
    (FORM + WELL, {"author_key": "a2", "day": 2}),
    (FORM + WELL + "后来又说院墙和猪圈都不赔，问谁都说不知道找谁。", {"author_key": "a3", "day": 6}),
    (FORM, {"author_key": "w1", "day": 5, "source_kind": "weibo", "source": "微博", "genre": "post", "platform": "微博"}),
    ("进场道路的运石车从上井村过，粉尘落了一院子，晒的谷子全黑了。", {"author_key": "a1", "day": 7}),
    ("采石场进场道路天天过大车，柳湾村的便道没有人洒水，扬尘呛得老人直咳。", {"author_key": "a4", "day": 8}),
    ("青石坳采石场进场道路征地，补偿款说好年前发，到现在一分钱没有见到。", {"author_key": "a2", "day": None}),
    ("采石场进场道路占了我家两丘水田，补偿标准太低，一亩地还不够买半年的米。", {"day": 9, "reply": True}),
    ("采石场进场道路修好以后运菜方便多了，支持早点开工。", {"author_key": "a5", "day": 9}),
    ("我要实名举报采石场进场道路征地里有村干部截留青苗费。", {"author_key": "a6", "day": 10}),
    ("白鹭滩水闸加固工程施工围堰，北渡村的灌溉渠断了水，秧田全裂了。", {"author_key": "a1", "day": 3}),
    ("白鹭滩水闸加固以后汛期水位要抬高，北渡村三组怕淹没，没有人来讲过方案。", {"author_key": "b1", "day": 3}),
    ("水闸加固的碎石也走采石场进场道路，白鹭滩水闸和这条路一起，夜里噪音吵得睡不着。", {"author_key": "b2", "day": 11}),
)  # fmt: skip
"""What people say, with what differs from a petition with an account."""


def letters() -> list[RawItem]:
    """Every item of the mailbag, official replies among them, in the order of their numbers."""
    found = []
    for number, (text, fields) in enumerate(SAID):
        more = dict(fields)
        day, answered = more.pop("day"), more.pop("reply", False)
        found.append(letter(number, text, day, **more))
        if answered:
            reply = "网友您好，来信收悉。经核实，补偿标准按县里公布的区片价执行，明细将在村务公开栏张贴。"
            found.append(letter(number + 100, reply, day + 5, genre="reply", reply_to=str(number)))
    return found


def letter(number: int, text: str, day: float | None, **fields: Any) -> RawItem:
    """One item; without ``author_key`` nobody can tell whose it is."""
    values: dict[str, Any] = {
        "source_kind": "petition", "source": "青石坳信箱", "item_key": str(number), "title": "进场道路", "body": text,
        "genre": "petition", "platform": "信箱", "collected_at": datetime(2026, 3, 30, tzinfo=UTC),
        "published_at": None if day is None else datetime(2026, 3, 2, 1, tzinfo=UTC) + timedelta(days=day),
    }  # fmt: skip
    return RawItem(**{**values, **fields})


def office_with_keys_of(keys: Path, folder: Path) -> TestOffice:
    """An office in a new folder whose ids and voices are those of every other office with these keys."""
    shutil.copytree(keys, folder / "keys")
    return office_in(folder, *PROJECTS)


def candidates(office: TestOffice) -> dict[str, str]:
    """The bytes of every candidate and every matter that the office has, by id."""
    found = {}
    for project in office.store.projects():
        for row in office.store.risk_points(project.id, limit=1000).rows:
            found[row.id] = row.candidate.canonical_json() if row.candidate else ""
        found |= {sheet.id: sheet.canonical_json() for sheet in office.store.matters_of_project(project.id)}
    return found


def deliver(office: TestOffice, batches: Iterable[Iterable[RawItem]]) -> None:
    """Hands the items in, batch by batch, with a pass of the work after each."""
    for batch in batches:
        office.receive(list(batch))
        office.work()

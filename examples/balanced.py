"""Invented texts in equal numbers for every topic, length, kind of place, kind of source and province (P-26).

    python -m examples.balanced > balanced.jsonl
    minyi evaluate bias --data balanced.jsonl
    python -m examples.balanced --measure          # after any change of the models: how those that ship fare now
    python -m examples.balanced --take-baseline    # after a training that a person accepts: what no release may miss more of

Nobody wrote any of them: templates put them together, always the same. What they measure is whether one group is missed
more often than before, not how well texts of real people are read.
"""

# ruff: noqa: E501 — a topic a line

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Any, Final

TOPICS: Final[dict[str, tuple[str, str, str]]] = {
    "compensation_standard": ("补偿标准太低", "征地补偿标准比相邻乡镇低了三成，同样的地两个价", "补偿标准怎么定的一直没有讲清楚"),
    "air_pollution": ("工地扬尘太大", "工地扬尘漫天，粉尘落满阳台，门窗不敢开", "洒水车半个月才来一次，老人整天咳嗽"),
    "noise_vibration": ("半夜施工噪音太大", "工地半夜还在打桩，噪音震得玻璃直响，整夜睡不着", "明明规定夜间不许施工"),
    "water_pollution": ("河水被污染了", "工厂污水直接排进河里，河水又黑又臭，鱼都死了", "井水也有了怪味"),
    "wage_arrears": ("工资一直拖欠", "项目部拖欠我们工资四个月了，一分钱都没有发", "找了几次都说再等等"),
    "housing_delivery_delay": ("楼盘延期交房", "开发商延期交房已经一年，楼还没有封顶，房贷却要照还", "复工的日期改了三次"),
    "property_management_service": ("物业什么都不管", "物业只收物业费不做事，垃圾没人清，门禁坏了半年不修", "业主多次找物业都没有回应"),
    "water_supply": ("家里老是停水", "自来水三天两头停水，停之前没有通知，水来了也是黄的", "做饭都成问题"),
    "traffic_impact": ("路口天天堵车", "道路封闭施工以后路口天天堵车，孩子上学要绕行四公里", "没有人疏导交通"),
    "village_affairs_collective_assets": ("村里的账不公开", "村集体的鱼塘租出去了，租金和村务账目从来不公开", "村民代表会也没有开过"),
}  # fmt: skip
"""Factor → said in a few words, at length, and what goes with it."""
PLACES: Final = {"rural": ("石盘乡柳湾村", "双河镇上井村"), "urban": ("东澜区翠苑小区", "新城区锦华街道")}
REGIONS: Final = ("湖南省", "浙江省", "河南省", "甘肃省")
SOURCES: Final = ("petition", "weibo", "news")
LENGTHS: Final = ("short", "middle", "long")
FILLER: Final = (
    "我在这里住了二十多年，看着周围一点一点变样，平时也很支持建设。", "这件事从去年入秋开始，到现在已经过了好几个月。",
    "我们先问了现场的人，现场的人让去找办公室，办公室又说不归他们管。", "左邻右舍都为这件事着急，可是谁也不知道该去问哪个部门。",
    "前几天有人来看过一次，拍了几张照片就走了，之后再也没有消息。", "我们不是要为难谁，只是希望有人把情况讲清楚，把问题解决掉。",
    "家里有老人，也有上学的孩子，日子总要过下去。", "希望能给一个明确的时间，不要总是一句正在研究。",
    "如果需要到现场核实，我们随时可以带路，也可以把拍下来的照片交上来。", "听说别的地方也碰到过同样的情况，那边很快就处理好了。",
)  # fmt: skip


def balanced() -> Iterator[dict[str, Any]]:
    """Rows in the layout of ``minyi evaluate bias``: ten topics, three lengths, two kinds of place, three sources."""
    number = 0
    for code, said in TOPICS.items():
        for source in SOURCES:
            for length in LENGTHS:
                for kind, places in PLACES.items():
                    place, region = places[number % 2], REGIONS[number % 4 if kind == "rural" else (number + 2) % 4]
                    title, text = _written(source, length, place, said)
                    yield {
                        "uid": f"b{number:03d}", "title": title, "text": text, "region": f"{region}{place}",
                        "source_kind": source, "genre": {"weibo": "post"}.get(source, source), "topic": code, "length": length,
                        "is_grievance": source != "news", "factors": [{"code": code, "primary": True}],
                    }  # fmt: skip
                    number += 1


def _written(source: str, length: str, place: str, said: tuple[str, str, str]) -> tuple[str, str]:
    few, whole, more = said
    core = {"short": few, "middle": f"{whole}，{more}", "long": f"{whole}。{more}"}[length]
    rest = "".join(FILLER[: {"short": 0, "middle": 3, "long": len(FILLER)}[length]])
    if source == "weibo":
        return "", f"#{place[-4:]}# {core}，到底有没有人管？{rest}"
    if source == "news":
        body = f"【居民反映：{few}】近日，{place}多名居民反映，{core}。{rest}"
        return "", body + ("记者联系了有关部门，对方表示将派人核实。" if length != "short" else "")
    greeting, ending = ("", "请处理。") if length == "short" else ("领导您好！", "恳请有关部门核实处理。")
    return few, f"{greeting}{place}{core}。{rest}{ending}"


def take(*, as_baseline: bool) -> None:
    """Stores what the models that ship miss of these texts; as the baseline of the next releases, where asked to."""
    from pipeline.annotate import Linking, annotate
    from pipeline.evaluation.bias import missed
    from pipeline.evaluation.bias_kept import keep_measured, take_baseline

    rows = list(balanced())
    found = missed(list(zip(rows, annotate(rows, Linking.to([])), strict=True)))
    (take_baseline if as_baseline else keep_measured)("examples/balanced.py", len(rows), found)


if __name__ == "__main__":
    if sys.argv[1:] in (["--take-baseline"], ["--measure"]):
        take(as_baseline=sys.argv[1] == "--take-baseline")
    else:
        for row in balanced():
            sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")

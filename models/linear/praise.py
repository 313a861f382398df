"""Praise (表扬) by its words: too rare among petitions for a model to learn, too plain to be missed (BRIEF §5.2)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

_PRAISED: Final = re.compile(r"表扬|点赞|锦旗|感谢信|致谢|好评|竖起大拇指|给.{2,20}(?:赞|大拇指)|^.{0,4}感谢")
_GOOD_ACT: Final = re.compile(
    r"耐心|细致|热情|周到|敬业|负责任|高效|很快|及时(?:解决|处理)|辛苦了|满意|贴心|暖心|感动|认真负责|为民|好干部|服务好|顺利"
)
_RESERVED: Final = re.compile(
    r"投诉|举报|不作为|没人管|无人管|没有(?:解决|答复|回复|处理|结果|人)|推诿|敷衍|不满|不合理|希望.{0,20}(?:解决|处理|增加|改|取消)"
    r"|请求|恳请|但是|可是|然而|为什么|为何|何时|请问|能否|是否|建议|[?？]|拖欠|噪音|污染|垃圾|违规|违法|差劲|恶劣|不给|不让|不到位"
)
CERTAINTY: Final = 0.9
"""Claimed for praise: these words mark no training petition that is anything else, but they mark few at all."""


def praises(text: str) -> bool:
    """Whether the text names a good act in words of praise and nothing in it complains, asks or proposes."""
    return bool(_PRAISED.search(text) and _GOOD_ACT.search(text)) and not _RESERVED.search(text)


def as_praise(cats: Mapping[str, float]) -> dict[str, float]:
    """The probabilities with praise at its certainty and the rest of each head scaled to what is left."""
    changed = dict(cats)
    for head, label in (("genre", "praise"), ("attitude", "positive")):
        names = [name for name in cats if name.startswith(f"{head}:")]
        rest = sum(cats[name] for name in names) - cats[f"{head}:{label}"]
        for name in names:
            changed[name] = cats[name] * (1 - CERTAINTY) / max(rest, 1e-9)
        changed[f"{head}:{label}"] = CERTAINTY
    changed["grievance"] = min(cats["grievance"], 1 - CERTAINTY)
    return changed

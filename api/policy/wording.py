"""Words that no generated text may propose (P-16): nothing is taken down, nobody is blocked or controlled."""

from __future__ import annotations

from typing import Final

CONTROL_WORDS: Final = (
    "删帖", "删除帖子", "删评", "撤热搜", "压热搜", "封号", "禁言", "封禁", "屏蔽账号", "限流", "解散群", "水军",
    "控评", "管控人员", "重点人", "稳控", "截访", "拦访", "盯防", "布控", "训诫", "约谈发帖", "落地查人", "人肉",
)  # fmt: skip
"""What is done instead: 核实, 公开, 解释, 整改, 补偿, 协商, 听取意见."""

ON_VOICES: Final = (
    "声音不等于人数：同一人在两个平台计为两个声音；跨多个周期的声音数以[单个周期最大值，各周期之和]给出。"
)
"""What every report says of the voices in it (P-03)."""


class ControlWording(ValueError):
    """E833: a text that was to be printed proposes to take down, block or control."""


def without_control(text: str) -> str:
    """The text itself. Raises ControlWording where it holds one of CONTROL_WORDS."""
    found = [word for word in CONTROL_WORDS if word in text]
    if found:
        raise ControlWording(f"E833: what was to be printed says {'、'.join(found)}: rename it in the registry (P-16)")
    return text

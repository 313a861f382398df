"""Procedure flags: alleged breaches of statutory steps (BRIEF §3.3)."""

import pytest


@pytest.mark.parametrize(
    ("text", "flag"),
    [
        ("征地\n征地方案从未公示。", "not_announced"),
        ("规划\n没有召开听证会就定了。", "no_hearing"),
        ("改造\n施工前未征求业主意见。", "no_consent"),
        ("拆迁\n他们先拆后补，钱至今没到。", "demolish_before_compensation"),
        ("拆迁\n我家没有签订补偿协议。", "no_agreement"),
        ("拆迁\n用断水断电逼我们搬。", "forced_by_cutoff"),
        ("拆迁\n他们半夜拆了我家的屋。", "violence_in_expropriation"),
        ("工地\n这个项目未批先建。", "no_approval"),
        ("公告\n公告只有两天就要搬。", "short_notice"),
        ("工地\n工地凌晨两点还在打桩。", "night_construction"),
        ("补偿\n征地补偿款迟迟没有发。", "funds_not_secured"),
    ],
)
def test_an_alleged_breach_is_flagged(read, text: str, flag: str):
    assert flag in {span.label_ for span in read(text).spans["procedure"]}


@pytest.mark.parametrize(
    "text", ["公示\n方案已在村里公示三十天。", "建议\n如果没有公示怎么办？", "施工\n工地白天施工，晚上停。"]
)
def test_a_kept_step_or_a_supposition_is_no_breach(read, text: str):
    assert len(read(text).spans["procedure"]) == 0

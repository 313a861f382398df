"""What the texts of a kind of source cannot tell, in words for who reads one of them (P-24)."""

from __future__ import annotations

from typing import Final

from api.console.i18n import N_

CANNOT_TELL: Final[dict[str, str]] = {
    "self_selected": N_("写信、来电的人是自己找来的，不能代表受影响的全体群众。"),
    "one_side": N_("只有反映人一方的说法，事实须另行核实。"),
    "voices_unknown": N_("登记簿没有可区分来信人的标识时，声音数只能给出范围。"),
    "handling_as_stated": N_("办理状态以受理平台的记载为准，不说明问题是否真正解决。"),
    "written_by_clerk": N_("文字由接线人员转述，用词和语气不一定是来电人的。"),
    "affected_unknown": N_("看不出发帖人是否受项目影响；围观、转述的都在其中。"),
    "place_unknown": N_("不采集发帖位置，只能按文中提到的地点判断。"),
    "reach_unknown": N_("能看到多少取决于平台的检索和排序，没有看到的可能更多。"),
    "editorial": N_("经过采编取舍，反映的是报道者的选择。"),
    "no_voice_of_its_own": N_("不作为群众诉求的来源，不计入声音数。"),
    "one_side_official": N_("只有发布单位一方的说法。"),
    "asked_about": N_("只能反映问卷问到的内容。"),
    "sample_unknown": N_("本系统不知道问卷的抽样和回收情况，不据此推算比例。"),
}
"""Code of ``api.text_desk.CANNOT_TELL`` → the sentence."""

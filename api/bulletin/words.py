"""The sentences and headings that HTML and DOCX share; both are checked for P-16 before they leave."""

from __future__ import annotations

from typing import Final

from api.bulletin.content import Bulletin, ProjectPart
from api.bulletin.volume import NOT_SHOWN
from api.policy.wording import ON_VOICES, without_control

TITLE: Final = "重大决策社会稳定风险民意监测周通报"
CHART_KEY: Final = (
    "图：近八周每周新增负面诉求（条）。蓝柱为数量，浅蓝柱为下限（来源未读完）；黄色区域为当周开始时已知常态的90%区间，"
    "横线为常态期望；“×”为未读取，“*”为不显示。横轴为每周周一的月-日。"
)
NONE_RECORDED: Final = "本系统未记录派单事项。"
NO_INCIDENT: Final = "本周无预警事件。"
NO_POINT: Final = "本周无变化。"
NO_PETITION: Final = "无超过15日仍未见受理告知或答复的信访件。"
NO_SOURCE: Final = "本系统尚无来源向这些项目提供文本。"
CLOCK_NOTE: Final = (
    "时限依据《信访工作条例》第二十二、二十三、三十四条：15日内告知受理，60日内办结（最多延长30日）。"
    "仅计来源为信访且本系统未见关联答复者；热线时限各地不同，未计入。责任单位取文中所诉单位，文中未写明的取建议主责单位。"
)
VOCABULARY: Final = "可采取的回应：核实、公开、解释、整改、补偿、协商、听取意见。"
REGION_HEADS: Final = ("层级", "代码", "名称", "项目数", "本周", "上周", "预警事件")
DISPATCH_HEADS: Final = ("单位", "办理中", "已回复或办结", "逾期")
CLOCK_HEADS: Final = ("责任单位", "16–60日未见答复", "超过60日未见答复")
SOURCE_HEADS: Final = ("来源", "读完（小时）", "截断（小时）", "未读（小时）", "截断原因")
POINT_HEADS: Final = ("变化", "风险因素", "关注程度", "建议责任单位", "说明")


def subtitle(bulletin: Bulletin) -> str:
    """Week, days and region."""
    week = bulletin.week
    return f"{week.name}（{week.first}—{week.last}）　地区：{bulletin.region or '全部可见地区'}"


def summary(bulletin: Bulletin) -> str:
    """The first sentence."""
    return f"本周新增负面诉求合计：{_items(bulletin.total)}，涉及项目 {len(bulletin.projects)} 个。"


def volume(part: ProjectPart) -> str:
    """One project's week."""
    if not part.bars:
        return "本项目尚未监测，没有数量和基线。"
    return f"本周 {_items(part.volume)}，上周 {_items(part.before)}；{part.baseline}。"


def _items(shown: str) -> str:
    return f"{shown} 条" if shown[-1:].isdigit() else shown


def limits(bulletin: Bulletin) -> tuple[str, ...]:
    """What the numbers are, and what they are not (P-03, P-06, P-24)."""
    k = bulletin.k
    return (
        "数量为新增负面诉求的原始件数，转发和相同文本只计一次；一件涉及多个项目的，各项目分别计。",
        "新接入的来源先观察14日，其间的件数不计入。",
        f"不足{k}个不同声音的数量写作“<{k}”，可由相减推出的数量不显示。",
        ON_VOICES,
        "未读取的时段不等于没有意见，沉默不等于同意；不上网、不写信的人群不在其中。",
        "本通报只写单位，不涉及任何个人。" + VOCABULARY,
    )


def late(bulletin: Bulletin) -> str:
    """The projects whose alerts did not see the whole week: texts came after its hours were judged."""
    return f"以下项目本周有诉求在判定之后才到，未计入数量和预警：{'、'.join(bulletin.late)}。"


def region_rows(bulletin: Bulletin) -> list[tuple[str, ...]]:
    """The table of regions."""
    return [
        (one.level, one.code, one.name or one.code, str(r.projects), r.volume, r.before, r.incidents)
        for r in bulletin.regions
        for one in (r.region,)
    ]


def dispatch_rows(bulletin: Bulletin) -> list[tuple[str, ...]]:
    """The table of dispatches."""
    return [(d.unit, str(d.due), str(d.done), str(d.overdue)) for d in bulletin.dispatches]


def clock_rows(bulletin: Bulletin) -> list[tuple[str, ...]]:
    """The table of petitions without an answer."""
    shown = [(u.unit, u.late, u.very_late) for u in bulletin.unanswered]
    return [(unit, *(NOT_SHOWN if figure is None else str(figure) for figure in pair)) for unit, *pair in shown]


def source_rows(bulletin: Bulletin) -> list[tuple[str, ...]]:
    """The table of sources."""
    return [
        (s.name, str(s.whole), str(s.capped), str(s.missing), "、".join(s.reasons) or "—") for s in bulletin.sources
    ]


def point_rows(bulletin: Bulletin, at: int) -> list[tuple[str, ...]]:
    """The table of one project's risk points."""
    points = bulletin.projects[at].points
    return [
        (change, line.factor, line.attention, line.units, line.note or "—")
        for change, lines in (("新增", points.new), ("确认", points.confirmed), ("关闭", points.closed))
        for line in lines
    ]


def checked(bulletin: Bulletin) -> Bulletin:
    """The bulletin itself, everything checked that a page prints of it. Raises ControlWording (E833)."""
    said = [subtitle(bulletin), summary(bulletin), late(bulletin), *limits(bulletin)]
    for at, part in enumerate(bulletin.projects):
        said += [part.name, part.region, volume(part), *part.incidents]
        said += [cell for row in point_rows(bulletin, at) for cell in row]
    for rows in (region_rows(bulletin), dispatch_rows(bulletin), clock_rows(bulletin), source_rows(bulletin)):
        said += [cell for row in rows for cell in row]
    for line in said:
        without_control(line)
    return bulletin

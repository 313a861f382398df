"""How the console is used: help for everybody, and a tour of two minutes through what one's role works with."""

from __future__ import annotations

from typing import Final, NamedTuple

from fastapi import Response

from api.console.i18n import N_
from api.console.rules import ConsoleRouter, Public, SignedIn
from api.console.visit import AtConsole
from api.policy import access
from pipeline.records import DecisionProject

router = ConsoleRouter()


class Step(NamedTuple):
    """A stop of the tour: its page (within a project where it begins with {project}), and what to look for there."""

    action: str
    address: str
    title: str
    text: str


STEPS: Final = (
    Step(
        "board.read",
        "/board",
        N_("看板：今天先看哪里"),
        N_("每个项目一行：状态、近 14 天负面诉求与往常的比较、等您处理的事。斜纹表示当天没有读到来源，不是零。"),
    ),
    Step(
        "alerts.read",
        "/incidents",
        N_("预警：为什么现在"),
        N_("打开一条预警，先看“由什么带动”和“会不会是假象”，再看“没有看到的”。判定后计入预警准确率。"),
    ),
    Step(
        "projects.read",
        "/projects/{project}",
        N_("项目概览：排在最前的风险点"),
        N_("每张卡片是一个候选：原话、独立声音、来源类别、成立可能性及其区间。候选是线索，不是结论。"),
    ),
    Step(
        "documents.read",
        "/projects/{project}/search",
        N_("检索：原文怎么说"),
        N_("试试“过渡费”或“因素:大气污染物排放”。点左侧的取值加入条件，点标题看脱敏后的全文。"),
    ),
    Step(
        "risk_points.read",
        "/projects/{project}/review",
        N_("研判：最需要人判断的在最前"),
        N_("按 J、K 上下移动，A 采纳，R 不成立，M 并入，E 修改。每一步都要写理由，记在您的账号名下，可以撤销。"),
    ),
    Step(
        "coverage.read",
        "/projects/{project}/coverage",
        N_("覆盖情况：还没有听到谁"),
        N_("哪些因素、哪类来源、哪个阶段检索过、没有检索过。没有声音不等于没有意见。"),
    ),
    Step(
        "tables.export",
        "/projects/{project}/tables",
        N_("报表：带走评估附表"),
        N_("T3 至 T9 各表，每句原话有证据编号。应由人填写的格留空。"),
    ),
    Step(
        "dispatches.read",
        "/dispatches",
        N_("派单：谁在什么时候之前答复"),
        N_("已确认的风险点按路由表转给责任单位，按法定时限计时，逾期的排在最前。"),
    ),
    Step(
        "imports.read",
        "/imports",
        N_("导入：把登记表读进来"),
        N_("先看每一列怎样处理、先试读，再正式导入。坏行单独列出原因，好行照常导入；姓名、电话、住址不会存下来。"),
    ),
    Step(
        "accounts.manage",
        "/admin/accounts",
        N_("账号：一次性链接"),
        N_("新建账号后把链接交给本人，由本人设置密码。管理员看不到任何文本。"),
    ),
    Step(
        "audit.read",
        "/audit",
        N_("审计记录：谁在什么时候为了什么看过"),
        N_("记录只增不改，前后相扣；页面可以核对链条是否完整。记录里没有内容。"),
    ),
)


@router.page("/help", rule=Public())
def help_(visit: AtConsole) -> Response:
    """What the pages mean, the keys, and whom to ask."""
    return visit.page("help/page.html")


@router.page("/tour", rule=SignedIn())
def tour(visit: AtConsole) -> Response:
    """The steps that are open to the visitor, through the first project that they may see."""
    mine = next((one for one in visit.office.store.projects() if visit.allows("projects.read", one)), None)
    steps = [(step, _address(step, mine)) for step in STEPS if _is_open(visit, step, mine)]
    return visit.page("help/tour.html", steps=steps, project=None, toured=mine)


def _is_open(visit: AtConsole, step: Step, project: DecisionProject | None) -> bool:
    if "{project}" in step.address:
        return project is not None and access().allows(visit.reader, step.action, project)
    return access().anywhere(visit.reader, step.action)


def _address(step: Step, project: DecisionProject | None) -> str:
    return step.address.format(project=project.id if project else "")

"""Problems as pages: what happened and what to do, in the visitor's language, with the code that ``/v1`` gives too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fastapi import Response

from api.console.forms import ForeignForm, UnreadableForm
from api.console.i18n import N_
from api.console.links import onwards
from api.console.visit import PurposeNeeded, SignInNeeded
from api.console.words import WORDS
from api.policy import access
from api.problems import Problem, coded, problem_of

if TYPE_CHECKING:
    from api.console.visit import Visit

TITLES: Final[dict[str, str]] = {
    "E301": N_("请先选择使用目的"),
    "E302": N_("这一页需要指明项目"),
    "E303": N_("该项目不在您的工作范围内"),
    "E304": N_("您的角色在当前阶段不能进行此项操作"),
    "E306": N_("这一件转给了别的单位"),
    "E311": N_("没有找到"),
    "E331": N_("没有这个页面"),
    "E332": N_("不能这样打开这个页面"),
    "E340": N_("数据库暂时无法连接"),
    "E603": N_("检索服务正忙"),
    "E604": N_("检索索引不可用"),
    "E605": N_("检索集群暂停服务"),
    "E601": N_("检索式无法识别"),
    "E152": N_("内容已被他人改动"),
    "E681": N_("共享约定已终止"),
    "E682": N_("共享约定不在有效期内"),
    "E683": N_("共享约定的接收方不是您"),
    "E684": N_("共享约定的接收方是另一角色"),
    "E685": N_("共享约定不是这种形式"),
    "E686": N_("超出共享约定的层级"),
    "E687": N_("超出共享约定的用途"),
    "E831": N_("没有这一周"),
    "E832": N_("这一周还没有结束"),
    "E905": N_("表单已失效"),
    "E906": N_("表单无法读取"),
}
"""Code → what happened."""
ADVICE: Final[dict[str, str]] = {
    "E301": N_("返回上一页，选择本次使用目的后再继续。"),
    "E302": N_("从项目列表进入相应项目。"),
    "E303": N_("账号只能查看指定的项目或地区。如确有需要，请联系系统管理员调整账号范围。"),
    "E304": N_("如确有需要，请联系系统管理员，或由下列角色办理。"),
    "E306": N_("账号只能办理转给本单位的件。如单位有误，请联系系统管理员。"),
    "E311": N_("编号可能有误，或内容已被撤回。请从列表重新进入。"),
    "E331": N_("请检查网址，或从首页重新进入。"),
    "E332": N_("请从页面上的按钮进入。"),
    "E340": N_("请稍后重试；如仍不行，请系统管理员运行 minyi doctor。"),
    "E603": N_("请稍候片刻再试。"),
    "E604": N_("请系统管理员运行 minyi reindex 重建索引，其他页面不受影响。"),
    "E605": N_("请稍后重试；如仍不行，请系统管理员检查检索集群。"),
    "E601": N_("请检查检索式中的引号、括号和字段名。"),
    "E152": N_("请刷新页面，查看最新内容后再操作。"),
    "E681": N_("本次未提供任何数据。如仍需要，请另行订立约定。"),
    "E682": N_("本次未提供任何数据。如仍需要，请另行订立约定。"),
    "E831": N_("请在周通报页选择一周。"),
    "E832": N_("通报在一周结束后生成，请选择更早的一周。"),
    "E905": N_("为防止他人冒用您的身份，过期或来自其他网站的表单不予受理，本次未做任何改动。请返回页面重新提交。"),
    "E906": N_("请返回页面重新提交。"),
}
"""Code → what to do."""
BY_STATUS: Final[dict[int, tuple[str, str]]] = {
    400: (N_("请求有误"), N_("请返回上一页，检查填写的内容后重试。")),
    403: (N_("没有权限"), N_("如确有需要，请联系系统管理员。")),
    404: (N_("没有找到"), N_("请从列表重新进入。")),
    409: (N_("当前状态下不能进行此项操作"), N_("请刷新页面，查看最新内容后再操作。")),
    422: (N_("填写的内容不符合要求"), N_("请返回上一页，检查填写的内容后重试。")),
    503: (N_("服务暂时不可用"), N_("请稍后重试；如仍不行，请系统管理员运行 minyi doctor。")),
}
"""For codes that have no words of their own."""
OTHERWISE: Final = (N_("未能完成"), N_("请返回上一页重试；如仍不行，请联系系统管理员。"))


def page_of(visit: Visit, error: Exception) -> Response:
    """The answer to an error that is raised on purpose. Raises what is a defect again, for the guard."""
    match error:
        case SignInNeeded():
            return visit.redirect(onwards("/sign-in", visit.here))
        case PurposeNeeded(project_id=""):
            return visit.redirect(onwards("/purpose", visit.here))
        case PurposeNeeded(project_id=project_id):
            return visit.redirect(onwards(f"/projects/{project_id}/purpose", visit.here))
        case ForeignForm():
            found: Problem | None = _console_problem(403, error)
        case UnreadableForm():
            found = _console_problem(400, error)
        case _:
            found = problem_of(error)
    if found is None:
        raise error
    return shown(visit, found)


def shown(visit: Visit, problem: Problem) -> Response:
    """A problem as a page of the console."""
    title, advice = BY_STATUS.get(problem.status, OTHERWISE)
    render = visit.partial if visit.is_htmx else visit.page
    return render(
        "problem.html",
        problem.status,
        problem=problem,
        title=visit.gettext(TITLES.get(problem.code, title)),
        advice=visit.gettext(ADVICE.get(problem.code, advice)),
        who_may=[visit.gettext(WORDS["role"][role]) for role in _who_may(visit, problem)],
    )


def _console_problem(status: int, error: Exception) -> Problem:
    code, detail = coded(error, "E390")
    return Problem(type=f"urn:minyi:problem:{code}", title=code, status=status, detail=detail, code=code)


def _who_may(visit: Visit, problem: Problem) -> list[str]:
    """The roles that may do what the visitor may not, in the stage of the project, or anywhere without one."""
    action = getattr(getattr(visit.request.scope.get("route"), "rule", None), "action", None)
    if problem.code != "E304" or action is None:
        return []
    table, stage = access(), visit.project.stage if visit.project else None
    return [
        role
        for role in WORDS["role"]
        if any(
            action in granted and (stage is None or table.seats.get((stage, role)) == seat)
            for (granted_role, seat), granted in table.grants.items()
            if granted_role == role
        )
    ]

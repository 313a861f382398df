"""Why a decision or a step was not taken, in the visitor's words, with what they had filled in kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from api.console.i18n import N_
from api.console.visit import Visit
from api.console.words import word
from api.edit_desk import WordsNotThere
from api.policy.wording import ControlWording
from api.problems import coded
from api.said import UnclearWords
from pipeline.process.routing import RoutingUnusable
from pipeline.process.states import StepRefused
from pipeline.records import Decision
from pipeline.store import StoreConflict
from pipeline.store.answered_keys import KeyReused
from pipeline.store.decisions import DecidedMeanwhile

REASON_LIMIT: Final = 500
"""Longest reason, in characters."""
STEPS: Final[dict[str, str]] = {
    "E640": N_("当前状态下不能进行这一步，页面已更新为最新状态。"),
    "E641": N_("最后一步已经变化，没有可以撤销的内容。"),
    "E642": N_("本单位要求复核人与经办人分开：您参与过采纳、修改、并入或答复，须由另一人办理。"),
    "E643": N_("日期超出法定时限：答复只能在到期前延期一次，自定期限不得晚于法定期限。"),
    "E644": N_("还有派单没有办完。请先办结、退回或撤回这些派单。"),
    "E649": N_("对照表中没有能够办理这一因素的单位。请先在“修改”中指定建议责任单位。"),
}
"""Code → why a step is not possible, and what to do."""


class ReasonMissing(ValueError):
    """A decision without a reason, or with one that is too long: nobody decides without one (P-23)."""


class NothingChanged(ValueError):
    """An edit that changes nothing."""


@dataclass(frozen=True)
class Refused:
    """Why, beside which field, and for a conflict what others decided meanwhile and what the visitor wanted."""

    status: int
    text: str
    beside: str = ""
    since: tuple[Decision, ...] = ()
    wanted: Mapping[str, Any] = field(default_factory=dict)


def refused(visit: Visit, error: ValueError, changes: Mapping[str, Any] | None = None) -> Refused:
    """What a page says of the error. Raises the error itself when it is none of a decision."""
    say = visit.gettext
    match error:
        case ReasonMissing():
            return Refused(422, say("请写明理由，2 至 %(n)s 个字。没有理由的决定不予记录。", n=REASON_LIMIT), "reason")
        case NothingChanged():
            return Refused(422, say("没有改动任何内容。"))
        case WordsNotThere():
            words = "、".join(error.words)
            return Refused(422, say("证据原文中没有“%(words)s”。地点只能取自原文。", words=words), "more_places")
        case UnclearWords():
            return Refused(422, say("其中的个人信息无法可靠脱敏。请换一种说法，不要写姓名、电话、门牌号。"), "reason")
        case ControlWording():
            text = say("内容中有压制言论或管制人员的表述。请写核实、公开、整改、协商等实际工作。")
            return Refused(409, text, "response")
        case RoutingUnusable():
            return Refused(503, say("派单路由表无法使用。请系统管理员运行 minyi dispatch routing 查看原因。"))
        case StepRefused():
            code, detail = coded(error, "E640")
            return Refused(409, say(STEPS[code]) if code in STEPS else detail)
        case KeyReused():
            return Refused(409, say("这张表单已经提交过一次。请核对下面的内容后重新提交。"))
        case DecidedMeanwhile():
            return _conflict(visit, error, changes or {})
        case StoreConflict():
            return Refused(409, say("内容已被他人改动，请核对最新内容后再提交。"))
        case _:
            return Refused(422, say("填写的内容不符合要求，请检查后重新提交。"))


def _conflict(visit: Visit, error: DecidedMeanwhile, changes: Mapping[str, Any]) -> Refused:
    last = error.since[-1]
    text = visit.gettext(
        "您填写期间，%(who)s 已作出决定：%(action)s。您的决定尚未记录；请对照后再提交。",
        who=last.who,
        action=word(visit.gettext, last.action, "decision"),
    )
    return Refused(409, text, since=error.since, wanted=changes)

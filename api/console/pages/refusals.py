"""Why a password or a name is not taken, in the visitor's words."""

from __future__ import annotations

from api.console.visit import Visit
from pipeline.accounts.passwords import DISTINCT, LONGEST, SHORTEST, Flaw, PasswordUnusable


def refusal_of(visit: Visit, error: Exception) -> str:
    """One sentence that says what to change."""
    if isinstance(error, PasswordUnusable):
        return {
            Flaw.LENGTH: visit.gettext(
                "密码应为 %(low)s 至 %(high)s 个字符，可以用一句短话。", low=SHORTEST, high=LONGEST
            ),
            Flaw.UNIFORM: visit.gettext("密码过于重复，至少使用 %(n)s 种不同的字符。", n=DISTINCT),
            Flaw.NAMED: visit.gettext("密码中不能包含账号名。"),
        }[error.flaw]
    return visit.gettext("账号名由 2 至 64 个英文字母、数字和 . _ - 组成，例如 li.wei。")

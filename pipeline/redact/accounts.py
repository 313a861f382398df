"""Accounts (账号): bank cards, e-mail, WeChat, QQ, Alipay, and customer numbers of a household."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.redact.digits import digit_runs
from pipeline.redact.finding import Finding
from pipeline.redact.luhn import luhn

_AT: Final = r"(?:\s?(?:@|[\[({<]\s?(?:at|AT|@)\s?[\])}>]|艾特|圈a)\s?|#|\s(?:at|AT)\s)"
_DOT: Final = r"(?:\.|\s?(?:[\[({<]\s?(?:dot|DOT|\.)\s?[\])}>])\s?|\s(?:dot|DOT)\s|(?<=[a-z0-9])点(?=com|cn|net))"
_EMAIL: Final = re.compile(
    rf"[A-Za-z0-9._%+\-*]{{1,64}}{_AT}[A-Za-z0-9\-]{{1,63}}(?:{_DOT}[A-Za-z0-9\-]{{1,63}}){{1,4}}"
)
_TOKEN: Final = re.compile(r"[A-Za-z0-9_](?:[ \-]?[A-Za-z0-9_\-*]){4}")
_EMAIL_HINT: Final = re.compile(r"[@#]|at|AT|艾特|圈a")
_BANK_GROUPS: Final = frozenset(
    {
        (16,),
        (17,),
        (18,),
        (19,),
        (4, 4, 4, 4),
        (4, 4, 4, 4, 3),
        (4, 4, 4, 4, 2),
        (4, 4, 4, 4, 1),
        (6, 13),
        (6, 10),
        (5, 5, 5, 4),
        (4, 6, 5),
        (4, 4, 4, 7),
    }
)
_IS: Final = r"(?:号码|号|账号|帐号|账户|ID|id|群)*\s?(?:也?是|为|叫|:|=)?\s?[\"“'(\[]?"
_WECHAT: Final = re.compile(
    r"(?:微\s?信(?:转账|收款|付款|支付|转)?(?:到|给)?|薇信|威信|维信|[Vv]信|徽信|[Ww]e[Cc]hat|weixin|加[Vv薇微]|(?<![A-Za-z])(?:[Vv][Xx]|[Ww][Xx]|[Ww]信))"
    rf"{_IS}([A-Za-z][A-Za-z0-9_\-]{{4,19}}|\d[\d\-_]{{4,19}})(?![A-Za-z0-9_])"
)
_QQ: Final = re.compile(
    r"(?:(?<![A-Za-z])[Qq]{2}|扣扣|企鹅|[Qq]群|群)(?:交流|业主|维权|小区)?"
    r"(?:号码|号|群)*\s?(?:也?是|为|:|=)?\s?[\"“'(\[]?([1-9]\d{1,4}(?:[ \-]?\d{2,4}){1,3})(?!\d|[户人元个名年月号栋])"
)
_ALIPAY: Final = re.compile(rf"(?:支付宝|[Aa]lipay|财付通|云闪付){_IS}([A-Za-z0-9][A-Za-z0-9_.\-@]{{4,40}})")
_ACCOUNT: Final = re.compile(
    r"(?:卡号|账号|帐号|账户|帐户|户头|存折|(?:银行|建行|工行|农行|中行|邮储|信用社|"
    r"农商行|储蓄|信用|借记)卡)(?:号码|号)?"
    r"\s?(?:是|为|[:(])?\s?(\d(?:[ \-]?[\d*]){7,24})(?!\d)"
)
_CUSTOMER: Final = re.compile(
    r"(?:户号|缴费号|缴费编号|水表号|电表号|气表号|表号|用户(?:编号|号|编码)|客户(?:编号|"
    r"号|编码)|宽带号|会员(?:卡号|号|编号)|公积金号|保单号|贷款合同号)"
    r"\s?(?:是|为|[:(])?\s?([A-Za-z]{0,4}\d(?:[ \-]?[\dA-Za-z]){4,24})(?![\dA-Za-z])"
)


def find_emails(text: str) -> Iterator[Finding]:
    """E-mail addresses, also when the sign is written out: name(at)site.com."""
    if _EMAIL_HINT.search(text):
        for match in _EMAIL.finditer(text):
            yield Finding(match.start(), match.end(), "account")


def find_accounts(text: str) -> Iterator[Finding]:
    """Bank cards by checksum or cue word, and accounts that a cue word introduces."""
    for pattern in (_WECHAT, _QQ, _ALIPAY, _ACCOUNT, _CUSTOMER) if _TOKEN.search(text) else ():
        for match in pattern.finditer(text):
            if pattern is not _WECHAT or _is_wechat(match):
                yield Finding(match.start(1), match.end(1), "account")
    for run in digit_runs(text):
        for start, end, digits, sizes in run.windows():
            if sizes in _BANK_GROUPS and digits[0] in "34569" and luhn(digits):
                yield Finding(start, end, "account")


def _is_wechat(match: re.Match[str]) -> bool:
    """Letters alone after 微信 are often a program's name, unless something says that an account follows."""
    introduced = re.search(r"[号::是为叫=]\s?[\"“'(\[]?$", match.group()[: match.start(1) - match.start()])
    return introduced is not None or (
        len(match.group(1)) > 5 and any(character.isdigit() for character in match.group(1))
    )

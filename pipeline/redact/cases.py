"""Case numbers (件号): of petitions, work orders, court and arbitration cases. Numbers of laws and documents stay."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipeline.redact.finding import Finding

_CUED: Final = re.compile(
    r"(?<!证)(?:信访件?|投诉件?|举报件?|工单|受理|诉求件?|案件|案|留言|留言件|登记|报警|"
    r"警情|接警|回执|查询|件|交办件|转办件|批办件|来件|来访|来信|流水|订单|运单|"
    r"快递|快递单|单|业务|维修单|报修|报修单|申请|批次|事项|仲裁|立案|处警|派单|"
    r"任务|帖子?)"
    r"(?:编号|单号|号码|编码|序号|受理号|号|码)(?:码)?\s?(?:是|为|[:(\[])?\s?[\"“]?"
    r"((?:[A-Za-z]{0,6}[\-_]?\d[A-Za-z0-9\-_]{3,28}))(?![A-Za-z0-9])"
)
_NUMBER: Final = re.compile(
    r"(?<!证)(?:编号|件号)\s?(?:是|为|[:(])?\s?([A-Za-z]{0,6}[\-_]?\d[A-Za-z0-9\-_]{4,28})(?![A-Za-z0-9])"
    r"|(?:信访|工单|投诉|举报|受理|(?<!\d)12345(?!\d)|热线|诉求)[\u4e00-\u9fff]{0,6}(?:编号|"
    r"号)?\s?[:(]?\s?([A-Za-z]{0,6}\d{8,24})(?![A-Za-z0-9元])"
)
_COURT: Final = re.compile(
    r"[(\[]\s?(?:19|20)\d{2}\s?[)\]]\s?[\u4e00-\u9fff]{1,3}\s?\d{0,4}\s?"
    r"(?:[刑民行执破赔诉裁仲再申监财保恢调知商]|民初|民终|执异)[\u4e00-\u9fff]{0,3}(?:字第?)?\s?\d{1,7}"
    r"(?:-\d+)?\s?号(?:之[一二三四五六]|之\d)?"
)
_PETITION: Final = re.compile(
    r"[\u4e00-\u9fff()]{0,10}(?:(?:信访?|仲|受案|立案|行罚决|复查|复核|诉|报警|接警|劳监|"
    r"不予受理)[\u4e00-\u9fff]{0,4}字?|(?:访|处罚决|认|调|鉴|告知)[\u4e00-\u9fff]{0,3}字)"
    r"\s?[(\[]\s?(?:19|20)\d{2}\s?[)\]]\s?第?\s?\d{1,8}\s?号"
)
_CODE: Final = re.compile(
    r"(?<![A-Za-z0-9])(?:[A-Za-z]{1,6}[\-]?(?:19|20)\d{6}[\-]?\d{2,12}|[A-Z]{2,5}\d{9,20})(?![A-Za-z0-9])"
)
_BRACKETED_YEAR: Final = re.compile(r"\d\s?[)\]]")
_CUED_HINT: Final = re.compile(r"[号码]\s?[是为:(\[]?\s?[\"“]?[A-Za-z]{0,6}[\-_]?\d|\d{8}")
_LONG: Final = re.compile(r"\d{4}-?\d{4}")
_DOCUMENTS: Final = re.compile(
    r"(?:项目|合同|招标|标段|地块|宗地|设备|许可证?|产品|标准|公告|文件|备案|图纸|"
    r"批文|采购|证书|规划图|图|杆|站点?|线路|井盖|路灯|电梯|公交|桩|变压器|楼|型号|"
    r"机组|工程|经销商|商户|企业|机构|课题|车次|航班|文|房源|档案袋)[^,。;]{0,6}$"
)


def find_case_numbers(text: str) -> Iterator[Finding]:
    """Numbers by which a petition, a work order or a court case of a person can be looked up."""
    for pattern in _worth_trying(text):
        for match in pattern.finditer(text):
            group = match.lastindex or 0
            start, end = match.span(group)
            if pattern is _CODE and _DOCUMENTS.search(text, max(0, start - 12), start):
                continue
            if pattern in (_CUED, _NUMBER) and _DOCUMENTS.search(text, max(0, match.start() - 8), match.start()):
                continue
            yield (
                Finding(_issuer(text, start), end, "case_number")
                if pattern is _PETITION
                else Finding(start, end, "case_number")
            )


def _issuer(text: str, start: int) -> int:
    """A petition reference begins with a short issuer (长信访字…); the sentence before it is not part of it."""
    match = re.match(
        r"[\u4e00-\u9fff()]*?(?:通知\(|决定\(|见|为|以|的|是|号|书|据|及|和|与|函|文|案|在|到|了|"
        r"作出|收到|编号|文号|意见)(?=[\u4e00-\u9fff()]{2,})",
        text[start : start + 12],
    )
    return start + match.end() if match else start


def _worth_trying(text: str) -> Iterator[re.Pattern[str]]:
    """The patterns whose digits are in the text at all."""
    if _BRACKETED_YEAR.search(text):
        yield _COURT
        yield _PETITION
    if _CUED_HINT.search(text):
        yield _CUED
        yield _NUMBER
    if _LONG.search(text):
        yield _CODE

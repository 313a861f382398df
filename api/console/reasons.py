"""Why a file or a row cannot go in, in the visitor's words; the importers say it in English."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from api.console.i18n import N_

if TYPE_CHECKING:
    from api.console.visit import Visit

FIELDS: Final[dict[str, str]] = {
    "title": N_("标题"), "body": N_("正文"), "published_at": N_("日期"), "region": N_("地区"), "province": N_("省"),
    "city": N_("市"), "county": N_("区县"), "item_key": N_("编号"), "author_key": N_("账号标识"), "url": N_("网址"),
    "reply": N_("答复内容"), "reply_time": N_("答复时间"), "reply_org": N_("答复单位"), "likes": N_("点赞数"),
    "dislikes": N_("反对数"), "reposts": N_("转发数"), "comments": N_("评论数"),
}  # fmt: skip
"""Field of a row → what it is called."""
_WITHOUT_REPLY: Final = "; the petition was taken without its reply"
_REASONS: Final[tuple[tuple[str, str], ...]] = (
    (r"is missing, though the file has a column for it", N_("有这一列，但此行为空")),
    (r"is missing", N_("没有填写")),
    (r"has no year", N_("日期没有年份")),
    (r"has no day", N_("日期没有具体到日")),
    (r"does not say which number is the year.*", N_("看不出哪一个数字是年份，请写成 2023-05-06")),
    (r"has a time zone that does not exist", N_("时区不存在")),
    (r"is a date that cannot exist", N_("日期不存在")),
    (r"names a day or time that does not exist", N_("日期或时间不存在")),
    (r"is a number that is no date", N_("是数字，不是日期")),
    (r"is not a date that can be read.*", N_("不是可以识别的日期，请写成 2023-05-06 09:30")),
    (r"is not a date", N_("不是日期")),
    (r"is relative to a moment.*", N_("“昨天”“刚刚”一类的时间没有参照，请写明日期")),
    (r"lies in the future", N_("日期在未来")),
    (r"lies in an impossible year.*|lies before \d+", N_("年份不可能")),
    (r"duplicate id: (?:row )(\d+).*", N_("编号与第 %(1)s 行相同，但内容不同")),
    (r"the store has another text under this id.*", N_(
        "库中同一来源、同一编号已有另一条内容，保留原有的；若是另一份文件，请换一个来源名称"
    )),
    (r"was shortened by a spreadsheet.*", N_("编号被表格软件变成了科学计数法，请把该列设为文本后重新导出")),
    (r"has (\d+) cells where the header has (\d+)", N_("此行有 %(1)s 格，表头有 %(2)s 格")),
    (r"opens a quotation mark that is not closed.*", N_("引号没有成对")),
    (r"the (?:cell|line|letter) holds more than ([\d,]+) characters", N_("超过 %(1)s 个字符")),
    (r"holds a byte.*", N_("含有无法识别的字节，请检查文件编码")),
    (r"holds half a character.*|holds a control character.*", N_("含有无效字符")),
    (r"is a formula whose result.*", N_("是公式，文件中没有结果；请打开后重新保存")),
    (r"is an error of a formula", N_("公式出错")),
    (r"is a list or an object.*", N_("应为文字，却是列表或对象")),
    (r"is not JSON.*", N_("不是有效的 JSON")),
    (r"is a table, not a letter.*", N_("是表格而不是信件，请单独导入")),
    (r"is an archive(?: within the archive|, not a letter).*", N_("压缩包中还有压缩包，请解压后导入其中的信件")),
    (r".*has no text layer.*", N_("PDF 没有文字层，是扫描件；请先做文字识别（OCR），再以 DOCX 或 TXT 导入")),
    (r".*text layer without readable characters.*", N_("PDF 的文字层无法识别；请打开后把文字复制到 DOCX 或 TXT")),
    (r".*has more than ([\d,]+) pages.*", N_("超过 %(1)s 页，不像一封信")),
    (r".*holds a P[NJ]E?G picture.*|.*holds a .* picture.*", N_("是图片，不能导入")),
    (r".*protected by a password.*", N_("文件有密码保护；请去掉密码后重新保存")),
    (r".*leads out of the archive.*", N_("压缩包中有指向包外的文件名，已拒绝；请解压检查后重新打包")),
    (r".*would unpack to.*|.*unpacks to more than.*", N_("解压后过大，已拒绝")),
    (r".*holds more than ([\d,]+) files.*", N_("压缩包中的文件超过 %(1)s 个，请分几个包")),
    (r".*holds a ZIP archive; unpack it.*", N_(
        "压缩包里没有信件；只有信件（DOCX、PDF、TXT）可以打包导入，表格请解压后导入"
    )),
    (r".*is empty: there is nothing.*", N_("文件是空的")),
    (r".*(?:no column for the text|names a column for the text|is recognised as the text).*", N_("没有一列被认作正文")),
    (r".*everything stands in one column.*", N_(
        "所有内容都在一列里，分隔符无法识别；请另存为 XLSX 或以逗号分隔的 CSV"
    )),
    (r"--map: column .* holds personal data.*", N_("含个人信息的列一律丢弃，不能对应到任何字段")),
    (r"--map: two columns are mapped to (\w+).*", N_("两列对应到了同一个字段")),
    (r".*\.xls\).*", N_("是旧版 Excel 文件（.xls），请另存为 .xlsx")),
    (r".*\.doc\).*", N_("是旧版 Word 文件（.doc），请另存为 .docx")),
    (r".*\.xlsb\).*", N_("是二进制工作簿（.xlsb），请另存为 .xlsx")),
    (r".*is called .* but holds.*", N_("扩展名与内容不符，请改正扩展名或重新导出")),
    (r".*one JSON array.*", N_("是一个 JSON 数组；请改为每行一个对象")),
    (r".*(?:HTML page|XML; open|OpenDocument).*", N_(
        "是网页、XML 或 OpenDocument 文件；请用表格软件打开后另存为 .xlsx"
    )),
    (r".*(?:binary data|not text in UTF-8).*", N_("不是可以识别的文本或表格")),
    (r".*damaged.*", N_("文件损坏；请重新复制、保存或导出")),
    (r".*(?:too large for a letter|no letter has).*", N_("文件过大，不像一封信")),
)  # fmt: skip
"""What an importer says → the Chinese text; the first that fits."""


def reason_of(visit: Visit, said: str) -> str:
    """The reason in the visitor's language; one that has no words here stays as it is."""
    if visit.language == "en":
        return said
    rest = said.removesuffix(_WITHOUT_REPLY)
    for pattern, words in _REASONS:
        if found := re.fullmatch(pattern, rest, re.DOTALL):
            values = {str(number): group for number, group in enumerate(found.groups(), 1)}
            told = visit.gettext(words, **values)
            return told + (visit.gettext("；该件已导入，只是没有答复") if rest != said else "")
    return said


def field_of(visit: Visit, field: str) -> str:
    """What a field is called; the name of a column that has no field stays."""
    if field.startswith("column "):
        return visit.gettext("第 %(n)s 列", n=field.removeprefix("column "))
    return visit.gettext(FIELDS[field]) if field in FIELDS else field

"""Sound inputs of every kind, all invented: what a mutation starts from."""

# ruff: noqa: E501 — rows and file formats are read line by line

from __future__ import annotations

import gzip
import io
import json
import zipfile
import zlib
from functools import cache
from pathlib import Path
from typing import Final

from openpyxl import Workbook

EXAMPLES: Final = Path(__file__).parents[2] / "examples"
HEADER: Final = ("标题", "内容", "留言时间", "地区", "姓名", "联系电话", "编号")
ROWS: Final = (
    (
        "工地扬尘",
        "环城路工地扬尘很大，门窗不敢开，请洒水。",
        "2026-03-01 08:30",
        "东澜区",
        "甲某",
        "13800138000",
        "A-1",
    ),
    ("补偿标准", "旱地补偿比邻村低两成，没有公示。", "2026/3/2", "柳湾村", "乙某", "010-62345678", "A-2"),
    ("半夜施工", "连续三晚施工到两点，孩子睡不着，打电话没人管。", "2026年3月3日", "", "", "", "A-3"),
)
TEXTS: Final = (
    "联系人：张建国，电话13800138000，住石盘镇柳湾村三组12号。请尽快处理。",
    "小区已停水三天，物业不管，居民多次反映无果，要求公布检修时间。",
    "【城市快报】环评公示发布，意见征集至本月底。",
    "#垃圾站选址# 在小学旁边建转运站，谁批的？//@某网友: 转发微博",
    "身份证430102199001011237，微信wxid_abc123，车牌湘A·12345，卡号6222020200012345678",
    "领导您好！我们是双河村村民，高速公路占了水渠，庄稼浇不上水。希望修好。",
)
QUERIES: Final = (
    "征地 补偿", '"补偿 标准"~3 OR 扬尘 -老王庄', "factor:air_pollution place:石盘镇", "published:[2026-01-01 TO 2026-02-01]",
    "(噪声 OR 粉尘) AND NOT title:公示", "escalation:>=3 grievance:yes", "like:小区半夜施工", "标题：环评 来源：news", "征*",
)  # fmt: skip
PAGE: Final = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>环评公示_东澜网</title>
<meta property="og:title" content="环评公示"><script type="application/ld+json">{"datePublished":"2026-03-01"}</script></head>
<body><div class="nav"><a href="/a">首页</a></div><h1>转运站环评公示</h1><div class="info">2026年03月01日 08:30 来源：东澜日报</div>
<div class="article"><p>东澜区城管局今日发布转运站环境影响评价公示，征求意见。</p><p>公众可在十个工作日内提出意见。</p>
<table><tr><td>联系人</td></tr></table><div style="display:none">隐藏</div></div><div class="footer">版权所有</div></body></html>"""
COUNTS: Final = tuple(
    {"series": "road", "timestamp": f"2026-03-{day:02d}T00:00:00", "count": day % 5, "exposure": 1.0} for day in range(1, 29)
)  # fmt: skip


def csv_file() -> bytes:
    """A petition export as a spreadsheet program writes it."""
    return "\n".join(",".join(row) for row in (HEADER, *ROWS)).encode("utf-8-sig")


def packed() -> bytes:
    return gzip.compress(csv_file(), mtime=0)


def json_lines() -> bytes:
    return "\n".join(json.dumps(dict(zip(HEADER, row, strict=True)), ensure_ascii=False) for row in ROWS).encode()


@cache
def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (HEADER, *ROWS):
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@cache
def letter() -> bytes:
    """A letter as a word processor saves it."""
    import docx

    paper = docx.Document()
    for line in ("关于转运站的意见", "2026年3月1日", *TEXTS[:2], "姓名：甲某", "电话：13800138000"):
        paper.add_paragraph(line)
    stream = io.BytesIO()
    paper.save(stream)
    return stream.getvalue()


@cache
def printed() -> bytes:
    """A PDF of one page with a text layer, written by hand."""
    shown = " ".join(f"<{line.encode('utf-16-be').hex()}> Tj 0 -20 Td" for line in ("关于扬尘的意见", *TEXTS[1:3]))
    content = zlib.compress(f"BT /F1 12 Tf 50 780 Td {shown} ET".encode())
    cmap = (
        b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <0000> <FFFF> endcodespacerange "
        b"1 beginbfrange <0000> <FFFF> <0000> endbfrange endcmap end"
    )
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>", b"<< /Type /Pages /Kids [6 0 R] /Count 1 >>",
        b"<< /Type /Font /Subtype /Type0 /BaseFont /S /Encoding /Identity-H /DescendantFonts [4 0 R] /ToUnicode 5 0 R >>",
        b"<< /Type /Font /Subtype /CIDFontType2 /BaseFont /S /CIDSystemInfo << /Registry (A) /Ordering (I) /Supplement 0 >> >>",
        b"<< /Length %d >> stream\n%s\nendstream" % (len(cmap), cmap),
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 3 0 R >> >> /Contents 7 0 R >>",
        b"<< /Length %d /Filter /FlateDecode >> stream\n%s\nendstream" % (len(content), content),
    )  # fmt: skip
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj %s endobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 %d\n0000000000 65535 f \n%strailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        len(objects) + 1, table, len(objects) + 1, len(out),
    )  # fmt: skip


@cache
def archive() -> bytes:
    """Letters in an archive."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("来信/一.docx", letter())
        packed.writestr("来信/二.txt", "\n".join(TEXTS[:3]))
        packed.writestr("来信/三.pdf", printed())
    return stream.getvalue()

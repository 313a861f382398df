"""The bulletin as one HTML file: no script, nothing loaded from anywhere, and set for print on A4."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from api.bulletin import words
from api.bulletin.content import Bulletin
from api.charts import svg, volume_spec
from api.policy.wording import without_control

STYLE: Final = """
@page { size: A4; margin: 18mm 16mm; }
body { font-family: "Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", SimHei, sans-serif;
  color: #1c242c; max-width: 46rem; margin: 2rem auto; padding: 0 1rem; line-height: 1.65; font-size: 15px; }
header { border-bottom: 3px solid #8c1d18; margin-bottom: 1.2rem; padding-bottom: .6rem; }
h1 { color: #8c1d18; font-size: 1.6rem; margin: 0; letter-spacing: .04em; }
h2 { font-size: 1.15rem; border-left: 5px solid #8c1d18; padding-left: .5rem; margin: 1.8rem 0 .6rem; }
h3 { font-size: 1.02rem; margin: 1.4rem 0 .3rem; }
p { margin: .35rem 0; } .meta, figcaption, .note { color: #55606b; font-size: .86rem; }
table { border-collapse: collapse; width: 100%; margin: .5rem 0 .8rem; font-size: .9rem; }
th, td { border: 1px solid #c8ced5; padding: .28rem .5rem; text-align: left; vertical-align: top; }
th { background: #f1f3f5; font-weight: 600; white-space: nowrap; } td.n { text-align: right; white-space: nowrap; }
figure { margin: .5rem 0; } figure svg { max-width: 100%; height: auto; }
section.project { break-inside: avoid-page; } h2, h3 { break-after: avoid; } tr, figure { break-inside: avoid; }
@media print { body { margin: 0; max-width: none; padding: 0; font-size: 10.5pt; } }
"""


def html(bulletin: Bulletin) -> str:
    """Raises ControlWording (E833) where a name of the registry proposes control."""
    parts = [
        f"<header><h1>{words.TITLE}</h1><p class='meta'>{escape(words.subtitle(bulletin))}</p></header>",
        f"<p>{escape(words.summary(bulletin))}</p>",
        "<h2>一、分级情况</h2>",
        _table(words.REGION_HEADS, words.region_rows(bulletin), numbers=(3, 4, 5)),
        "<h2>二、分项目情况</h2>",
        f"<p class='note'>{escape(words.CHART_KEY)}</p>",
        *(_project(bulletin, at) for at in range(len(bulletin.projects))),
        "<h2>三、派单情况（按单位）</h2>",
        _table(words.DISPATCH_HEADS, words.dispatch_rows(bulletin), words.NONE_RECORDED, numbers=(1, 2, 3)),
        "<h2>四、超过法定时限未见答复（按单位）</h2>",
        _table(words.CLOCK_HEADS, words.clock_rows(bulletin), words.NO_PETITION, numbers=(1, 2)),
        f"<p class='note'>{escape(words.CLOCK_NOTE)}</p>",
        "<h2>五、来源与缺口</h2>",
        _table(words.SOURCE_HEADS, words.source_rows(bulletin), words.NO_SOURCE, numbers=(1, 2, 3)),
        f"<p>{escape(words.late(bulletin))}</p>" if bulletin.late else "",
        "<h2>六、说明</h2>",
        "<ul>" + "".join(f"<li>{escape(line)}</li>" for line in words.limits(bulletin)) + "</ul>",
        f"<p class='meta'>生成时间：{bulletin.made_at.astimezone(bulletin.week.begin.tzinfo):%Y-%m-%d %H:%M}</p>",
    ]
    body = without_control("\n".join(parts))
    title = escape(f"{words.TITLE} {bulletin.week.name}")
    head = f"<meta charset='utf-8'><title>{title}</title><meta name='viewport' content='width=device-width'>"
    return (
        f"<!DOCTYPE html>\n<html lang='zh-CN'><head>{head}<style>{STYLE}</style></head>\n"
        f"<body>\n{body}\n</body></html>\n"
    )


def _project(bulletin: Bulletin, at: int) -> str:
    part = bulletin.projects[at]
    place = "　".join(filter(None, (part.region, part.stage)))
    alt = escape(f"{part.name}近八周每周新增负面诉求")
    chart = f"<figure role='img' aria-label='{alt}'>{svg(volume_spec(part.bars))}</figure>" if part.bars else ""
    incidents = "".join(f"<li>{escape(line)}</li>" for line in part.incidents)
    return "\n".join(
        (
            f"<section class='project'><h3>{escape(part.name)}</h3><p class='meta'>{escape(place)}</p>",
            f"<p>{escape(words.volume(part))}</p>",
            chart,
            f"<p>预警事件：{'' if incidents else words.NO_INCIDENT}</p>"
            + (f"<ul>{incidents}</ul>" if incidents else ""),
            "<p>风险点：</p>" if words.point_rows(bulletin, at) else "",
            _table(words.POINT_HEADS, words.point_rows(bulletin, at), f"风险点：{words.NO_POINT}"),
            "</section>",
        )
    )


def _table(
    heads: Sequence[str], rows: Sequence[Sequence[str]], empty: str = "无。", *, numbers: Sequence[int] = ()
) -> str:
    if not rows:
        return f"<p>{escape(empty)}</p>"
    head = "".join(f"<th>{escape(name)}</th>" for name in heads)
    body = "".join(
        "<tr>" + "".join(f"<td{' class=n' if n in numbers else ''}>{escape(cell)}</td>" for n, cell in enumerate(row))
        + "</tr>" for row in rows
    )  # fmt: skip
    return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"

"""The bulletin as a Word document: headings and tables as on the page, charts as pictures."""

from __future__ import annotations

import io

from docx.shared import Cm

from api.bulletin import words
from api.bulletin.content import Bulletin
from api.charts import png, volume_spec
from api.paper import Paper


def docx(bulletin: Bulletin) -> bytes:
    """Raises ControlWording (E833) where a name of the registry proposes control."""
    paper = _Paper(bulletin)
    paper.heading(words.TITLE, 0)
    paper.small(words.subtitle(bulletin), centred=True)
    paper.text(words.summary(bulletin))
    paper.heading("一、分级情况", 1)
    paper.table(words.REGION_HEADS, words.region_rows(bulletin))
    paper.heading("二、分项目情况", 1)
    paper.small(words.CHART_KEY)
    for at in range(len(bulletin.projects)):
        paper.project(at)
    paper.heading("三、派单情况（按单位）", 1)
    paper.table(words.DISPATCH_HEADS, words.dispatch_rows(bulletin), words.NONE_RECORDED)
    paper.heading("四、超过法定时限未见答复（按单位）", 1)
    paper.table(words.CLOCK_HEADS, words.clock_rows(bulletin), words.NO_PETITION)
    paper.small(words.CLOCK_NOTE)
    paper.heading("五、来源与缺口", 1)
    paper.table(words.SOURCE_HEADS, words.source_rows(bulletin), words.NO_SOURCE)
    if bulletin.late:
        paper.text(words.late(bulletin))
    paper.heading("六、说明", 1)
    for line in words.limits(bulletin):
        paper.text(line, style="List Bullet")
    paper.small(f"生成时间：{bulletin.made_at.astimezone(bulletin.week.begin.tzinfo):%Y-%m-%d %H:%M}")
    return paper.saved()


class _Paper(Paper):
    """The bulletin's paper, which also holds its charts."""

    def __init__(self, bulletin: Bulletin) -> None:
        super().__init__(f"{words.TITLE} {bulletin.week.name}", bulletin.made_at)
        self._bulletin = bulletin

    def project(self, at: int) -> None:
        part = self._bulletin.projects[at]
        self.heading(part.name, 2)
        self.small("　".join(filter(None, (part.region, part.stage))))
        self.text(words.volume(part))
        if part.bars:
            self._document.add_picture(io.BytesIO(png(volume_spec(part.bars))), width=Cm(15.5))
            self._describe_picture(f"{part.name}近八周每周新增负面诉求")
        if not part.incidents:
            self.text(f"预警事件：{words.NO_INCIDENT}")
        for line in part.incidents:
            self.text(line, style="List Bullet")
        self.table(words.POINT_HEADS, words.point_rows(self._bulletin, at), f"风险点：{words.NO_POINT}")

    def _describe_picture(self, text: str) -> None:
        self._document.inline_shapes[-1]._inline.docPr.set("descr", text)

"""Whether a matter was answered (P-25): what is overdue is told of the unit that owes the answer, not of who asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from api.tables import words
from api.tables.material import Material, Point

ACCEPT: Final = timedelta(days=15)
ANSWER: Final = timedelta(days=60)
"""受理告知 and 办结: 信访工作条例 2022, Art. 22, 23 and 34."""
CLOCK_NOTE: Final = (
    "“已有答复”以数据截至日计：信访件15日内告知受理、60日内办结（《信访工作条例》第二十二、二十三、三十四条），"
    "超期指责任单位未见关联答复，与反映人无关。热线时限各地不同，未计。"
)


def answered(material: Material, point: Point) -> str:
    """What is known of official answers to the petitions behind a risk point, at the moment of the data."""
    texts = material.store.stated(one.document_id for one in point.candidate.evidence)
    petitions = {key: one for key, one in texts.items() if one.genre == "petition"}
    numbers = point.numbers("official_reply")
    cited = f"（{numbers}）" if numbers else ""
    if not petitions:
        return f"有官方答复{cited}" if numbers else "无须计时的信访件，未见关联答复"
    replied = material.store.reply_dates(petitions)
    waiting = [one for key, one in petitions.items() if key not in replied]
    if not waiting:
        return f"均有关联答复{cited}"
    said = f"部分有关联答复{cited}" if len(waiting) < len(petitions) else "未见关联答复"
    ages = [material.as_of - one.published_at for one in waiting if one.published_at is not None]
    oldest = max(ages, default=timedelta())
    if oldest > ANSWER or oldest > ACCEPT:
        unit = words.units(point.candidate.proposed_units.primary)
        return f"{said}，已超过{60 if oldest > ANSWER else 15}日（建议责任单位：{unit}）"
    return said

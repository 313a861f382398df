"""Posts and news (微博、新闻): genre by form, and a grievance probability that does not take chatter for complaint."""

from __future__ import annotations

import re
from typing import Final

import numpy as np

from models.linear.ngrams import Floats
from models.linear.raw import Heads, Raw
from models.linear.signals import Signals

SOCIAL: Final = frozenset({"weibo", "news", "notice"})
"""Source kinds whose genres are post, news, notice, ad and other."""
_HEADLINE = re.compile(r"^\s*(?:#[^#]{1,40}#\s*)*【[^】]{4,60}】")
_REPORT = re.compile(r"(?:记者|通讯员|报道|据(?:悉|了解|介绍)|新华社|央视|日报|晚报|晚报讯|新闻发布会|发布会|通报称)")
_DATELINE = re.compile(r"\d{1,2}月\d{1,2}日[，,]?")
_NOTICE = re.compile(r"(?:公告|通告|公示|温馨提示|停电通知|停水通知|通知如下|特此(?:公告|通告|通知))")
_AD = re.compile(r"(?:包邮|优惠券|下单|秒杀|代购|加微信|抽奖|转发.{0,6}抽|淘宝|旗舰店|折扣|到手价)")
_OWN_VOICE = re.compile(r"(?:我(?!国|市|省|县|区|校|院)|俺|咱|求助|维权|投诉|请问|@)")
_COMPLAINT = re.compile(
    r"(?:投诉|维权|举报|求助|不作为|没人管|无人管|推诿|拖欠|欠薪"
    r"|骗|黑心|不给|不退|不解决|违法|侵权|还我|退款|退钱|停水|停电|扰民|污染|乱收费|曝光|讨说法)"
)


def social_features(raw: Raw, heads: Heads, found: Signals, text: str) -> Floats:
    """What tells a complaint from chatter whatever the platform's style: few, and none of them a topic word."""
    count = len(heads.factors)
    whole = raw.text[2 * count :]
    labels = [f"{head}:{label}" for head, names in heads.others.items() for label in names]
    clause = np.sort(raw.best_clause())[::-1]
    own = float(min(len(_OWN_VOICE.findall(text)), 4))
    complaints = float(min(len(_COMPLAINT.findall(text)), 4))
    form = (float(bool(_HEADLINE.search(text))), float(min(len(_REPORT.findall(text)), 3)), float(np.log1p(len(text))))
    hits = np.minimum(found.factors[:, :3].sum(axis=0), 4)
    scores = (whole[labels.index("grievance:grievance")], whole[labels.index("attitude:negative")])
    top = np.sort(raw.text[:count])[::-1][:2]
    return np.array([*scores, *top, *clause[:3], *hits, own, complaints, own * complaints, *form], dtype=np.float32)


def social_genre(text: str, source_kind: str | None) -> dict[str, float]:
    """Probabilities of post, news, notice, ad and other, by the form of the text."""
    weight = {"post": 1.0, "news": -1.2, "notice": -3.0, "ad": -3.0, "other": -4.0}
    weight["news"] += 2.2 * bool(_HEADLINE.search(text)) + 0.8 * min(len(_REPORT.findall(text)), 2)
    weight["news"] += 0.7 * bool(_DATELINE.search(text)) + 4.0 * (source_kind == "news")
    weight["news"] -= 0.9 * min(len(_OWN_VOICE.findall(text)), 2)
    weight["notice"] += 1.5 * min(len(_NOTICE.findall(text)), 2) + 6.0 * (source_kind == "notice")
    weight["ad"] += 1.6 * min(len(_AD.findall(text)), 3)
    weight["other"] += 4.5 * (len(text.strip()) < 6)
    logits = np.array(list(weight.values()))
    share = np.exp(logits - logits.max())
    return {f"genre:{label}": float(p) for label, p in zip(weight, share / share.sum(), strict=True)}

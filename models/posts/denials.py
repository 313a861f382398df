"""Official statements (情况通报、辟谣): what an authority says about a complaint, and the complaint that it quotes.

What stands in a quoted rumour is nobody's grievance: the text says it to deny it, or to say what was done about it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from models.lexicon.matching import SENTENCE_ENDS, clause_end
from models.normalise import folded
from models.posts.anatomy import Anatomy, anatomy
from models.spans import Finding, mark

_RUMOUR: Final = re.compile(
    r"(?:网传|网络流传|网上流传|流传|网络传言|传言|谣传|针对|对于|关于|就)(?:网上|网络|微博|微信|抖音|论坛|贴吧|近日|近期|我[市县区镇校]|部分)*"
    r"(?:网友|网民|业主|群众|市民|居民|村民|家长|媒体)?(?:反映|流传|热议|关注|发帖|爆料|投诉|质疑|称|说|的)*"
    r"[“\"「『](?P<quoted>[^”\"」』\n]{2,60})[”\"」』]"
    r"|(?:网传|网络流传|有网[民友](?:发布|发帖|反映|爆料|称|在[^，。\n]{1,12}(?:发布|反映|称))+)[“\"]?(?P<said>[^，。！？“”\"\n]{4,50})"
    r"|(?:针对|对于|关于)(?:网上|网络|近日|近期|有|部分|我[市县区镇])*(?:网友|网民|业主|群众|市民|居民|村民|家长|媒体)(?:们)?(?:反映|投诉|质疑|发帖|爆料|曝光)的?[“\"]?"
    r"(?P<told>[^，。！？“”\"\n]{4,50}?)(?:[”\"]?的?(?:问题|情况|一事|说法|视频|消息|诉求)?[，。])"
    r"|[“\"「『](?P<denied>[^”\"」』\n]{2,60})[”\"」』](?:一说|的说法|等说法|的消息|视频|言论|信息)?(?:系|为|是|纯属|属)?(?:不实|谣言|假的|误读|旧闻|虚假)"
)
_DENIAL: Final = re.compile(
    r"不实(?:信息|言论|内容|传言|消息)?|(?<!可能)不属实|与事实不符|纯属(?:谣言|虚构|捏造)|(?:系|为|是|属)(?:谣言|误读|旧闻|虚假信息|断章取义|恶意编造)"
    r"|辟谣|断章取义|不信谣|不传谣|不造谣|未发现[^，。]{0,16}|从未(?:有|发生|发起)[^，。]{0,14}|并(?:非|未)[^，。]{2,14}|虚构事实|查无此事|子虚乌有"
)
_STATEMENT: Final = re.compile(
    r"(?:情况|警情|调查|处理|事件)?通报(?:称|指出|如下)|(?:情况|警情)通报|情况说明|(?:官方|局|委|办|镇政府|县政府|区政府|公司|医院|校方|警方|集团|街道|社区)(?:今日|昨日|昨晚|今早|最新|回应|已)*"
    r"回应|(?:经|据)(?:查|核查|核实|调查|了解|现场核查|初步调查)[，,:：]|联合调查组|调查结果|成立调查组|已?责令|立案(?:调查|审查)|依法(?:处理|查处|处罚|予以)"
    r"|(?:相关)?负责人(?:表示|介绍|称)|(?:局|厅|委|办|院|政府|部门|警方)(?:相关负责人)?(?:表示|称|介绍|提醒)[，,：:]?|法院(?:认为|判决|驳回)|一审判决|二审"
)
_OWN_VOICE: Final = re.compile(
    r"(?<![“\"])(?:我(?![国市省县区校院局委镇])|俺|咱)|你们|求(?:助|爆|扩|转|关注)|凭啥|凭什么"
)
_AT_LEAST: Final = 2
"""Signs (headline, statement, denial, rumour) from which a text without a first person is an office's or a report."""


def find(text: str) -> list[Finding]:
    """Rumours, denials and statements in a folded text: labels ``rumour``, ``denial``, ``statement``, in text order."""
    found = []
    for match in _RUMOUR.finditer(text):
        name = next(name for name, value in match.groupdict().items() if value is not None)
        found.append(Finding(*match.span(name), "rumour"))
    quoted = [(finding.start, finding.end) for finding in found]
    for label, pattern in (("denial", _DENIAL), ("statement", _STATEMENT)):
        for match in pattern.finditer(text):
            if not any(start <= match.start() < end for start, end in quoted):
                found.append(Finding(*match.span(), label))
    return sorted(found, key=lambda finding: (finding.start, finding.end, finding.label))


def speaks_officially(read: Anatomy, found: list[Finding]) -> bool:
    """Whether a text without a first person reports or answers a complaint instead of making one."""
    own = read.words(*read.own)
    without_quotes = re.sub(r"[“\"「『][^”\"」』\n]{1,80}[”\"」』]", "", own)
    if _OWN_VOICE.search(without_quotes):
        return False
    labels = {finding.label for finding in found if finding.end <= read.own[1]}
    heads = any(part.start < read.own[1] and part.start <= _opening(read) for part in read.of("headline"))
    return len(labels & {"denial", "statement"}) + ("rumour" in labels) + heads >= _AT_LEAST


def _opening(read: Anatomy) -> int:
    """Where running text begins or its first sentence ends: a headline stands before that."""
    return clause_end(read.text, 0, SENTENCE_ENDS) if read.text else 0


if not Doc.has_extension("speaks_officially"):
    Doc.set_extension("speaks_officially", default=False)


class Denials:
    """Leaves ``doc.spans["denials"]`` (rumour, denial, statement) and sets ``doc._.speaks_officially``."""

    def __call__(self, doc: Doc) -> Doc:
        found = find(folded(doc))
        mark(doc, "denials", found)
        doc._.speaks_officially = speaks_officially(doc._.anatomy or anatomy(doc.text), found)
        return doc


@cache
def _component() -> Denials:
    return Denials()


@Language.factory("denials", assigns=["doc.spans", "doc._.speaks_officially"], requires=["token.text"])
def make_denials(nlp: Language, name: str) -> Denials:
    """The component; it reads the anatomy when an earlier component has left it."""
    return _component()

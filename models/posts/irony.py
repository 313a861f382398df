"""Irony (反讽): praise and thanks for what nobody would be thankful for. Cues, no verdict."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from spacy.language import Language
from spacy.tokens import Doc

from models.lexicon.matching import SENTENCE_ENDS, clause_end, clause_start
from models.normalise import fold
from models.posts.disguises import reading_copy
from models.spans import Finding, mark

_HARM: Final = re.compile(
    r"没(?:了|人|有|水|电|暖|见|来|修|发|拿|通|给|钱|动静|下文)|不(?:给|发|让|管|修|退|通|回|接|认|敢|见|动)|停[水电暖工]|欠|漏|臭|噪音|吵|断[水电供]"
    r"|拆|裂|塌|烂尾|板房|被(?:打|拆|骗|拖|停|扣|锁|踢)|跑路|骗|罚|扣|推诿|踢皮球|失联|排队|等了|涨|堵|熏|污染|黑烟|垃圾|摔|撞|死"
    r"|(?:住|等|熬|拖|跑)了?(?:整整)?[\d一二三四五六七八九十两几]+(?:多)?[年月天趟次]|至今|凌晨|半夜|缩水|假|泡|发霉|过期"
)
_OFFICIAL: Final = (
    r"已?(?:办结|处理|处置|解决|整改|受理|达标|约谈|复工|协商|转办)|高度重视|未超标|不超标|自愿|和谐|合规|手续齐全|符合(?:国标|规定|要求|安全)"
    r"|为民|惠民|民心|优化|流程|正常|满意|理解|克服|协商|依法|阳光|文明|稳步推进|正在[论研]证|不可抗力|沟通|保管|帮扶|公示"
)
_CUES: Final = {
    "mock_thanks": re.compile(
        r"(?:真是|可真|真的?|太|非常|衷心|特别|由衷)?(?:感谢|谢谢|感恩|多谢|拜谢)[^，。！？\n]{0,14}?(?:领导|开发商|物业|政府|公司|老板|关怀|厚爱"
        r"|关心|照顾|贵|你们|让我|教会|赐)|(?:热烈)?(?:祝贺|恭喜|庆祝)[^，。！？\n]{0,16}"
    ),
    "mock_praise": re.compile(
        r"不愧是|可真(?:行|棒|好|会|牛|贴心|温柔)|真(?:是)?(?:好样的|贴心|温柔|会玩|有才|棒|行|厉害|绝)|好一个|厉害了|了不起|绝了|太(?:贴心|周到|伟大|先进)"
        r"|主打一个|啊对对对|牛[批逼]|高[，,]?实在是高|好家伙|多么(?:和谐|贴心|感人)|五星级|百年大计|佩服|叹为观止|开了?眼"
    ),
    "mock_word": re.compile(rf"[“\"「『](?:{_OFFICIAL})[^”\"」』\n]{{0,6}}[”\"」』]"),
    "mock_smile": re.compile(
        r"呵呵|\[(?:微笑|鼓掌|并不简单|拜拜|good|赞|给力|二哈|哈哈|抱拳|作揖|吃瓜)\]|[🙏👏👍🎉🌹✨🙂🙃]{1,}|笑死|笑了|绷不住"
    ),
    "rhetorical": re.compile(
        r"(?:难不成|莫非|合着|敢情|请问)[^。！？\n]{2,24}[?？]|[^，。！？\n]{1,14}(?:长翅膀|长腿|自己飞|晕车|体育老师教|平流层|演员|段子|练出来)"
    ),
}


def find(text: str) -> list[Finding]:
    """The cues in a folded text that stand beside a harm: label = what is mocked or how, in text order.

    A cue counts where its sentence, or the one after it, tells a harm; thanks and praise alone are meant as they stand.
    """
    found = []
    for label, pattern in _CUES.items():
        for match in pattern.finditer(text):
            left = clause_start(text, match.start(), SENTENCE_ENDS)
            right = clause_end(text, match.end(), SENTENCE_ENDS)
            if label in ("mock_thanks", "mock_praise"):
                right = clause_end(text, min(right + 1, len(text)), SENTENCE_ENDS)
            if label == "mock_smile":
                left = clause_start(text, max(0, left - 1), SENTENCE_ENDS)
            around = text[left : match.start()] + " " + text[match.end() : right]
            if label == "mock_thanks":
                around = text[left:right]
            if _HARM.search(around):
                found.append(Finding(match.start(), match.end(), label))
    return sorted(found, key=lambda finding: (finding.start, finding.end, finding.label))


class IronyCues:
    """Leaves ``doc.spans["irony"]``, read through disguised words."""

    def __call__(self, doc: Doc) -> Doc:
        read = doc._.reading or reading_copy(doc.text)
        found = []
        for cue in find(fold(read.text)):
            start, end = read.original(cue.start, cue.end)
            found.append(Finding(start, end, cue.label))
        mark(doc, "irony", found)
        return doc


@cache
def _component() -> IronyCues:
    return IronyCues()


@Language.factory("irony", assigns=["doc.spans"], requires=["token.text"])
def make_irony(nlp: Language, name: str) -> IronyCues:
    """The component; it reads through disguised words when an earlier component has read them."""
    return _component()

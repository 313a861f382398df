"""Who asserts a cue: the writer, an eyewitness, hearsay, a supposition, a denial or the news (BRIEF §5.3)."""

from __future__ import annotations

import re

from models.lexicon.cautions import NEGATION_WINDOW
from models.lexicon.matching import SENTENCE_ENDS, clause_end, clause_start

OWN = frozenset({"first_person", "witness"})
"""Only these raise a level by themselves."""
_DENIED = re.compile(
    "不会|不想|绝不|不是要|从未|没有(?!人管|得到|说法)|不愿|别逼|避免|防止|担心|以免|免得|禁止|严禁|杜绝|预防|不得|切勿|不要|并非|怕|谨防|制止"
)
_SUPPOSED = re.compile(
    "如果|假如|倘若|要是|若是|若(?!干)|万一|一旦|难道(非?要|是要|真的?要|就是)|是不是(非?要|想)|要不是|否则|要不然|不然|"
    "将会?|恐怕|可能(会|造成|引发|导致|发生)|很?容易(发生|引发|造成|出现)?|随时(会|都会|可能)?引|会不会|是否|能否|可否|应该?|请求|建议|希望"
)
_FORCED = re.compile("不得不|只能|只好|别逼|非要|非得|逼(得|着)?我")
"""Of a gathering or a visit these are announcements with an if; of one's own life they are a call for help."""
_SUPPOSED_AFTER = re.compile("^.{0,6}(怎么办|的话|的危险|的风险|的可能|谁来?负责|的隐患)")
_REPORTED = re.compile(
    "听说|据说|据传|传言|有人说|据.{0,6}(反映|报道|了解|称)|听(人|别人|邻居|朋友)|新闻|报道|网上(说|看到|流传)|看到.{0,4}(帖|新闻|报道)|曾经有|历史上|其他(小区|村|地方|城市)|外地|别的(小区|村|地方)"
)
_SELF = re.compile("我|咱|本人|本村|本小区|笔者|俺")


def speaker_of(text: str, start: int, end: int, source_kind: str | None = None, *, of_a_life: bool = False) -> str:
    """The status of the cue at ``start:end`` of a folded text.

    One of first_person, witness, reported, hypothetical, negated, news. A denial counts within six characters before
    the cue, a supposition within its clause and the one before, hearsay and the first person within its sentence.
    ``of_a_life`` marks cues of self-harm, for which 只能 and 逼我 are no supposition.
    """
    if source_kind == "news":
        return "news"
    clause = clause_start(text, start)
    if _DENIED.search(text, max(clause, start - NEGATION_WINDOW), start):
        return "negated"
    clause_before = (
        text[clause_start(text, max(0, clause - 1)) : clause] if clause and text[clause - 1] in "，," else ""
    )
    after = text[end : clause_end(text, end)]
    if _SUPPOSED.search(text, max(clause, start - 14), start) or _SUPPOSED_AFTER.search(after):
        return "hypothetical"
    if not of_a_life and _FORCED.search(text, max(clause, start - 14), start):
        return "hypothetical"
    if re.search("如果|假如|倘若|要是|万一|一旦", clause_before):
        return "hypothetical"
    sentence = text[clause_start(text, start, SENTENCE_ENDS) : clause_end(text, end, SENTENCE_ENDS)]
    if _REPORTED.search(text, clause_start(text, start, SENTENCE_ENDS), start):
        return "reported"
    return "first_person" if _SELF.search(sentence) else "witness"

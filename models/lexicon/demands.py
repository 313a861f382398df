"""What the writer asks for (诉求): the clause that says it, chosen among all that could."""

from __future__ import annotations

import re
from functools import cache
from itertools import accumulate

from spacy.language import Language
from spacy.tokens import Doc

from models.lexicon.ranking import Candidate, plain, ranker
from models.normalise import folded
from models.spans import Finding, mark

_CUE = re.compile(
    "强烈(?:要求|请求|呼吁|建议|希望)|恳请|恳求|肯请|请求|敬请|特请|还请|麻烦|请问|想问|想请|求问|咨询|想了解|想知道|请(?!教|假|愿|客)|希望|期望|盼望|期盼|期待|只求|但愿|望(?!着|见|去|不到|风)|盼|要求|建议|呼吁|"
    "求助|能否|可否|能不能|可不可以|可以不|是否|何时|什么时候|啥时候|几时|何年|怎么|如何|为什么|为何|哪里|谁来|多少|到底|究竟|"
    "尽快|早日|及时|立即|马上|赶紧|尽早|督促|责令|责成|敦促|"
    "还我|还百姓|还老百姓|还居民|还业主|还大家|给我|给个|给予|给一个|为我|帮我|帮忙|让我|"
    "替我|予以|应该|应当|应(?!有|用|急|付)|必须|需要|不要|严惩|严查|查处|取缔|彻查|解决|处理|落实|加强|吗|呢|做主|作主|公道"
)
_STRONG = re.compile(
    "恳请|恳求|请求|敬请|希望|要求|建议|望|请|盼|呼吁|能否|可否|能不能|何时|什么时候|尽快|督促|责令|还我|给我|帮|求"
)
_VAGUE = re.compile("重视|关注|关心|考虑|了解|调查|核实|协调|支持|监督|帮助|做主|作主|解决|出面|百忙")
_CONCRETE = re.compile(
    "尽快|立即|早日|停止|拆除|取缔|搬|修|建|补|退|赔|发|查处|整改|整治|恢复|安装|增|开通|公开|落实|兑现|办理|处罚|还|给"
)
_ENDS = re.compile("[。！？!?；;，,\n：:…]+|(?<=[^\\d])\\.(?=[^\\d]|$)")
_OPENING = re.compile(
    r"^(?:[\s　“”\"()（）《》、.\d①②③④⑤⑥一二三四五六七八九十]{0,4}(?<![一二三四五六七八九十\d])|因此|所以|"
    r"故此|故|在此|现在?|特此?|同时也?|另外|最后|并且|而且|但是|但|也|还|再次|谢谢|综上所述?|为此|以上|我们?|本人|我在此|只)+"
)
_CLOSING = re.compile(r"(?:[\s　”\"）)]|谢谢.*|为感|为谢|为盼|万分感谢|感谢.*|拜托.*|啊|吧(?=$))+$")
LONGEST = 3
"""Clauses that one demand may span; longer ones are marked in under one text in fifty."""
COURTESY = 40
"""Characters at the end of a demand in which thanks are looked for and left out."""


def clauses(text: str) -> list[tuple[int, int, str]]:
    """The clauses of a folded text as (start, end, the punctuation that ends it)."""
    found, at = [], 0
    for match in _ENDS.finditer(text):
        if text[at : match.start()].strip():
            found.append((at, match.start(), match.group()[0]))
        at = match.end()
    if text[at:].strip():
        found.append((at, len(text), "$"))
    return found


def candidates(text: str) -> list[Candidate]:
    """Every run of up to three clauses that begins with, or at, a demand, with the features that the ranker weighs."""
    parts = clauses(text)
    title = text.find("\n")
    strong = [bool(_STRONG.search(text, start, end)) for start, end, _ in parts]
    later = list(accumulate(reversed(strong), initial=0))[-2::-1]
    found = []
    for number, (start, end, _) in enumerate(parts):
        cues = list(_CUE.finditer(text, start, end))
        if not cues and parts[number][2] not in "?？" and start > title:
            continue
        opening = _OPENING.match(text[start:end])
        begins = {start + len(text[start:end]) - len(text[start:end].lstrip()): "clause"}
        if opening and start + opening.end() < end:
            begins[start + opening.end()] = "opening"
        for cue in cues[:2]:
            begins.setdefault(cue.start(), "cue")
        shared = [
            f"later{min(3, later[number])}",
            f"fromend{min(6, len(parts) - 1 - number)}",
            f"at{10 * start // max(1, len(text))}",
            "title" if start < title else "body",
            f"ends{parts[number][2]}",
            f"after{parts[number - 1][2] if number else '^'}",
            *{f"has={cue.group()}" for cue in cues},
        ]
        for begin, kind in begins.items():
            for length in range(1, LONGEST + 1):
                last = number + length - 1
                if last >= len(parts) or (length > 1 and parts[last - 1][2] not in "，,：:"):
                    break
                whole = text[begin : parts[last][1]]
                closing = _CLOSING.search(whole, max(0, len(whole) - COURTESY))
                stop = begin + (closing.start() if closing else len(whole))
                if stop - begin < 3:
                    continue
                found.append(Candidate(begin, stop, (*shared, *_extent(text, parts, number, last, begin, stop, kind))))
    return found


def _extent(
    text: str, parts: list[tuple[int, int, str]], number: int, last: int, begin: int, stop: int, kind: str
) -> list[str]:
    """Features of where a candidate begins and ends, and of what it would leave out."""
    words = plain(text[begin:stop])
    first = _CUE.match(text, begin)
    features = [
        kind,
        f"first={words[:1]}",
        f"first2={words[:2]}",
        f"first3={words[:3]}",
        f"cue={first.group() if first else ''}",
        f"{kind}:cue{bool(first)}",
        f"size{min(8, (stop - begin) // 5)}",
        f"last2={words[-2:]}",
        f"clauses{last - number + 1}",
        f"left={plain(text[max(0, begin - 2) : begin])}",
        f"left1={plain(text[max(0, begin - 1) : begin])}",
        f"stops{parts[last][2]}",
        f"vague{bool(_VAGUE.search(words))}concrete{bool(_CONCRETE.search(words))}clauses{last - number}",
    ]
    features += [f"verb={verb}" for verb in {*_VAGUE.findall(words), *_CONCRETE.findall(words)}]
    opening = text[begin : min(stop, parts[number][1])]
    vague, concrete = bool(_VAGUE.search(opening)), bool(_CONCRETE.search(opening))
    features.append(f"opens{vague}{concrete}{min(4, len(opening) // 5)}clauses{last - number}")
    if last > number:
        joined = plain(text[parts[last][0] : parts[last][0] + 2])
        features += [
            f"joined={joined}",
            f"joined1={joined[:1]}",
            f"joinedcue{bool(_STRONG.search(text, *parts[last][:2]))}{vague}{concrete}",
        ]
        features.append(f"joins{bool(_CONCRETE.search(text, *parts[last][:2]))}{vague}{concrete}")
        features.append(f"joinedsize{min(4, (parts[last][1] - parts[last][0]) // 5)}")
    if last + 1 < len(parts) and parts[last][2] in "，,":
        beyond = plain(text[parts[last + 1][0] : parts[last + 1][0] + 2])
        features += [
            f"beyond={beyond}",
            f"beyond1={beyond[:1]}",
            f"beyondcue{bool(_STRONG.search(text, *parts[last + 1][:2]))}{vague}{concrete}",
        ]
        features.append(f"beyond{bool(_CONCRETE.search(text, *parts[last + 1][:2]))}{vague}{concrete}")
    return features


class Demands:
    """Leaves ``doc.spans["demands"]``: the best passage, label demand, or nothing."""

    def __call__(self, doc: Doc) -> Doc:
        best = ranker("demand").best(candidates(folded(doc)))
        mark(doc, "demands", [Finding(best.start, best.end, "demand")] if best else [])
        return doc


@cache
def _component() -> Demands:
    return Demands()


@Language.factory("demands", assigns=["doc.spans"], requires=["token.text"])
def make_demands(nlp: Language, name: str) -> Demands:
    """The component with the shipped ranker."""
    return _component()

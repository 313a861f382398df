"""Units asked (诉求对象): whom the text reports to, asks or expects an answer from; not who is competent."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

import ahocorasick
from spacy.language import Language
from spacy.tokens import Doc

from models import organisations
from models.passages import Passages
from models.spans import Finding, mark
from models.taxonomy import taxonomy

ASKED_BEFORE = re.compile(
    r"(?:向|找(?:了|到|过)?|拨打(?:了|过)?|打(?:了|过|给)?|致电|联系(?:了|过|上)?|咨询(?:了|过)?|投诉(?:到|至|过|了|给)?|"
    r"反映(?:到|给|至)|反馈(?:到|给|至)|求助(?:于|了)?|上访到?|举报(?:到|至|给)|报告(?:给|到)|报(?:给|到)|"
    r"请|请求|恳请|恳求|希望|望|盼望?|建议|要求|督促|敦促|呼吁|尊敬的)[“\"（(]?$"
)
WENT_BEFORE = re.compile(r"(?:去|到|去过|到过|跑到?|给|跟|和|与|问(?:了|过)?|报)$")
ASKED_AFTER = re.compile(
    r"(?:的?(?:领导|工作人员|负责人|电话|热线|平台)?(?:们)?)?(?:多次|也|都|再次|早点|能够?|可以|一直|却|对此)*(?:去|进行)?"
    r"(?:反映|反馈|投诉|举报|咨询|询问|求助|上访|要说法|交涉|协商|沟通|打(?:过|了)?电话|尽快|尽早|及时|介入|出面|核查|核实|调查|"
    r"协调|关注|重视|给予?(?:个|一个)?(?:说法|答复|回复|解释)|回复|答复|推诿|推脱|踢皮球|相互推|互相推|置之不理|不作为|"
    r"不予?(?:理|管|受理|处理|解决)|没有?(?:人)?(?:管|理|回复|答复|解决)|未(?:予)?(?:回复|答复|解决|处理))"
)
AND = re.compile(r"(?:[、和及与或]|以及|，又?找?)$")
NOBODY_NAMED = re.compile(
    r"(?:各级|有关|相关|上级|主管|职能|当地|政府)+(?:政府)?(?:职能|主管)?(?:部门|领导|单位|政府)(?:领导)?|(?<![一-龥])政府(?:部门)?|各?部门领导|各位领导|领导"
)
OFFICES = re.compile(
    r"(?P<head>[市县区]委书记|[市县区州]长|书记)|(?P<town>[镇乡]长|镇党委书记)|(?P<village>村支书|村主任)"
)
CONTEXT = 12


@cache
def _aliases() -> ahocorasick.Automaton:
    automaton = ahocorasick.Automaton()
    for unit in taxonomy().units.values():
        if unit.kind == "market_actor":
            continue
        for name in (*unit.aliases, *unit.legacy_names):
            automaton.add_word(name, (len(name), unit.code))
    automaton.make_automaton()
    return automaton


def _named(text: str) -> list[Finding]:
    """Everything in the text that could be asked: organisations, unit names, offices, and nobody in particular."""
    found = [*organisations.find(text)]
    found += [Finding(last - size + 1, last + 1, code) for last, (size, code) in _aliases().iter(text)]
    offices = {"head": "county_government", "town": "township_subdistrict", "village": "village_community"}
    found += [Finding(m.start(), m.end(), offices[str(m.lastgroup)]) for m in OFFICES.finditer(text)]
    found += [Finding(m.start(), m.end(), "unknown") for m in NOBODY_NAMED.finditer(text)]
    return _longest(found)


def _longest(findings: Iterable[Finding]) -> list[Finding]:
    """The findings in text order, the longer one where two overlap (a unit before "organisation" at equal length)."""
    kept: list[Finding] = []
    taken = Passages()
    for item in sorted(findings, key=lambda f: (f.start - f.end, f.label in ("organisation", "unknown"), f.start)):
        if not taken.overlap(item.start, item.end):
            taken.add(item.start, item.end)
            kept.append(item)
    return sorted(kept, key=lambda f: f.start)


def find(text: str) -> list[Finding]:
    """Whom the text asks, in text order; label is the unit code, or "unknown" where no unit can be told."""
    asked: list[Finding] = []
    for item in _named(text):
        before = text[max(0, item.start - CONTEXT) : item.start]
        after = ASKED_AFTER.match(text, item.end, item.end + CONTEXT)
        listed = bool(asked) and AND.fullmatch(text[asked[-1].end : item.start]) is not None
        reached = WENT_BEFORE.search(before) is not None and after is not None
        if ASKED_BEFORE.search(before) or reached or listed or (after is not None and item.label != "organisation"):
            label = "unknown" if item.label == "organisation" else item.label
            asked.append(Finding(item.start, item.end, label))
    return asked


class Addressed:
    """Leaves ``doc.spans["addressed"]``."""

    def __call__(self, doc: Doc) -> Doc:
        mark(doc, "addressed", find(doc.text))
        return doc


@Language.factory("addressed", assigns=["doc.spans"], requires=["token.text"])
def make_addressed(nlp: Language, name: str) -> Addressed:
    """Units asked, by the verbs around their names (BRIEF §5.1, addressed_authority)."""
    return Addressed()

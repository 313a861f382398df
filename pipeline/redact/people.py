"""Names of people (人名): surname, context, titles, signatures and repetition decide together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import rjieba

from models import names as person_names
from models.names import NameCandidate, Segments
from models.surnames import COMPOUND_SURNAMES, FREQUENT_SURNAMES, SURNAMES
from pipeline.redact.cues import (
    CONTACT_AFTER,
    CONTACT_BEFORE,
    FAMILY_AFTER,
    FORM_LABEL,
    LABELLED_NAME,
    LATIN_NAME,
    OWN_NAME,
    PARTY,
    SELF,
    SELF_NAMING,
)
from pipeline.redact.finding import Finding
from pipeline.redact.masked import PREPOSITIONS, masked_names
from pipeline.redact.minorities import minority_names
from pipeline.redact.public import BRANDS_AND_STATESMEN, NOT_NAMES, PUBLIC_FIGURES
from pipeline.redact.titles import COURTESY_AFTER, COURTESY_BEFORE, POST_AFTER, POST_BEFORE

THRESHOLD: Final = -1.5
"""Log-odds from which a candidate is a name: below even, because a name that stays is worse than a word that goes."""

PLACE_AFTER: Final = re.compile(
    r"(?:大|新|老|东|西|南|北|中|一|二|三|上|下)?(?:村|路|街|镇|乡(?!亲)|县|桥|"
    r"湖|山|河|湾|冲|坪|岭|寨|庄|屯|沟|塘|洲|港|集|堡|垸|畈|巷|湾里|水库|公园|广场|"
    r"花园|大道|公馆|小区|社区|片区|新区|开发区|学校|小学|中学|幼儿园|医院|酒店|"
    r"宾馆|饭店|餐馆|超市|"
    r"公司|集团|有限|工业|安置|纪念馆|故居|祠|墓园|庙|寺|府|苑|城|郡|站|市场|市(?!长|"
    r"民)|区(?!长)|段|线|嘴|坡|垭|坝|井|铺|组|大厦|大楼|项目|物业|牌|宗祠|氏|记(?!者)|"
    r"烧烤|粮油|建材|工程|精神|村委|党支部|专卖|门店|旗舰|商行|商店|药房|中心|中学|"
    r"大学|老街|古城|楼盘)"
)
_ESTATE_AFTER: Final = re.compile(
    r"[\u4e00-\u9fff]{1,3}(?:园|庭|苑|小区|广场|酒吧|酒店|英语|教育|[一二三四]期|物业|公馆|三岔|大院)"
)
"""What follows the first half of an estate's, a shop's or a crossing's name."""
_TITLED: Final = re.compile(f"({'|'.join(sorted(COMPOUND_SURNAMES))}|[{''.join(sorted(SURNAMES))}])(?=[\u4e00-\u9fff])")
_VERBS: Final = frozenset("请找叫跟问让给被与")
_HAMLET: Final = frozenset("山冲湾桥坪岭村寨庄屯沟塘洲港集堡垸畈巷河坡垭坝井岗嘴园院店营渡口铺台圩埠坑畔滩")
_JOINTS: Final = frozenset("和与、,。的请找跟及 \n")
_UNLIKELY: Final = frozenset("车商井门边花查路池台应计木水胜符解游车官宗明相")
_DISTRICT: Final = frozenset("路街镇区县市乡村庄")
_ROLES: Final = frozenset(["村民", "居民", "业主", "老板", "师傅", "先生", "女士", "老师", "书记", "主任"])
_FUNCTION: Final = frozenset("和向时应都全当如经由同连从到为把被对及与即有尚")
_NOT_LAST: Final = frozenset("于在和与的是被把给对从也都就")
_SPEAKING: Final = frozenset("说的您你好让要:和也")
_WEAK: Final = frozenset("曾付利盖习都")
_SHEETS: Final = frozenset("了贴一这那每几两张份")
"""Before 张 they count sheets: 贴了张通知."""
_SIDES: Final = frozenset("主工理甲乙丙警我双对校院厂店资建")
_LINE_START: Final = re.compile(r"(?:^|[\n。!;~]|敬礼|此致|\d[.、)])[\s　]*$")
_LINE_END: Final = re.compile(
    r"[\s　]*(?:$|\n|(?:\d{4}|二[〇零○0])[\d〇零一二三四五六七八九年.\-/]|[\(]?(?:电话|联系|手机|1[3-9]\d))"
)
_BETWEEN: Final = frozenset("、,和与及;跟/ \n")
_ADDRESS_AFTER: Final = re.compile(r"[,]?(?:您好|你好|好)")


@dataclass(frozen=True, slots=True)
class Person:
    """A name in the text, whether a post stands beside it, and whether the name has a given name."""

    start: int
    end: int
    official: bool
    full: bool


def find_names(text: str, *, official: bool) -> list[Finding]:
    """Names to take out; ``official`` texts keep officials who are named with their post, here and further on."""
    return taken_out(text, list(people_in(text)), official=official)


def taken_out(text: str, people: list[Person], *, official: bool) -> list[Finding]:
    """What goes of the people of a text: in ``official`` texts not those with a post, wherever they are named."""
    kept = {text[person.start : person.end] for person in people if person.official} if official else set()
    findings = []
    for person in people:
        if text[person.start : person.end] in kept or (
            official and (person.official or text.startswith("同志", person.end))
        ):
            continue
        findings.append(Finding(person.start, person.end, "name", "" if person.official else None))
    return findings


def people_in(text: str) -> Iterator[Person]:
    """Everyone whom the rules find, in text order, officials among them."""
    words = cache(lambda: Segments(text))
    taken: set[int] = set()
    found: list[Person] = []

    def take(start: int, end: int, *, full: bool) -> None:
        if taken.isdisjoint(range(start, end)):
            taken.update(range(start, end))
            found.append(Person(start, end, has_post(text, start, end), full))

    for start, end in minority_names(text):
        take(start, end, full=True)
    for start, end in masked_names(text):
        take(start, end, full=False)
    for match in LATIN_NAME.finditer(text):
        take(*match.span(1), full=True)
    titled = set(_surnames_with_title(text, words))
    for candidate in _chosen(text, _weighed(text, words, titled)):
        take(candidate.start, candidate.end, full=True)
    for start, end in titled:
        take(start, end, full=False)
    for match in OWN_NAME.finditer(text):
        if match.group(1)[0] in SURNAMES and match.group(1) not in NOT_NAMES:
            take(*match.span(1), full=True)
    for match in LABELLED_NAME.finditer(text):
        if _could_be_a_name(text, match, words):
            take(*match.span(1), full=True)
    for start, end in _later_mentions(text, found, words):
        take(start, end, full=True)
    yield from sorted(found, key=lambda person: person.start)


def _could_be_a_name(text: str, match: re.Match[str], words: Callable[[], Segments]) -> bool:
    """Whether what stands after a label is no everyday word (同上, 保密, 业主) and no title."""
    start, end = match.span(1)
    value = match.group(1)
    if value in NOT_NAMES or POST_AFTER.match(text, start) or COURTESY_AFTER.match(text, start):
        return False
    if re.search(
        r"电话|方式|号码|本人|同上|匿名|业主|村民|居民|先生|女士|不|保密|某|代表|群众|公司|[的了在是有]", value
    ):
        return False
    return (
        not (start in words().starts and end in words().ends and words().starts[start] != value) or value[0] in SURNAMES
    )


def has_post(text: str, start: int, end: int) -> bool:
    """Whether the post of an official stands before or after the span."""
    return POST_AFTER.match(text, end) is not None or POST_BEFORE.search(text, max(0, start - 8), start) is not None


def _surnames_with_title(text: str, words: Callable[[], Segments]) -> Iterator[tuple[int, int]]:
    """A surname with nothing but a title after it: 李女士, 王局长. The surname must begin a word of the dictionary."""
    for match in _TITLED.finditer(text):
        start, end = match.span()
        post = POST_AFTER.match(text, end)
        if not (post or COURTESY_AFTER.match(text, end)) or text[start : start + 3] in BRANDS_AND_STATESMEN:
            continue
        before = text[start - 1 : start]
        if match.group() not in PREPOSITIONS and not post and PARTY.search(text, max(0, start - 8), start):
            yield start, end
            continue
        if not (start in words().starts or before in _VERBS) or text[start : start + 2] in NOT_NAMES:
            continue
        if match.group() in PREPOSITIONS:
            if not _is_addressed(text, start, post.end() if post else end + 2):
                continue
        elif match.group() not in FREQUENT_SURNAMES | COMPOUND_SURNAMES and not (
            before in _JOINTS and match.group() not in _UNLIKELY and words().starts.get(start) == match.group()
        ):
            continue
        yield start, end


def _is_addressed(text: str, start: int, title_end: int) -> bool:
    """Whether 向书记, 任局长 … is a person here and no preposition or verb: greeted, asked for, or speaking."""
    before, after = text[start - 1 : start], text[title_end : title_end + 1]
    if _ADDRESS_AFTER.match(text, title_end) or before in {"请", "找"} or text.endswith("尊敬的", 0, start):
        return True
    return text[start] not in _FUNCTION and before in {"", "\n", "。", ",", "!", "、", "和"} and after in _SPEAKING


def _weighed(text: str, words: Callable[[], Segments], titled: set[tuple[int, int]]) -> list[NameCandidate]:
    """The model's candidates with what stands around them added to their log-odds."""
    weighed = []
    for candidate in person_names.load().candidates(text, words, floor=-8.0):
        name = text[candidate.start : candidate.end]
        if (candidate.start, candidate.family) in titled or name in NOT_NAMES:
            continue
        if is_public(name):
            continue
        logit = candidate.logit + context(text, candidate)
        if logit > -6.0:
            weighed.append(NameCandidate(candidate.start, candidate.family, candidate.end, logit))
    return weighed


def is_public(name: str) -> bool:
    """Whether it is a public figure, or ends in one of two characters or more."""
    return name in PUBLIC_FIGURES or name[1:] in PUBLIC_FIGURES


def context(text: str, candidate: NameCandidate) -> float:
    """What cue words, titles, line ends and place suffixes add to the log-odds; values set by hand on petitions."""
    start, end = candidate.start, candidate.end
    bounded = end >= len(text) or not person_names.is_han(text[end])
    bonus = 0.0
    if FORM_LABEL.search(text, max(0, start - 14), start):
        bonus += 5.0 + bounded
    elif SELF_NAMING.search(text, max(0, start - 8), start):
        bonus += 4.0 + bounded
    elif SELF.search(text, max(0, start - 6), start):
        bonus += 1.0 + bounded
    elif PARTY.search(text, max(0, start - 8), start):
        bonus += 3.5
    elif COURTESY_BEFORE.search(text, max(0, start - 8), start) or POST_BEFORE.search(text, max(0, start - 8), start):
        bonus += 2.5
    if CONTACT_BEFORE.search(text, max(0, start - 16), start) and bounded:
        bonus += 3.5
    if CONTACT_AFTER.match(text, end) or FAMILY_AFTER.match(text, end):
        bonus += 3.0
    if COURTESY_AFTER.match(text, end):
        bonus += 2.5
    elif POST_AFTER.match(text, end):
        bonus += 2.0
    elif PLACE_AFTER.match(text, end):
        bonus -= 4.0
    elif _ESTATE_AFTER.match(text, end):
        bonus -= 3.0
    if text[start] == "张" and text[start - 1 : start] in _SHEETS:
        bonus -= 6.0
    if text[candidate.family] == "家" and text[end - 1] in _HAMLET:
        bonus -= 6.0
    if end - start == 3 and text[start : start + 2] in NOT_NAMES:
        bonus -= 2.5
    if text[start] in _FUNCTION:
        bonus -= 2.0
    if end - candidate.family == 2 and text[end - 1] in _NOT_LAST:
        bonus -= 4.0
    if text[end - 1] == "记" or (end - start == 3 and text[start] == text[start + 1]) or everyday(text[start:end]):
        bonus -= 3.0
    if text[start] in _WEAK:
        bonus -= 3.0
    if text[end - 1] in _HAMLET:
        bonus -= 3.0 if end - candidate.family == 1 else 1.5
    if end - candidate.family == 2 and text[end - 1] in _DISTRICT:
        bonus -= 8.0
    if text[candidate.family : candidate.family + 2] in _ROLES:
        bonus -= 6.0
    if text[start] == "方" and text[start - 1 : start] in _SIDES:
        bonus -= 6.0
    if start and _LINE_START.search(text, max(0, start - 6), start) and _LINE_END.match(text, end):
        bonus += 3.0
    return bonus


def everyday(name: str) -> bool:
    """Whether the dictionary knows the string as a word that is no person: 高雄, 龙卷风."""
    tagged = rjieba.tag(name)
    return len(tagged) == 1 and not tagged[0][1].startswith(("nr", "x", "nz"))


def _chosen(text: str, weighed: list[NameCandidate]) -> list[NameCandidate]:
    """The best of overlapping candidates above the threshold; names in a row and repeated names help each other."""
    repeats: dict[str, int] = {}
    for candidate in weighed:
        if candidate.logit > -3.0:
            name = text[candidate.start : candidate.end]
            repeats[name] = repeats.get(name, 0) + 1
    first = _without_overlaps(candidate for candidate in weighed if candidate.logit >= THRESHOLD)
    starts = {candidate.start for candidate in first}
    ends = {candidate.end for candidate in first}
    helped = []
    for candidate in weighed:
        name = text[candidate.start : candidate.end]
        bonus = 0.7 * min(2, repeats.get(name, 1) - 1)
        if text[candidate.start - 1 : candidate.start] in _BETWEEN and candidate.start - 1 in ends:
            bonus += 2.5
        elif text[candidate.start - 2 : candidate.start] == "家、" and candidate.start - 2 in ends:
            bonus += 2.0
        if text[candidate.end : candidate.end + 1] in _BETWEEN and candidate.end + 1 in starts:
            bonus += 2.5
        helped.append(NameCandidate(candidate.start, candidate.family, candidate.end, candidate.logit + bonus))
    return _without_overlaps(candidate for candidate in helped if candidate.logit >= THRESHOLD)


def _without_overlaps(candidates: Iterable[NameCandidate]) -> list[NameCandidate]:
    taken: list[NameCandidate] = []
    covered: set[int] = set()
    for candidate in sorted(candidates, key=lambda each: -each.logit):
        span = range(candidate.start, candidate.end)
        if covered.isdisjoint(span):
            covered.update(span)
            taken.append(candidate)
    return taken


def _later_mentions(text: str, found: list[Person], words: Callable[[], Segments]) -> Iterator[tuple[int, int]]:
    """Where else a full name that was found stands; names of two characters only as words."""
    for name in {text[person.start : person.end] for person in found if person.full}:
        if len(name) < 2 or name in NOT_NAMES:
            continue
        at = text.find(name)
        while at >= 0:
            end = at + len(name)
            whole = len(name) > 2 or (at in words().starts and end in words().ends)
            if whole and not PLACE_AFTER.match(text, end):
                yield at, end
            at = text.find(name, end)

"""Finds the names by which people call a project in the texts that are about it, and that its entry lacks. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import ahocorasick
import rjieba

from pipeline.link.rarity import rarity
from pipeline.nicknames.expressions import shared
from pipeline.nicknames.forms import CUT_REGION, RARE, is_bounded, is_everyday, is_said, known_words, names_a_thing
from pipeline.nicknames.persons import called_like_person, may_be_person
from pipeline.nicknames.signs import Sign, likeness, signs_at
from pipeline.records import DecisionProject

PROPOSED: Final = 8
"""Most names that are proposed at a time: a person reads them."""
CONTRAST: Final = 8.0
"""So many times more frequent than in all other texts a name has to be in those about its project."""
UNSEEN: Final = 50
"""Texts without the expression that are taken to be there besides: a young office has few others to hold it against."""
ELSEWHERE: Final = 0.25
"""Share of the texts with the expression that may be about other projects."""
ORIGINS: Final = 2
"""Copies of one text (form letters, reposts) name nothing, however many sent them."""
LABELLED: Final = 0.2
"""Share of the texts whose reading takes an expression for a place, facility or organisation, from which it is one."""
WITHIN: Final = 0.95
PIECE: Final = 0.85
_BORDERS: Final = frozenset("的在是有和与建修搞到往离从对于市区县镇乡道村")
"""Characters beside which names stand."""


@dataclass(frozen=True)
class Said:
    """One text about the project, and what its reading took for places, facilities and organisations."""

    document_id: str
    origin_id: str
    text: str
    named: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Nickname:
    """An expression that may be a name of the project; ``spans`` is where each text that has it shows it best."""

    alias: str
    score: float
    elsewhere: int
    """Texts about other projects that have it."""
    spans: Mapping[str, tuple[int, int]]
    signs: frozenset[Sign]


Heard = Callable[[Collection[str], int], bool]
"""Whether enough people stand behind texts (by id) of so many origins for their words to be shown (P-07)."""


def discover(
    project: DecisionProject,
    said: Sequence[Said],
    others: Iterable[tuple[str, bool]],
    heard: Heard,
    at_least: int,
) -> list[Nickname]:
    """The likeliest names first. ``others`` are all other texts, each with whether it is about another project.

    ``at_least`` is the fewest texts with an expression, below which ``heard`` is not asked.
    """
    found = shared([one.text for one in said], at_least)
    known = known_words(project)
    rare = {e: n for e, n in found.items() if rarity(e) >= RARE and is_bounded(e) and not is_said(e, project, known)}
    everywhere, elsewhere, total = _counted(rare, others)
    scored = []
    for expression, texts in rare.items():
        contrast = (texts / len(said)) / ((everywhere[expression] + 0.5) / (total + UNSEEN))
        if contrast < CONTRAST or elsewhere[expression] > ELSEWHERE * texts:
            continue
        one = _weighed(expression, said, elsewhere[expression], known)
        if one is not None:
            scored.append(one)
    chosen: list[Nickname] = []
    origin = {one.document_id: one.origin_id for one in said}
    for one in sorted(_whole_ones(scored), key=lambda each: (-each.score, each.alias)):
        if any(one.alias in other.alias or other.alias in one.alias for other in chosen):
            continue
        if may_be_person(one.alias) or not heard(one.spans.keys(), len({origin[key] for key in one.spans})):
            continue
        chosen.append(one)
        if len(chosen) == PROPOSED:
            break
    return chosen


def _weighed(expression: str, said: Sequence[Said], elsewhere: int, known: Collection[str]) -> Nickname | None:
    """The expression with its score; None where nothing but its frequency speaks for a name, or a person is meant."""
    spans: dict[str, tuple[int, int]] = {}
    signs: Counter[Sign] = Counter()
    before, behind = Counter[str](), Counter[str]()
    origins, labelled, whole = set(), 0, 0
    for one in said:
        places = _own_places(one.text, expression, known)
        if any(called_like_person(one.text, *place) for place in places):
            return None
        told = [signs_at(one.text, *place) for place in places]
        for (start, end), here in zip(places, told, strict=True):
            signs.update(here)
            before[one.text[start - 1 : start]] += 1
            behind[one.text[end : end + 1]] += 1
            whole += _stands_whole(one.text, start, end)
        if places:
            spans[one.document_id] = max(zip(told, places, strict=True), key=lambda each: len(each[0]))[1]
            origins.add(one.origin_id)
            labelled += expression in one.named
    introduced = signs["introduced"] + signs["quoted"]
    thing = names_a_thing(expression)
    if len(origins) < ORIGINS or _is_piece(before) or (_is_piece(behind) and not thing) or whole < before.total() / 2:
        return None
    form = likeness(expression, known)
    share = labelled / len(spans)
    if not (introduced or form or share >= LABELLED or thing) or (is_everyday(expression) and not introduced):
        return None
    found: set[Sign] = set(signs) | ({form} if form else set()) | ({"named"} if labelled else set())
    exclusive = len(spans) / (len(spans) + 2 * elsewhere)
    likely = 0.4 + share + min(1.0, introduced / 2) + (0.5 if form else 0.0) + (0.3 if thing else 0.0)
    score = math.log1p(len(origins)) * rarity(expression) * exclusive * likely
    return Nickname(expression, round(score, 4), elsewhere, spans, frozenset(found))


def _whole_ones(names: Sequence[Nickname]) -> list[Nickname]:
    """Without those that nearly always stand in a longer one: 鬼门 in 鬼门桥."""
    return [
        one
        for one in names
        if not any(
            len(other.alias) > len(one.alias)
            and one.alias in other.alias
            and len(other.spans) >= WITHIN * len(one.spans)
            for other in names
        )
    ]


def _own_places(text: str, expression: str, known: Iterable[str]) -> list[tuple[int, int]]:
    """Where a text says it, but for where it begins or ends within a word of the entry."""
    places = [(at, at + len(expression)) for at in _starts(text, expression) if not CUT_REGION.match(text, at - 1)]
    if not places:
        return []
    taken = [(at, at + len(word)) for word in known for at in _starts(text, word)]
    return [
        (start, end)
        for start, end in places
        if not any(first < start < last or first < end < last for first, last in taken)
    ]


def _is_piece(neighbours: Counter[str]) -> bool:
    """Whether it nearly always stands beside one and the same character, and so is a piece of something longer."""
    character, times = neighbours.most_common(1)[0]
    return times > 3 and times > PIECE * neighbours.total() and character.isalnum() and character not in _BORDERS


def _stands_whole(text: str, start: int, end: int) -> bool:
    """Whether words begin and end where the passage does, as the dictionary cuts its surroundings."""
    begin = max(0, start - 8)
    at, edges = begin, {begin}
    for word in rjieba.cut(text[begin : end + 8], False):
        at += len(word)
        edges.add(at)
    return start in edges and end in edges


def _counted(expressions: Iterable[str], others: Iterable[tuple[str, bool]]) -> tuple[Counter[str], Counter[str], int]:
    """In how many other texts each expression stands, in how many about other projects; how many texts there are."""
    automaton = ahocorasick.Automaton()
    for expression in expressions:
        automaton.add_word(expression, expression)
    everywhere: Counter[str] = Counter()
    elsewhere: Counter[str] = Counter()
    total = 0
    if len(automaton):
        automaton.make_automaton()
    for text, about_another in others:
        total += 1
        found = {expression for _, expression in automaton.iter(text)} if len(automaton) else set()
        everywhere.update(found)
        if about_another:
            elsewhere.update(found)
    return everywhere, elsewhere, total


def _starts(text: str, expression: str) -> Iterable[int]:
    at = text.find(expression)
    while at >= 0:
        yield at
        at = text.find(expression, at + 1)

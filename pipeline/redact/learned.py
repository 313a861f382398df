"""What the model adds to the rules: names of people, and house numbers in addresses, that no rule has seen.

The model is asked about the stretches of a text only in which something could be a name or a house number, and what it
says goes through the exemptions of the rules.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from typing import Final

from models import names as person_names
from models.names import NameCandidate, Segments, candidate_spans, is_han
from models.transformer.chosen import Choice
from models.transformer.persons import OFFICE_HEADS, PERSON, PERSON_HEADS, PLACE_HEADS, Seen, seen
from models.transformer.reader import Reader, load_reader
from pipeline.redact.addresses import house_at_end, may_have_house
from pipeline.redact.finding import Finding
from pipeline.redact.minorities import may_be_minority, sounds_like_minority
from pipeline.redact.people import PLACE_AFTER, Person, context, everyday, has_post, is_public, people_in, taken_out
from pipeline.redact.public import NOT_NAMES
from pipeline.redact.titles import COURTESY_AFTER, POST_AFTER

SURE: Final = 0.9
"""How sure the head ``person`` must be of a name; surer where what stands around it speaks against one.
Chosen on the fixtures, on held-out rows of three entity sets and on petitions that were read (docs/RESULTS.md)."""
SURE_OF_PLACE: Final = 0.8
"""The same of an address that ends in a house number."""
CANDIDATE_FLOOR: Final = -8.0
"""Log-odds of the small name model, with what stands around the candidate, from which the transformer looks at all."""
AROUND: Final = 40
"""Characters on either side of a candidate that the transformer reads."""
MOST: Final = 600
"""Characters of one stretch; a longer one is read in pieces that overlap."""
_CERTAIN: Final = 0.998
SHIPPED: Final = Choice()
"""The model that ships, on the CPU."""


def reader() -> Reader:
    """The transformer that ships, whatever other one reads: no setting may leave names in a text (P-02, P-30).

    Raises ModelError (E212) and ArtifactError (E210) where it is missing or damaged: the rules alone are not enough.
    """
    return load_reader(SHIPPED)


def find_learned(model: Reader, text: str, barriers: list[tuple[int, int]], *, official: bool) -> list[Finding]:
    """Names and house numbers that the model sees in a text from which the rules have taken what they find.

    ``barriers`` are placeholders, into which nothing may reach. Raises ModelError (E212) for a model without persons.
    """
    words = cache(lambda: Segments(text))
    at = [*_possible_names(text, words), *((start, start + 1) for start in may_have_house(text))]
    stretches = list(_stretches(at, len(text)))
    if not stretches:
        return []
    found = seen(model, text, stretches)
    people = [
        Person(start, end, has_post(text, start, end), True)
        for start, end in sorted(set(_names(text, found, words)))
        if not any(start < stop and begin < end for begin, stop in barriers)
    ]
    if official:
        known = list(people_in(text))
        seen_already = {(person.start, person.end) for person in known}
        people = known + [person for person in people if (person.start, person.end) not in seen_already]
    return [*taken_out(text, people, official=official), *_houses(text, found, barriers)]


def _possible_names(text: str, words: Callable[[], Segments]) -> Iterator[tuple[int, int]]:
    for one in person_names.load().candidates(text, words, floor=CANDIDATE_FLOOR, own_floor=CANDIDATE_FLOOR):
        if one.logit + context(text, one) >= CANDIDATE_FLOOR:
            yield one.start, one.end
    yield from may_be_minority(text)


def _stretches(at: Iterable[tuple[int, int]], length: int) -> Iterator[tuple[int, int]]:
    """What lies around the places, in text order, as few stretches of at most ``MOST`` characters."""
    merged: list[list[int]] = []
    for start, end in sorted(at):
        start, end = max(0, start - AROUND), min(length, end + AROUND)
        if merged and start <= merged[-1][1]:
            merged[-1][1] = max(merged[-1][1], end)
        else:
            merged.append([start, end])
    for start, end in merged:
        while end - start > MOST:
            yield start, start + MOST
            start += MOST - 2 * AROUND
        yield start, end


def _names(text: str, found: list[Seen], words: Callable[[], Segments]) -> Iterator[tuple[int, int]]:
    """The spans that are names: what the head ``person`` is sure of, less what the rules exempt, everywhere."""
    offices = [(one.start, one.end) for one in found if one.head in OFFICE_HEADS and one.p >= 0.5]
    others = {(one.start, one.end) for one in found if one.head in PERSON_HEADS and one.head != PERSON}
    for one in found:
        if one.head != PERSON or (one.start, one.end) not in others:
            continue
        span = _full_name(text, one)
        if span is None or _exempt(text, *span, offices, words):
            continue
        yield span
        yield from _again(text, *span)


def _full_name(text: str, one: Seen) -> tuple[int, int] | None:
    """The Han full name that the span is, if the model is sure enough of it. Cue words add nothing: what they prove the
    rules have taken."""
    start, end = one.start, one.end
    odds = math.log(min(one.p, _CERTAIN) / (1 - min(one.p, _CERTAIN)))
    least = math.log(SURE / (1 - SURE))
    piece = text[start:end]
    if 2 <= end - start <= 4 and all(map(is_han, piece)):
        for begin, family, stop in candidate_spans(piece):
            if begin == 0 and stop == len(piece):
                candidate = NameCandidate(start, start + family, end, 0.0)
                if odds + min(0.0, context(text, candidate)) >= least:
                    return start, end
    return (start, end) if odds >= least and sounds_like_minority(piece) else None


def _exempt(text: str, start: int, end: int, offices: list[tuple[int, int]], words: Callable[[], Segments]) -> bool:
    """Public figures, everyday words, titles, parts of idioms, and names inside those of places or organisations."""
    name = text[start:end]
    if name in NOT_NAMES or is_public(name) or PLACE_AFTER.match(text, end):
        return True
    if any(POST_AFTER.match(name, at) or COURTESY_AFTER.match(name, at) for at in (1, 2) if at < len(name)):
        return True
    word = words().word_at(start)
    if len(word) > len(name) and name in word and everyday(word):
        return True
    return any(begin <= start and end <= stop and stop - begin > end - start for begin, stop in offices)


def _again(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where else a name of three characters or more stands; shorter ones are too often part of something else."""
    if end - start < 3:
        return
    for match in re.finditer(re.escape(text[start:end]), text):
        if not PLACE_AFTER.match(text, match.end()):
            yield match.span()


def _houses(text: str, found: list[Seen], barriers: list[tuple[int, int]]) -> Iterator[Finding]:
    """House numbers with which an address ends that the model is sure of."""
    for one in found:
        if one.head in PLACE_HEADS and one.p >= SURE_OF_PLACE and (house := house_at_end(text, one.start, one.end)):
            start, end = house
            if not any(start < stop and begin < end for begin, stop in barriers):
                yield Finding(start, end, "door_address")

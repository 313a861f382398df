"""Whose passages stand on the Doc, kind by kind: the model's, the lexicon's and tagger's, or both (card, ``spans``)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Final, TypeAlias

from spacy.tokens import Doc

from models import organisations, places
from models.lexicon.affected import count_of
from models.lexicon.dates import resolve
from models.normalise import folded
from models.passages import Passages
from models.spans import Finding, declare, mark
from models.transformer.card import Card, SpanSource
from models.transformer.decode import Passage, passages
from models.transformer.reader import Reading

GROUPS: Final = {
    "demand": "demands",
    "facility": "facilities",
    "affected": "affected",
    "since": "since",
    "place": "places",
    "organisation": "organisations",
    "person": "persons",
}
"""The span groups of the Doc by kind."""
DEFAULT: Final[Mapping[str, SpanSource]] = {"person": "transformer"}
"""Kinds that no rule finds on a Doc; of all others the rules' passages stand unless the card says otherwise."""
ONE: Final = frozenset({"demand", "affected", "since"})
"""Kinds of which a text has one passage at most."""

Find: TypeAlias = Callable[[Doc, list[Passage]], list[Finding]]

for _name in ("source", "p"):
    declare(_name)


def settle(card: Card, doc: Doc, reading: Reading) -> None:
    """Leaves in every group of the Doc the passages that count; ``span._.source`` says whose each is, ``span._.p`` how
    sure the model is of its own."""
    for kind, group in GROUPS.items():
        source = card.spans.get(kind, DEFAULT.get(kind, "rules"))
        if source == "rules" or not card.has("tokens", kind):
            continue
        least = card.thresholds.get(kind, 0.0)
        found = [item for item in passages(card, reading, kind, folded(doc)) if item.p >= least]
        model = FINDERS[kind](doc, found)
        rules = _standing(doc, group)
        if source == "union":
            model = united(model, rules, one=kind in ONE or kind == "facility")
        replace(doc, group, model)


def united(model: list[Finding], rules: list[Finding], *, one: bool) -> list[Finding]:
    """The model's findings and what it missed of the rules'; of ``one`` to a text, the rules' where it has none."""
    if one:
        return model or rules
    taken = Passages()
    for item in model:
        taken.add(item.start, item.end)
    missed = [item for item in rules if not taken.overlap(item.start, item.end)]
    return sorted([*model, *missed], key=lambda item: (item.start, item.end))


def replace(doc: Doc, group: str, findings: Iterable[Finding]) -> None:
    """Makes the findings all that the group holds."""
    if group in doc.spans:
        del doc.spans[group]
    mark(doc, group, findings)


def _standing(doc: Doc, group: str) -> list[Finding]:
    """What the rules have found; other values of theirs stay with (offsets, label)."""
    spans = doc.spans.get(group, ())
    return [Finding(span.start_char, span.end_char, span.label_, {"source": "rules"}) for span in spans]


def _surest(found: list[Passage]) -> list[Passage]:
    return sorted(found, key=lambda item: (-item.p, item.start))


def _marked(item: Passage, label: str, **values: object) -> Finding:
    return Finding(item.start, item.end, label, {"source": "transformer", "p": item.p, **values})


def _demand(doc: Doc, found: list[Passage]) -> list[Finding]:
    return [_marked(item, "demand") for item in _surest(found)[:1]]


def _facility(doc: Doc, found: list[Passage]) -> list[Finding]:
    """The surest, everywhere that it stands."""
    best = [doc.text[item.start : item.end] for item in _surest(found)[:1]]
    return [_marked(item, "facility") for item in found if doc.text[item.start : item.end] in best]


def _affected(doc: Doc, found: list[Passage]) -> list[Finding]:
    """The surest that states a number or all."""
    counted = ((item, count_of(folded(doc)[item.start : item.end])) for item in _surest(found))
    return [_marked(item, "affected", count=count) for item, count in counted if count is not None][:1]


def _since(doc: Doc, found: list[Passage]) -> list[Finding]:
    published = doc._.published_at.date() if doc._.published_at else None
    return [
        _marked(item, "since", since=resolve(folded(doc)[item.start : item.end], published))
        for item in _surest(found)[:1]
    ]


def _named(doc: Doc, found: list[Passage], described: list[Finding]) -> list[Finding]:
    """What the tables say of the passages, with the model's probability: edges may have been trimmed."""
    kept = []
    for item in described:
        p = max((one.p for one in found if one.start <= item.start and item.end <= one.end), default=0.0)
        kept.append(Finding(item.start, item.end, item.label, {**item.values, "source": "transformer", "p": p}))
    return kept


def _place(doc: Doc, found: list[Passage]) -> list[Finding]:
    spans = [(item.start, item.end) for item in found]
    return _named(doc, found, places.described(doc.text, spans, doc._.region))


def _organisation(doc: Doc, found: list[Passage]) -> list[Finding]:
    return _named(doc, found, organisations.described(doc.text, [(item.start, item.end) for item in found]))


def _person(doc: Doc, found: list[Passage]) -> list[Finding]:
    return [_marked(item, "person") for item in found]


FINDERS: Final[Mapping[str, Find]] = {
    "demand": _demand,
    "facility": _facility,
    "affected": _affected,
    "since": _since,
    "place": _place,
    "organisation": _organisation,
    "person": _person,
}

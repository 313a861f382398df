"""From a matter to its sheet: quoted title, timeline, places, groups, remedies, units, replies and their clock."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from statistics import median_low

from models.taxonomy import Routing
from pipeline.matters.grouping import Matter
from pipeline.matters.opinion import Opinion
from pipeline.process.clocks import day_of, due_dates, national_clocks
from pipeline.records import AffectedRange, Counts, Document, Evidence, Span
from pipeline.records.matter import MatterSheet, MonthOfMatter, ResponseClock
from pipeline.risk.units import units_for

Voices = Callable[[Iterable[str]], tuple[int, int]]
_ASKING = frozenset({"petition", "hotline"})


def sheet_of(
    matter: Matter, replies: Mapping[str, tuple[Document, ...]], voices: Voices, routing: Mapping[str, Routing]
) -> MatterSheet:
    """The sheet of a matter; ``replies`` by the petition they answer."""
    opinions = matter.opinions
    documents = [one.document for one in opinions]
    origins = _origins(opinions)
    low, high = voices([document.id for document in documents])
    moments = sorted(d.published_at for d in documents if d.published_at)
    months = Counter(day_of(o.document.published_at).strftime("%Y-%m") for o in origins if o.document.published_at)
    grievances = [(one, g) for one in origins for g in one.analysis.grievances]
    answers = [reply for one in opinions for reply in replies.get(one.document.id, ())]
    return MatterSheet(
        id=matter.id,
        project_id=matter.project_id,
        concern=matter.concern,
        factors=_frequent(code for one in origins for code in {finding.code for finding in one.findings}),
        site=matter.site,
        title=_title(matter, origins),
        documents=tuple(document.id for document in documents),
        counts=Counts(
            documents=len(documents),
            origins=len(origins),
            voices_low=max(1, low),
            voices_high=max(1, low, high),
            by_source_kind=dict(sorted(Counter(d.source_kind for d in documents).items())),
        ),
        first_seen=moments[0] if moments else None,
        last_seen=moments[-1] if moments else None,
        timeline=tuple(MonthOfMatter(month=month, origins=count) for month, count in sorted(months.items())),
        places=_places(origins),
        stakeholder_groups=_frequent(s.code for _, g in grievances for s in g.stakeholder_groups if s.p >= 0.5),
        affected=_affected(opinions),
        remedies=_frequent(remedy.code for _, g in grievances for remedy in g.remedies),
        asked_units=_frequent(unit.code for _, g in grievances for unit in g.addressed_authority if unit.code),
        proposed_units=units_for(matter.concern, (g for _, g in grievances), routing),
        replies=tuple(Evidence(document_id=a.id, start=0, end=len(a.text)) for a in _ordered(answers)),
        clock=_clock(documents, replies),
        versions=opinions[0].analysis.versions,
    )


def _origins(opinions: Sequence[Opinion]) -> list[Opinion]:
    """One text an origin: the origin itself where it is among them, else the first copy by id."""
    found: dict[str, Opinion] = {}
    for one in sorted(opinions, key=lambda o: (o.document.id != o.document.origin_id, o.document.id)):
        found.setdefault(one.document.origin_id, one)
    return [found[key] for key in sorted(found)]


def _title(matter: Matter, origins: Sequence[Opinion]) -> Evidence:
    """The surest passage that shows the concern."""
    shown = [
        (-finding.p, one.document.id, finding.evidence)
        for one in origins
        for finding in one.findings
        if finding.code == matter.concern
    ]
    _, document_id, span = min(shown, key=lambda row: (row[0], row[1], row[2].start))
    return _at(document_id, span)


def _places(origins: Sequence[Opinion]) -> tuple[Evidence, ...]:
    seen: dict[str, Evidence] = {}
    frequency: Counter[str] = Counter()
    for one in origins:
        for entity in one.analysis.entities:
            if entity.type == "place":
                name = one.document.text[entity.start : entity.end]
                frequency[name] += 1
                seen.setdefault(name, _at(one.document.id, entity))
    return tuple(seen[name] for name in _frequent(frequency.elements()))


def _affected(opinions: Sequence[Opinion]) -> AffectedRange | None:
    """The largest lower bound that a single text states; never a sum (BRIEF §5.3)."""
    stated = [(one, g.affected) for one in opinions for g in one.analysis.grievances if g.affected]
    if not stated:
        return None
    one, found = min(stated, key=lambda pair: (-pair[1].min, pair[0].document.id))
    return AffectedRange(min=found.min, max=found.max, unit=found.unit, evidence=_at(one.document.id, found))


def _clock(documents: Sequence[Document], replies: Mapping[str, tuple[Document, ...]]) -> ResponseClock:
    asked = [d for d in documents if d.source_kind in _ASKING and d.genre == "petition" and d.published_at]
    days, late, waiting = [], 0, []
    for document in asked:
        assert document.published_at is not None
        begin = day_of(document.published_at)
        dated = sorted(
            day_of(r.published_at)
            for r in replies.get(document.id, ())
            if r.published_at and r.published_at >= document.published_at
        )
        if dated:
            days.append((dated[0] - begin).days)
            late += dated[0] > due_dates(begin, national_clocks())[1]
        elif not replies.get(document.id):
            waiting.append(begin)
    oldest = min(waiting, default=None)
    take_up, answer = due_dates(oldest, national_clocks()) if oldest else (None, None)
    return ResponseClock(
        asked=len(asked),
        answered=len(asked) - len(waiting),
        answered_late=late,
        median_days=median_low(days) if days else None,
        open_since=oldest,
        take_up_due=take_up,
        answer_due=answer,
    )


def _ordered(answers: Iterable[Document]) -> list[Document]:
    unique = {answer.id: answer for answer in answers}
    return sorted(unique.values(), key=lambda a: (a.published_at is None, a.published_at or a.collected_at, a.id))


def _frequent(codes: Iterable[str]) -> tuple[str, ...]:
    return tuple(code for code, _ in sorted(Counter(codes).items(), key=lambda item: (-item[1], item[0])))


def _at(document_id: str, span: Span) -> Evidence:
    return Evidence(document_id=document_id, start=span.start, end=span.end)

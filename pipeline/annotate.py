"""The annotation filter (标注): one row of text in, its findings out; nothing is stored and nothing is redacted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, get_args
from zoneinfo import ZoneInfo

from models.classifier import best, social
from models.limits import sentence
from models.nlp import TextInContext, read
from pipeline.analyse import factors, is_about_grievance, is_grievance_text, repeated_unresolved
from pipeline.findings import entities, first_span, group, since
from pipeline.records import DecisionProject, ProjectLink, SourceKind

if TYPE_CHECKING:
    from spacy.tokens import Doc

Row = dict[str, Any]
_BEIJING: Final = ZoneInfo("Asia/Shanghai")
_MOMENT: Final = re.compile(r"\s*(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[T\s]+(\d{1,2})(:\d{2}.*))?")
_POST: Final = re.compile(r"#[^#\n]{1,40}#|//@|@[\w\-]{2,20}[ :：]|收起全文|微博视频|秒拍视频")
_LIKELIER_THAN_NOT: Final = 0.5
_SPECIFIC: Final = ("poi", "estate", "road", "village", "township", "county", "city", "province")


@dataclass(frozen=True)
class Linking:
    """What links texts to projects; without projects nothing is linked."""

    linker: Any

    @classmethod
    def to(cls, projects: Sequence[DecisionProject]) -> Linking:
        """A linker over the registry entries."""
        from pipeline.link import Linker

        return cls(Linker.with_model(projects) if projects else None)

    def links(self, items: Sequence[TextInContext]) -> list[tuple[ProjectLink, ...]]:
        """Links of each text, likeliest first."""
        from pipeline.link import Asked

        if self.linker is None:
            return [() for _ in items]
        found: list[tuple[ProjectLink, ...]] = self.linker.links(
            [Asked(item.text, item.published_at, item.region) for item in items]
        )
        return found


def annotate(rows: Iterable[Row], linking: Linking) -> list[Row]:
    """One result a row, in order. Raises ValueError naming the field that cannot be read."""
    given = list(rows)
    items = [text_in_context(row) for row in given]
    return [
        annotation(row.get("uid"), item, doc, links)
        for row, item, doc, links in zip(given, items, read(items), linking.links(items), strict=True)
    ]


def text_in_context(row: Row) -> TextInContext:
    """Title, line feed, body and the context of a row. Raises ValueError naming the wrong field."""
    title, text = _string(row, "title"), _string(row, "text")
    if "text" not in row:
        raise ValueError("field 'text' is missing")
    kind = _string(row, "source_kind") or None
    if kind is not None and kind not in get_args(SourceKind):
        raise ValueError(f"field 'source_kind': {kind!r} is none of {', '.join(get_args(SourceKind))}")
    if kind is None and not title and _POST.search(text):
        kind = "weibo"
    return TextInContext(f"{title}\n{text}", moment(_string(row, "time")), kind, _string(row, "region") or None)


def _string(row: Row, name: str) -> str:
    value = row.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise ValueError(f"field {name!r}: expected a string, found {type(value).__name__}")
    return value


def moment(written: str) -> datetime | None:
    """An ISO or 2019/2/19 21:56 time, Beijing time where no zone is given; None when it is not a time."""
    found = _MOMENT.match(written)
    if found is None:
        return None
    year, month, day, hour, rest = found.groups()
    date = f"{year}-{int(month):02}-{int(day):02}"
    for clock in (f"T{int(hour):02}{rest.strip()}" if hour else "", ""):
        try:
            read_as = datetime.fromisoformat(date + clock)
        except ValueError:
            continue
        return read_as if read_as.tzinfo else read_as.replace(tzinfo=_BEIJING)
    return None


def annotation(uid: Any, item: TextInContext, doc: Doc, links: Sequence[ProjectLink]) -> Row:
    """The findings of one Doc in the filter's form; offsets count code points of title, line feed, text."""
    text = doc.text
    grieved = is_grievance_text(doc)
    attitude, p_attitude = best(doc.cats, "attitude")
    since_when = since(doc)
    return {
        "uid": uid,
        "genre": best(doc.cats, "genre")[0],
        "attitude": {"label": attitude, "p": round(p_attitude, 4)},
        "intensity": int(best(doc.cats, "intensity")[0]),
        "is_grievance": grieved,
        "p_grievance": round(doc.cats["grievance"], 4),
        "factors": _factors(doc, grieved),
        "demand": _quote(text, first_span(doc, "demands")),
        "facility": _quote(text, first_span(doc, "facilities")),
        "affected": _quote(text, first_span(doc, "affected")),
        "since": since_when and {"start": since_when.start, "end": since_when.end, "text": _quote(text, since_when)},
        "places": list(dict.fromkeys(span.text for span in sorted(group(doc, "places"), key=_specific))),
        "organisations": list(dict.fromkeys(span.text for span in group(doc, "organisations"))),
        "stakeholder": best(doc.cats, "stakeholder")[0],
        "repeated_unresolved": repeated_unresolved(doc).label == "repeated_unresolved",
        "escalation": int(best(doc.cats, "escalation")[0]),
        "entities": [
            {"start": found.start, "end": found.end, "type": found.type, "text": text[found.start : found.end]}
            for found in entities(doc)
        ],
        "links": [
            {
                "project_id": link.project_id,
                "p": link.p,
                "relation": link.relation,
                "evidence": [{"start": span.start, "end": span.end} for span in link.evidence],
                "method": link.method,
                **({"only_by_region": True} if link.only_by_region else {}),
            }
            for link in links
        ],
        **({"warnings": [sentence(code) for code in doc._.limits]} if doc._.limits else {}),
    }


def _factors(doc: Doc, grieved: bool) -> list[Row]:
    """Factors of a grievance. A post or report may also be about somebody else's: where the model says so, or, where
    none can say, if a factor passes by itself."""
    about_others = social(doc) and not grieved and is_about_grievance(doc) is not False
    if not grieved and not about_others:
        return []
    every = grieved or is_about_grievance(doc)
    return [
        {"code": factor.code, "p": round(factor.p, 4), "primary": factor.primary, "start": span.start, "end": span.end}
        for factor, span in factors(doc)
        if every or factor.p >= _LIKELIER_THAN_NOT
    ]


def _quote(text: str, span: Any) -> str | None:
    return None if span is None else text[span.start : span.end]


def _specific(span: Any) -> tuple[int, int]:
    return (_SPECIFIC.index(span.label_) if span.label_ in _SPECIFIC else len(_SPECIFIC), span.start_char)

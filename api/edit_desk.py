"""The desk for edits: what a person may set on a risk point, and what they chose as the changes of a decision."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import BaseModel, Field

from api.desk import Desk
from api.edited import TITLE_LIMIT, found_in, passage_of
from api.policy import access, enough_voices
from pipeline.records import Document, Evidence, RiskPointCandidate
from pipeline.store import StoredRiskPoint

MANY: Final = 60
PASSAGE: Final = re.compile(r"(d[0-9a-f]{24}):(\d{1,7})-(\d{1,7})")
BETWEEN: Final = re.compile(r"[、,，;；\s]+")


class WordsNotThere(ValueError):
    """E156: words that a person typed and that stand in no text of the evidence."""

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(f"E156: no text of the evidence says {', '.join(words)}")
        self.words = tuple(words)


class Edit(BaseModel):
    """What a person chose; passages are ``DOCUMENT:START-END``. An empty list or value clears the field."""

    title: str = ""
    places: list[str] = []
    more_places: Annotated[str, Field(max_length=200)] = ""
    """Further places, as they are written in the texts."""
    groups: list[str] = []
    units: list[str] = []
    territorial: list[str] = []
    attention: str = ""


@dataclass(frozen=True)
class Editable:
    """What can be set and what is set now."""

    titles: list[tuple[str, str]]
    places: list[tuple[str, str]]
    chosen: Edit
    told: bool
    """Whether places and groups are shown: not below k voices, where they would tell who spoke (P-07)."""


class EditDesk(Desk):
    """One reader who edits; human values own their field, whatever a later analysis says (P-23)."""

    def editable(self, risk_point_id: str, purpose: str | None) -> Editable:
        """The passages to choose a title from, the places, and what is set now. Raises NotFound or Denied."""
        with self._asked_about("risk_points.decide", purpose, risk_point_id) as point:
            return self._editable(point)

    def changes(self, risk_point_id: str, purpose: str | None, edit: Edit) -> dict[str, Any]:
        """The fields that a person changed, with their new values. Raises WordsNotThere (E156), ValueError."""
        with self._asked_about("risk_points.decide", purpose, risk_point_id) as point:
            assert point.candidate is not None
            shown, candidate = self._editable(point), point.candidate
            now, made = shown.chosen, dict[str, Any]()
            if edit.title and edit.title != now.title:
                made["title"] = _passage(edit.title).model_dump(mode="json")
            if edit.attention and edit.attention != now.attention:
                made["attention"] = edit.attention
            units = [code for code in dict.fromkeys(edit.units) if code]
            if (units, sorted(edit.territorial)) != (now.units, sorted(now.territorial)):
                kept = candidate.proposed_units.model_dump(mode="json")
                made["proposed_units"] = {**kept, "primary": units, "territorial": edit.territorial}
            if shown.told:
                made |= self._places(candidate, now, edit)
                if sorted(edit.groups) != sorted(now.groups):
                    made["stakeholder_groups"] = edit.groups
            return made

    def _editable(self, point: StoredRiskPoint) -> Editable:
        assert point.candidate is not None
        candidate, told = point.candidate, enough_voices(point.candidate.counts, self._k)
        passages = list(candidate.evidence[:MANY]) if told or self._opens(point) else []
        title = candidate.title
        if title is not None and title not in passages:
            passages.insert(0, title)
        ids = {one.document_id for one in (*passages, *candidate.places)}
        documents = self._office.store.documents_by_id(ids)
        return Editable(
            titles=_options([_short(one) for one in passages], documents) if told or self._opens(point) else [],
            places=_options(candidate.places, documents) if told else [],
            chosen=Edit(
                title=_code(_short(title)) if title else "",
                places=[_code(one) for one in candidate.places],
                groups=list(candidate.stakeholder_groups) if told else [],
                units=list(candidate.proposed_units.primary),
                territorial=list(candidate.proposed_units.territorial),
                attention=candidate.attention,
            ),
            told=told,
        )

    def _places(self, candidate: RiskPointCandidate, now: Edit, edit: Edit) -> dict[str, Any]:
        words = [word for word in BETWEEN.split(edit.more_places) if word]
        documents = self._office.store.documents_by_id({one.document_id for one in candidate.evidence})
        found = {word: found_in(word, candidate, documents) for word in words}
        if missing := [word for word, passage in found.items() if passage is None]:
            raise WordsNotThere(missing)
        places = [_passage(code) for code in edit.places] + [one for one in found.values() if one]
        if [_code(one) for one in places] == now.places:
            return {}
        return {"places": [one.model_dump(mode="json") for one in dict.fromkeys(places)]}

    def _opens(self, point: StoredRiskPoint) -> bool:
        project = self._office.store.project(point.project_id)
        return project is not None and access().allows(self._reader, "evidence.read", project)


def _options(passages: Sequence[Evidence], documents: dict[str, Document]) -> list[tuple[str, str]]:
    there = [(one, documents.get(one.document_id)) for one in dict.fromkeys(passages)]
    return [(_code(one), one.quote(text)) for one, text in there if text is not None and one.stands_in(text)]


def _short(passage: Evidence) -> Evidence:
    """The passage as far as a title may be long."""
    end = min(passage.end, passage.start + TITLE_LIMIT)
    return Evidence(document_id=passage.document_id, start=passage.start, end=end)


def _code(passage: Evidence) -> str:
    return f"{passage.document_id}:{passage.start}-{passage.end}"


def _passage(code: str) -> Evidence:
    found = PASSAGE.fullmatch(code)
    if found is None:
        raise ValueError("E156: a passage is DOCUMENT:START-END")
    return passage_of({"document_id": found[1], "start": int(found[2]), "end": int(found[3])})

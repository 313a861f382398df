"""The evidence reader: one redacted text, what was read in it and why, and what people did with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any, Final

from fastapi import Path, Query, Response

from api.console.hits import shown_hits
from api.console.passages import RANK, Passage
from api.console.query_tree import value_name
from api.console.rules import ConsoleRouter, InProject
from api.console.source_limits import CANNOT_TELL
from api.console.visit import AtConsole, ProjectPath
from api.console.words import word
from api.text_desk import TextDesk
from pipeline.process.clocks import day_of

DocumentPath = Annotated[str, Path(min_length=1, max_length=512)]
Place = Annotated[str | None, Query(pattern=r"^\d{1,9}-\d{1,9}$")]
LIKE: Final = 20
router = ConsoleRouter()


@router.page("/projects/{project_id}/texts/{document_id}", rule=InProject("evidence.read"))
def text(visit: AtConsole, project_id: ProjectPath, document_id: DocumentPath, at: Place = None) -> Response:
    """Opens a text; ``at`` is the passage that one came for, as START-END. Each opening is an audit event."""
    opened = visit.desk(TextDesk).text(project_id, visit.purpose(project_id), document_id)
    passages = _passages(opened, at)
    kinds = {passage.kind for passage in passages}
    return visit.page(
        "texts/page.html",
        opened=opened,
        passages=passages,
        kinds=[kind for kind in RANK if kind in kinds],
        steps=_steps(opened["thread"], visit.gettext),
        cannot_tell=[visit.gettext(CANNOT_TELL[code]) for code in opened["cannot_tell"]],
        redaction_rows=[
            (word(visit.gettext, code, "redaction"), str(count)) for code, count in opened["redactions"].items()
        ],
        factor_names={
            code: value_name("factors", code, visit.gettext, visit.language)
            for code in {factor["code"] for one in opened["readings"] for factor in one["factors"]}
        },
        semantic=visit.office.settings.semantic,
        searches=visit.allows("documents.read", visit.project),
    )


@router.page("/projects/{project_id}/texts/{document_id}/similar", rule=InProject("documents.read"))
def similar(
    visit: AtConsole,
    project_id: ProjectPath,
    document_id: DocumentPath,
    start: Annotated[int | None, Query(ge=0)] = None,
    end: Annotated[int | None, Query(ge=1)] = None,
) -> Response:
    """Other texts about the project that mean what a passage means; without a span, what the whole text means."""
    span = (start, end) if start is not None and end is not None else None
    purpose = visit.purpose(project_id)
    if not visit.office.settings.semantic:
        return visit.page("texts/similar.html", hits=None, document_id=document_id, span=span)
    found = visit.desk(TextDesk).similar(project_id, purpose, document_id, span, size=LIKE)
    return visit.page("texts/similar.html", hits=shown_hits(found), document_id=document_id, span=span)


def _steps(thread: dict[str, Any], gettext: Callable[[str], str]) -> list[tuple[date, str, str | None, str | None]]:
    """The clock of a petition as moments in the order of their days: when, what, how it went, on what basis."""
    clock = thread["clock"]
    if clock is None:
        return []
    state = clock["state"]
    ahead = {"waiting": "ahead", "answered": "done", "answered_late": "done"}
    answer = "late" if state in ("answer", "answered_late") else ahead.get(state, "ahead")
    taken_up = "late" if state == "take_up" else ahead.get(state)
    steps = [
        (clock["begins"], gettext("来信"), "done", None),
        (clock["take_up_by"], gettext("应告知是否受理（15 日）"), taken_up, clock["take_up_basis"]),
        (clock["answer_by"], gettext("应作出答复（60 日）"), answer, clock["answer_basis"]),
    ]
    steps += [
        (day_of(reply["published_at"]), gettext("答复"), "done", reply["source"])
        for reply in thread["replies"]
        if reply["published_at"]
    ]
    return sorted(steps, key=lambda step: step[0])


def _passages(opened: dict[str, Any], at: str | None) -> list[Passage]:
    """The marks of the text; those that somebody is sent to have an anchor."""
    length = len(opened["text"])
    found = [Passage(one["start"], one["end"], one["kind"]) for one in opened["passages"]]
    for factor in opened["factors"]:
        passage = factor["passage"]
        found.append(Passage(passage["start"], passage["end"], "for", f"p-{passage['start']}"))
    if at is not None:
        start, end = (int(part) for part in at.split("-"))
        found.append(Passage(start, end, "found", f"p-{start}"))
    return [one for one in found if 0 <= one.start < one.end <= length]

"""What a server reads before somebody waits for it: tables, the renderer of charts, what is kept of each project."""

from __future__ import annotations

import gc
import logging
import threading
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from functools import partial
from typing import Final

from api.bulletin import Week, bulletin_of
from api.charts import Bar, sparkline_spec, svg
from api.reportable import open_points
from index.query import Term
from models.gazetteer import gazetteer
from models.taxonomy import taxonomy
from pipeline.forecast.band import weeks_of
from pipeline.logbook import Code, Event, log
from pipeline.office import Office

WEEKS: Final = 8
"""Weeks beside their baseline that a bulletin and an incident show."""
SELDOM: Final = (100_000, 50, 100)
"""When objects are looked through for what can be let go: hundreds of thousands of records are kept here."""


def warm(office: Office, stopped: threading.Event) -> None:
    """Reads it once, step by step until ``stopped``. What fails here fails where it is asked for, and says so."""
    try:
        for step in _steps(office):
            if stopped.is_set():
                return
            step()
    except Exception as error:  # the server answers all the same, only the first page is slower
        log(Event.WARMING_FAILED, logging.WARNING, error=Code.of(error))


def seldom_collected() -> None:
    """Has the interpreter look through all kept records seldom; each time, pages wait for half a second."""
    gc.set_threshold(*SELDOM)


def _steps(office: Office) -> Iterator[Callable[[], object]]:
    yield taxonomy
    yield gazetteer
    yield partial(svg, sparkline_spec([Bar(date(2026, 1, 1), "exact", 1)]))
    store, projects = office.store, office.store.projects()
    for project in projects:
        yield partial(office.waiting.of, [project.id])
        yield partial(_texts_of, office, project.id)
    week = Week.before(store.clock())
    ids = [project.id for project in projects]
    for monday in (week.first, week.first + timedelta(weeks=1)):
        yield partial(weeks_of, store, ids, monday, WEEKS, ids)
    yield partial(bulletin_of, store, projects, week, None, office.settings.k_anonymity)


def _texts_of(office: Office, project_id: str) -> None:
    """What is counted of the texts about a project, and who is behind its matters and risk points."""
    store = office.store
    office.ledgers.crowd(project_id, Term("project_ids", (project_id,)))
    heard = {one for sheet in store.matters_of_project(project_id) for one in sheet.documents}
    for point in open_points(store, project_id):
        if point.candidate is not None:
            heard.update(one.document_id for one in point.candidate.evidence)
    store.hearing(project_id, heard)
    store.stated(heard)

"""What a server reads before somebody waits for it: tables, the renderer of charts, and which matters wait."""

from __future__ import annotations

import logging
import threading
from datetime import date

from api.charts import Bar, sparkline_spec, svg
from models.gazetteer import gazetteer
from models.taxonomy import taxonomy
from pipeline.logbook import Code, Event, log
from pipeline.office import Office


def warm(office: Office, stopped: threading.Event) -> None:
    """Reads it once, project by project until ``stopped``. What fails here fails where it is asked for, and says so."""
    try:
        taxonomy()
        gazetteer()
        for project in office.store.projects():
            if stopped.is_set():
                return
            office.waiting.of([project.id])
        svg(sparkline_spec([Bar(date(2026, 1, 1), "exact", 1)]))
    except Exception as error:  # the server answers all the same, only the first page is slower
        log(Event.WARMING_FAILED, logging.WARNING, error=Code.of(error))

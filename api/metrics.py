"""Figures about the watch, in Prometheus' text format; counts of incidents, nothing of what they are about."""

from __future__ import annotations

from pipeline.alerts.observation import tick_of
from pipeline.store import Store


def metrics(store: Store) -> str:
    """Incidents by kind, level and state, events that were put up to be told, projects watched, and how far behind."""
    projects, tick = store.alert_reach()
    lines = [
        "# HELP minyi_incidents Incidents by kind, level and state.",
        "# TYPE minyi_incidents gauge",
        *(
            f'minyi_incidents{{kind="{kind}",level="{level}",state="{state}"}} {number}'
            for (kind, level, state), number in sorted(store.incident_figures().items())
        ),
        "# HELP minyi_incident_events_total Events that were put up to be told.",
        "# TYPE minyi_incident_events_total counter",
        f"minyi_incident_events_total {store.incident_events_end()}",
        "# HELP minyi_messages Messages to subscribers by state; dead ones wait for somebody (minyi subscribers dead).",
        "# TYPE minyi_messages gauge",
        *(f'minyi_messages{{state="{state}"}} {number}' for state, number in sorted(store.message_figures().items())),
        "# HELP minyi_watched_projects Projects whose hours are judged.",
        "# TYPE minyi_watched_projects gauge",
        f"minyi_watched_projects {projects}",
        "# HELP minyi_watch_lag_hours Complete hours that the project furthest behind was not judged for.",
        "# TYPE minyi_watch_lag_hours gauge",
    ]
    if tick is not None:
        lines.append(f"minyi_watch_lag_hours {max(0, tick_of(store.clock()) - 1 - tick)}")
    return "\n".join(lines) + "\n"

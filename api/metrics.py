"""Figures for a monitoring system in Prometheus' text format: counts, states and times, nothing of what they are about.

Two kinds: what stands in the store, the same whichever process is asked, and what this process counted and timed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from pipeline.alerts.observation import tick_of
from pipeline.drift import noted
from pipeline.meters import METERS
from pipeline.store import Store

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
STATES: Final = ("received", "analysed", "indexed", "quarantined", "withdrawn")
_WHOLE: Final = re.compile(rb"(?m)(?<=\d)\.0$")


def metrics(store: Store) -> str:
    """Everything there is to say, a whole number without its ``.0``."""
    return _WHOLE.sub(b"", generate_latest(everything(store))).decode()


def everything(store: Store) -> CollectorRegistry:
    """The store's figures and the meters of this process as one registry."""
    registry = CollectorRegistry()
    registry.register(_Meters())
    registry.register(_StoreFigures(store))
    return registry


class _Meters(Collector):
    """What this process counted and timed since it began."""

    def collect(self) -> Iterable[Metric]:
        return METERS.collect()


class _StoreFigures(Collector):
    """What stands in the store now. One that cannot be reached is a figure too."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def describe(self) -> Iterable[Metric]:
        return ()

    def collect(self) -> Iterator[Metric]:
        reached = GaugeMetricFamily("minyi_store_up", "Whether the store answered: 1, or 0.")
        try:
            found = [figure for part in _PARTS for figure in part(self._store)]
        except Exception:  # whatever it is, the monitoring system hears of it, and the message may say too much
            reached.add_metric([], 0)
            yield reached
            return
        reached.add_metric([], 1)
        yield reached
        yield from found


def _documents(store: Store) -> Iterator[Metric]:
    """Incoming texts by state, those set aside, and how long the oldest has waited."""
    by_state = store.counts_by_state()
    yield _labelled(
        "minyi_documents", "Documents by state.", ["state"], [((state,), by_state.get(state, 0)) for state in STATES]
    )
    oldest = store.oldest_waiting()
    waited = max(0.0, (store.clock() - oldest).total_seconds()) if oldest else 0.0
    yield _plain("minyi_queue_age_seconds", "Age of the document that waits longest to be read; 0: none waits.", waited)
    yield _labelled(
        "minyi_quarantined", "Items set aside, by stage and reason code.", ["stage", "reason"],
        [((one.stage, one.reason), one.items) for one in store.asides()],
    )  # fmt: skip
    yield _plain("minyi_analyses", "Analyses that are kept, superseded ones among them.", store.analyses_kept())
    yield _labelled(
        "minyi_links", "Links between texts and projects, by relation.", ["relation"],
        [((relation,), number) for relation, number in sorted(store.links_by_relation().items())],
    )  # fmt: skip


def _index(store: Store) -> Iterator[Metric]:
    """How far the search index lies behind the store, in changes."""
    end, through = store.outbox_end(), store.indexed_through()
    yield CounterMetricFamily("minyi_changes", "Changes that the index is to be told of, so far.", value=end)
    yield _plain("minyi_index_lag_changes", "Changes that the index was not told of yet.", max(0, end - through))


def _watch(store: Store) -> Iterator[Metric]:
    """Incidents, messages, projects watched, and how far behind; counts, nothing of what they are about."""
    projects, tick = store.alert_reach()
    yield _labelled(
        "minyi_incidents", "Incidents by kind, level and state.", ["kind", "level", "state"],
        sorted(store.incident_figures().items()),
    )  # fmt: skip
    yield CounterMetricFamily(
        "minyi_incident_events", "Events that were put up to be told.", value=store.incident_events_end()
    )
    yield _labelled(
        "minyi_messages",
        "Messages to subscribers by state; dead ones wait for somebody (minyi subscribers dead).",
        ["state"],
        [((state,), number) for state, number in sorted(store.message_figures().items())],
    )
    yield _plain("minyi_watched_projects", "Projects whose hours are judged.", projects)
    lag = GaugeMetricFamily(
        "minyi_watch_lag_hours", "Complete hours that the project furthest behind was not judged for."
    )
    if tick is not None:
        lag.add_metric([], max(0, tick_of(store.clock()) - 1 - tick))
    yield lag


def _sources(store: Store) -> Iterator[Metric]:
    """Sources that match nothing, are closed to us or cannot be read, as their crawls showed."""
    yield _labelled(
        "minyi_source_incidents", "Sources with an open incident, by its kind.", ["kind"],
        [((kind,), number) for kind, number in store.open_incidents().items()],
    )  # fmt: skip


def _drift(store: Store) -> Iterator[Metric]:
    """What the work noted last of drift: nothing is counted here, so that a scrape stays cheap."""
    seen = noted(store)
    difference = GaugeMetricFamily(
        "minyi_drift", "Share of texts this month less that of last month, by head and kind of source.",
        labels=["head", "source_kind"],
    )  # fmt: skip
    moved = GaugeMetricFamily(
        "minyi_drift_moved", "Whether that share moved by more than chance explains: 1, or 0.",
        labels=["head", "source_kind"],
    )  # fmt: skip
    silent = GaugeMetricFamily("minyi_silent", "Sources and factors that fell silent for eight weeks.", labels=["kind"])
    age = GaugeMetricFamily("minyi_drift_age_seconds", "Since when drift was not looked for.")
    if seen is not None:
        age.add_metric([], max(0.0, (store.clock() - seen.at).total_seconds()))
        for one in seen.shifts:
            if one.difference is not None:
                difference.add_metric([one.head, one.source_kind], one.difference)
            moved.add_metric([one.head, one.source_kind], int(one.moved))
        for kind, number in (("source", seen.silent_sources), ("factor", seen.silent_factors)):
            if number is not None:
                silent.add_metric([kind], number)
    yield from (difference, moved, silent, age)


_PARTS: Final = (_documents, _index, _watch, _sources, _drift)


def _plain(name: str, said: str, value: float) -> Metric:
    return GaugeMetricFamily(name, said, value=value)


def _labelled(name: str, said: str, labels: list[str], rows: Iterable[tuple[tuple[str, ...], int]]) -> Metric:
    family = GaugeMetricFamily(name, said, labels=labels)
    for values, number in rows:
        family.add_metric(list(values), number)
    return family

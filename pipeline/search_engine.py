"""Which search engine an office uses: the embedded one in its data folder, or Elasticsearch at an address."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from index import Change, EmbeddedIndex, SearchIndex
from pipeline.settings import Settings

if TYPE_CHECKING:
    from index.elastic import ElasticSettings


@dataclass(frozen=True, slots=True)
class Reindexed:
    """A new live version of the index: its name, how many documents it has, and how long it took in seconds."""

    version: str
    documents: int
    last_sequence: int
    seconds: float


def open_index(settings: Settings) -> SearchIndex:
    """The index of these settings, created when it is not there. Raises IndexUnusable or ClusterTrouble."""
    if not settings.index_url:
        return EmbeddedIndex(settings.index_folder)
    from index.elastic import ElasticIndex

    return ElasticIndex(elastic_settings(settings))


def reindex(
    settings: Settings,
    read: Callable[[int], Iterable[Change]],
    *,
    progress: Callable[[int], None] = lambda documents: None,
    keep_previous: bool = True,
) -> Reindexed:
    """Builds the index anew beside the live one and swaps. Raises IndexBusy, IndexUnusable or ClusterTrouble."""
    if settings.index_url:
        from index.elastic.rebuild import rebuild as rebuild_on_cluster

        done = rebuild_on_cluster(elastic_settings(settings), read, progress=progress, keep_previous=keep_previous)
        return Reindexed(done.version, done.documents, done.last_sequence, done.seconds)
    from index.rebuild import rebuild

    built = rebuild(settings.index_folder, read, progress=progress, keep_previous=keep_previous)
    return Reindexed(built.folder.name, built.documents, built.last_sequence, built.seconds)


def elastic_settings(settings: Settings) -> ElasticSettings:
    """The cluster that the settings name. Raises ValueError (E620) for an address that is none."""
    from index.elastic import ElasticSettings

    return ElasticSettings(
        urls=tuple(url.strip() for url in settings.index_url.split(",") if url.strip()),
        alias=settings.index_name,
        api_key=settings.index_api_key.get_secret_value(),
        ca_certificate=settings.index_ca_certificate,
        shards=settings.index_shards,
        replicas=settings.index_replicas,
        partition=settings.index_partition,
    )

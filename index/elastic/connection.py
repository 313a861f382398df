"""The connection to a cluster: made from settings, checked once, and its failures told in words an operator can use."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from inspect import signature
from typing import TYPE_CHECKING, Any, Final

from index.elastic.settings import ElasticSettings
from index.errors import ClusterTrouble, QueryError

if TYPE_CHECKING:
    from elasticsearch import Elasticsearch

OLDEST: Final = (8, 2)
"""The first release with everything that is asked of it (points in time over aliases, dates before 1970)."""
_RETRIES: Final = 2
_RETRIES_ELSEWHERE: Final = 10
"""Times that another node is asked; with the pauses that outlasts the choice of a new master."""
_INSTALL: Final = "install the client with: pip install 'minyi[elastic]'"


def connected(settings: ElasticSettings) -> Elasticsearch:
    """A client that answered once. Raises ClusterTrouble when no, another or too old a server answers."""
    try:
        from elasticsearch import Elasticsearch
    except ImportError:
        raise ClusterTrouble(settings.where, "its client is not installed", _INSTALL) from None
    options: dict[str, Any] = {
        "request_timeout": settings.timeout_seconds,
        "max_retries": _RETRIES_ELSEWHERE if len(settings.urls) > 1 else _RETRIES,
        "retry_on_timeout": True,
        "retry_on_status": (502, 503, 504),
        "dead_node_backoff_factor": 0.5,
    }
    if "retry_backoff_base" in signature(Elasticsearch.__init__).parameters:
        options |= {"retry_backoff_base": 0.25, "retry_backoff_cap": 2.0}
    if settings.api_key:
        options["api_key"] = settings.api_key
    elif settings.username:
        options["basic_auth"] = (settings.username, settings.password)
    if settings.ca_certificate is not None:
        if not settings.ca_certificate.is_file():
            reason = f"the certificate {settings.ca_certificate} is not there"
            raise ClusterTrouble(settings.where, reason, "check index_ca_certificate")
        options["ca_certs"] = str(settings.ca_certificate)
    if settings.fingerprint:
        options["ssl_assert_fingerprint"] = settings.fingerprint
    with told(settings.where):
        try:
            client = Elasticsearch(list(settings.urls), **options)
        except (OSError, ValueError) as error:
            raise ClusterTrouble(settings.where, f"the connection cannot be set up ({error})", _SETTINGS) from None
        answer = client.info()
    number = str(answer["version"]["number"])
    release = tuple(int(part) for part in number.split("-")[0].split(".")[:2])
    if release < OLDEST:
        client.close()
        wanted = ".".join(map(str, OLDEST))
        raise ClusterTrouble(settings.where, f"release {number} is too old", f"{wanted} or newer is needed")
    return client


_SETTINGS: Final = "check index_url, index_api_key and index_ca_certificate"
_TELL: Final[tuple[tuple[str, str, str], ...]] = (
    (
        "flood-stage",
        "a disk is nearly full and the index was made read-only",
        "free space; the block goes away by itself, and `minyi work` goes on where it stopped",
    ),
    (
        "read-only",
        "the index is read-only",
        "free disk space or lift the block (index.blocks.*); `minyi work` goes on where it stopped",
    ),
    (
        "index write (api)",
        "writes to the index are blocked",
        "lift the block (index.blocks.write); `minyi work` goes on where it stopped",
    ),
    (
        "cluster_block_exception",
        "the cluster or the index is blocked",
        "look at GET _cluster/health and the blocks; nothing is lost, `minyi work` goes on where it stopped",
    ),
    (
        "no_shard_available_action_exception",
        "some of the index cannot be read: a shard has no node (cluster red)",
        "bring the nodes back or restore a snapshot; failing both, rebuild it with `minyi reindex`",
    ),
    (
        "unavailable_shards_exception",
        "some of the index cannot be written: a shard has no node (cluster red)",
        "bring the nodes back or restore a snapshot; failing both, rebuild it with `minyi reindex`",
    ),
    (
        "master_not_discovered_exception",
        "the cluster has no master",
        "bring back enough nodes for a majority",
    ),
    (
        "media_type_header_exception",
        "the server is older than the installed client understands",
        "install the client of the server's release, for Elasticsearch 8: pip install 'elasticsearch>=8.17,<9'",
    ),
    (
        "circuit_breaking_exception",
        "the cluster is short of memory",
        "ask for less at once, or give the nodes more heap",
    ),
    (
        "maximum_shards_open",
        "the cluster has as many shards as it may have",
        "delete indices nobody needs, or add a node",
    ),
)
_COSTLY: Final = ("too_many_clauses", "maxClauseCount", "too_many_nested_clauses")


def trouble_in(text: str) -> tuple[str, str] | None:
    """What is wrong and what to do, for the causes an operator meets; None for an answer that names none of them."""
    return next(((reason, advice) for mark, reason, advice in _TELL if mark in text), None)


@contextmanager
def told(where: str) -> Iterator[None]:
    """Turns what the client raises into ClusterTrouble, or QueryError when the query alone is at fault."""
    import elasticsearch as es

    try:
        yield
    except es.UnsupportedProductError:
        reason = "what answers there is not Elasticsearch"
        raise ClusterTrouble(where, reason, "correct index_url; other products are not supported") from None
    except es.AuthenticationException:
        raise ClusterTrouble(where, "the credentials were refused", "check index_api_key") from None
    except es.SSLError as error:
        reason = f"no secure connection ({_short(error)})"
        raise ClusterTrouble(where, reason, "check index_ca_certificate and the https:// address") from None
    except es.ConnectionTimeout:
        raise ClusterTrouble(where, "no answer in time", "see whether the cluster is overloaded") from None
    except es.ConnectionError as error:
        reason = f"nothing answers ({_short(error)})"
        raise ClusterTrouble(where, reason, "start it, or correct index_url") from None
    except es.ApiError as error:
        raise _told(where, error) from error
    except es.TransportError as error:
        raise ClusterTrouble(where, f"the connection failed ({_short(error)})", _SETTINGS) from None


def _told(where: str, error: Any) -> Exception:
    text = f"{error} {error.body}"
    if any(mark in text for mark in _COSTLY):
        return QueryError("the query costs more than the cluster allows: make it shorter")
    known = trouble_in(text)
    if known:
        return ClusterTrouble(where, *known)
    status = error.meta.status
    if status == 403:
        return ClusterTrouble(where, "the key may not do this", "grant the role shipped in index/elastic/role.json")
    if "search_phase_execution_exception" in text and status == 503:
        return ClusterTrouble(where, *_red())
    return ClusterTrouble(where, f"it answered {status} ({_short(error)})", "see the cluster's log")


def _red() -> tuple[str, str]:
    known = trouble_in("no_shard_available_action_exception")
    assert known is not None
    return known


def _short(error: object) -> str:
    return " ".join(str(error).split())[:240]

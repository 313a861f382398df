"""Where the cluster is, how to prove who we are, and how the index lies on it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal

_ALIAS: Final = re.compile(r"^[a-z][a-z0-9_.-]{0,99}$")


@dataclass(frozen=True, slots=True, kw_only=True)
class ElasticSettings:
    """One index on one cluster; with several addresses the client goes on with another when a node is lost.

    ``replicas`` None lets the cluster keep one copy when it has more than one node, none on a single node. Secrets do
    not show in ``repr``. Raises ValueError (E620) for an address that is no URL or a name that no alias may have.
    """

    urls: tuple[str, ...]
    alias: str = "minyi"
    api_key: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    ca_certificate: Path | None = None
    fingerprint: str = ""
    """SHA-256 of the server's certificate or of its authority, as an alternative to the file."""
    timeout_seconds: float = 30.0
    shards: int = 1
    replicas: int | None = None
    partition: Literal["none", "month"] = "none"
    """Whether versions built from now on are one index, or one for every month of publication."""

    def __post_init__(self) -> None:
        if not self.urls or not all(url.startswith(("http://", "https://")) for url in self.urls):
            raise ValueError(f"E620: an address of Elasticsearch begins with http:// or https://, not {self.urls!r}")
        if not _ALIAS.match(self.alias):
            raise ValueError(f"E620: {self.alias!r} is no index name: small letters, digits, '-', '_' and '.'")
        if self.shards < 1 or (self.replicas or 0) < 0:
            raise ValueError("E620: an index has at least one shard, and no fewer than no replicas")

    @property
    def where(self) -> str:
        """The addresses as messages show them: a password in an address is left out."""
        return ", ".join(re.sub(r"//[^/@]*@", "//", url) for url in self.urls)

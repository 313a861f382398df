"""One source (来源): what is read, on what legal basis, how often, and for how long back. One TOML file a source."""

from __future__ import annotations

import re
from datetime import time, timedelta
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from crawlers.politeness.addresses import authority, is_public, literal

Kind = Literal["news", "weibo", "petition", "notice"]
FASTEST: Final = 1.0
"""Seconds between two requests to a public host that no source file can go below; ``Traffic`` sees to it."""
_DURATION: Final = re.compile(r"(\d+)\s*(m|h|d)")
_UNITS: Final = {"m": "minutes", "h": "hours", "d": "days"}
_NIGHT: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")
_CONTACT: Final = re.compile(r"(https?://[\w.\-]+\S*|mailto:\S+@\S+|[\w.+\-]+@[\w.\-]+)")


def duration(written: Any) -> Any:
    """``90m``, ``1h``, ``7d`` as a timedelta. Raises ValueError for anything else that is written as text."""
    if not isinstance(written, str):
        return written
    found = _DURATION.fullmatch(written.strip())
    if not found or not int(found[1]):
        raise ValueError(f"expected a length such as 30m, 1h or 7d, found {written!r}")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


Length = Annotated[timedelta, BeforeValidator(duration), Field(gt=timedelta(), le=timedelta(days=366))]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Windows(_Part):
    """How a source's time is cut: length of a window, the finest that a full one is split into, how far back."""

    length: Length = timedelta(days=1)
    """Windows begin at multiples of it from midnight in Asia/Shanghai; at most a day, or whole days."""
    finest: Length = timedelta(hours=1)
    """A full one (page cap) is split into windows of this length; one of these that is full is stored as capped."""
    recrawl: Length = timedelta(days=3)
    """So far back every crawl reads again, for edits and deletions."""
    first: Length = timedelta(days=7)
    """So far back the first crawl reaches."""

    @model_validator(mode="after")
    def _divide(self) -> Self:
        day = timedelta(days=1)
        if self.length % day and day % self.length:
            raise ValueError("length: must divide a day, or be whole days")
        if self.length % self.finest:
            raise ValueError("finest: must divide length")
        return self


class NightWindow(_Part):
    """The hours of Asia/Shanghai in which a source may be read, such as 22:00-06:00."""

    begins: time
    ends: time

    @model_validator(mode="before")
    @classmethod
    def _written(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        found = _NIGHT.fullmatch(value.strip())
        if not found:
            raise ValueError(f"expected hours such as 22:00-06:00, found {value!r}")
        hours = [int(part) for part in found.groups()]
        return {"begins": time(hours[0], hours[1]), "ends": time(hours[2], hours[3])}

    def open_at(self, clock: time) -> bool:
        """Whether this time of day (Asia/Shanghai) lies inside."""
        if self.begins <= self.ends:
            return self.begins <= clock < self.ends
        return clock >= self.begins or clock < self.ends


class Source(_Part):
    """A source as its file describes it. ``name`` and ``title`` identify what is stored: changing them makes it new."""

    name: Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9\-]{0,35}$")]
    """Short name for the command line and the store; the file is called NAME.toml."""
    title: Annotated[str, Field(min_length=1, max_length=100)]
    """What readers see as the source of a text, such as 清溪县网上信箱."""
    kind: Kind
    spider: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$")]
    """``name`` of the spider class that reads it."""
    start: Annotated[tuple[str, ...], Field(min_length=1)]
    """Where reading begins: http or https addresses."""
    legal_basis: str = ""
    """Why the source may be read, by statute or contract; without it the source cannot be enabled (P-19)."""
    permission: str = ""
    """Who permits it, or which public interface it is and under which terms."""
    contact: str = ""
    """Address in the user agent where the site's operator reaches the deployment: an e-mail address or a page."""
    enabled: bool = False
    """The kill switch: false stops the source at once on this machine, whatever the store says."""
    rate_seconds: Annotated[float, Field(ge=0.0, le=3600)] = 5.0
    """Seconds between two requests to one host, at least 1; robots.txt (Crawl-delay) can only make it longer."""
    daily_requests: Annotated[int, Field(ge=1, le=100_000)] = 2_000
    """Requests a day (Asia/Shanghai), robots.txt and retries included."""
    night_window: NightWindow | None = None
    """Hours in which alone the source is read; None: at any time."""
    window: Windows = Windows()
    every: Length = timedelta(hours=6)
    """How long after a crawl the next is due."""
    allowed_private_hosts: tuple[Annotated[str, Field(pattern=r"^[\w.\-\[\]:]+:\d{1,5}$")], ...] = ()
    """Private addresses that may be read all the same, each as host:port; for replicas and sites of an own network.
    A source that begins at such hosts alone may be read faster than once a second where they prove to be private."""
    parser: dict[str, Any] = Field(default_factory=dict)
    """Settings of the spider, validated by its own model (``SourceSpider.Parser``)."""

    @field_validator("start")
    @classmethod
    def _addresses(cls, start: tuple[str, ...]) -> tuple[str, ...]:
        for address in start:
            if not re.match(r"https?://[^\s/?#]+", address):
                raise ValueError(f"expected an http or https address, found {address!r}")
        return start

    @field_validator("allowed_private_hosts")
    @classmethod
    def _private(cls, hosts: tuple[str, ...]) -> tuple[str, ...]:
        for host in hosts:
            if (address := literal(host)) and is_public(address):
                raise ValueError(f"{host} is a public address: it needs no leave, and is read once a second at most")
        return hosts

    @model_validator(mode="after")
    def _no_public_host_is_hurried(self) -> Self:
        if self.rate_seconds < FASTEST and not {*map(authority, self.start)} <= {*self.allowed_private_hosts}:
            raise ValueError(f"rate_seconds: at least {FASTEST:g} for a public host")
        return self

    @model_validator(mode="after")
    def _nothing_without_a_basis(self) -> Self:
        if not self.enabled:
            return self
        for field in ("legal_basis", "permission", "contact"):
            if not str(getattr(self, field)).strip():
                raise ValueError(f"{field}: needed before the source may be enabled (P-19)")
        if not _CONTACT.fullmatch(self.contact.strip()):
            raise ValueError("contact: expected an e-mail address or a page that tells who reads")
        return self

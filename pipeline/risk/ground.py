"""What candidates are built on besides the texts: routing in force, calibration, and who counts voices."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from models.taxonomy import Routing, taxonomy
from pipeline.risk.validity import Calibration, shipped


@dataclass(frozen=True)
class Ground:
    """The same ground and the same texts give the same candidates."""

    routing: Mapping[str, Routing] = field(default_factory=lambda: taxonomy().routing)
    calibration: Calibration = field(default_factory=shipped)
    vectors: Mapping[str, bytes] = field(default_factory=dict)
    """Of the texts, by document; without them a matter is one concern at one site."""

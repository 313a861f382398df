"""What a reader sees of a source: its status as plain values. Who switched it and why stays on the command line."""

from __future__ import annotations

from typing import Any

from pipeline.sources.status import SourceStatus


def shown(status: SourceStatus) -> dict[str, Any]:
    """The status as plain values."""
    values = {name: value for name, value in status._asdict().items() if name != "reason"}
    return {**values, "incidents": [incident._asdict() for incident in status.incidents]}

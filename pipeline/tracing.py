"""Traces (OpenTelemetry), for those who have a collector: off unless ``traces_endpoint`` is set, and under the rule of
the log: names of a closed list, attributes that are codes, ids and numbers, no message of any error (P-01).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from typing import TYPE_CHECKING, Any, Final

from pipeline.logbook import Field, checked

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import SpanProcessor


class Step(Enum):
    """Everything that a trace may show."""

    REQUEST = "request"
    INDEX = "index"


class TracingUnavailable(RuntimeError):
    """E182: traces are wanted and their packages are not there."""


_TRACER: Any = None
INSTALL: Final = "E182: traces_endpoint is set and OpenTelemetry is not installed; run: pip install 'minyi[otel]'"


@contextmanager
def traced(endpoint: str) -> Iterator[None]:
    """Sends traces of the block to an OTLP collector, the last ones as it ends; without an address does nothing.

    Raises TracingUnavailable (E182).
    """
    if not endpoint:
        yield
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
        from opentelemetry.sdk.trace.export import BatchSpanProcessor
    except ImportError:
        raise TracingUnavailable(INSTALL) from None
    with traced_by(BatchSpanProcessor(OTLPSpanExporter(endpoint=endpoint.rstrip("/") + "/v1/traces"))):
        yield


@contextmanager
def traced_by(processor: SpanProcessor) -> Iterator[None]:
    """Hands the spans of the block to a processor, which is shut down at its end."""
    global _TRACER
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider

    provider = TracerProvider(resource=Resource({"service.name": "minyi"}))
    provider.add_span_processor(processor)
    _TRACER = provider.get_tracer("minyi")
    try:
        yield
    finally:
        _TRACER = None
        provider.shutdown()


@contextmanager
def span(step: Step, **fields: Field) -> Iterator[dict[str, Field]]:
    """A span around the block; what the block puts into the mapping becomes attributes too. Costs nothing when off."""
    later: dict[str, Field] = {}
    if _TRACER is None:
        yield later
        return
    with _TRACER.start_as_current_span(
        step.value, attributes=_plain(fields), record_exception=False, set_status_on_exception=False
    ) as open_span:
        try:
            yield later
        finally:
            open_span.set_attributes(_plain(later))


def _plain(fields: dict[str, Field]) -> dict[str, str | int | float | bool]:
    """The fields as OpenTelemetry takes them. Raises TypeError (E180) for a string or a text."""
    checked(fields)
    return {
        f"minyi.{name}": value if isinstance(value, int | float) else str(getattr(value, "value", value))
        for name, value in fields.items()
        if value is not None
    }

"""Figures of one process for a monitoring system on the same machine: a port of loopback, or a file it collects."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from prometheus_client import start_http_server, write_to_textfile

from api.metrics import everything
from pipeline.store import Store

LOOPBACK: Final = "127.0.0.1"
"""There is no key to ask for here, so nobody else may ask: from other machines there is ``GET /metrics``."""


class PortTaken(RuntimeError):
    """E181: the port for the figures cannot be had."""


@contextmanager
def exposed(store: Store, port: int | None) -> Iterator[None]:
    """Answers with the figures on a port of loopback for as long as the block runs; without a port does nothing."""
    if port is None:
        yield
        return
    try:
        server, thread = start_http_server(port, addr=LOOPBACK, registry=everything(store))
    except OSError as error:
        raise PortTaken(f"E181: port {port} cannot be had ({error.strerror}); choose another --metrics-port") from None
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def write_figures(store: Store, path: Path) -> None:
    """Writes the figures whole or not at all, for the text-file collector of node_exporter (NAME.prom)."""
    write_to_textfile(str(path), everything(store))

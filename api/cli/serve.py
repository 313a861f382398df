"""``minyi serve``: the console and the HTTP interface on this machine."""

from __future__ import annotations

import ipaddress
import signal
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.options import clear_errors, home_option, metrics_port_option, opened

if TYPE_CHECKING:
    from uvicorn import Server

    from pipeline.office import Office

EXAMPLES = """\b
Examples:
  minyi serve
  minyi serve --metrics-port 9464    (figures for Prometheus, on loopback)
  minyi serve --host 0.0.0.0 --port 8443    (behind a proxy that speaks TLS)"""


@click.command(epilog=EXAMPLES)
@click.option("--host", help="Address to listen on. Default: the setting host, 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port. Default: the setting port, 8080.")
@metrics_port_option
@home_option
@clear_errors
def command(host: str | None, port: int | None, metrics_port: int | None, home: Path | None) -> None:
    """Serve console and HTTP interface until interrupted. People need an account, programs a key (minyi keys issue).

    While there is no account, a one-time link for the first administrator is printed.

    The log names routes, never what was asked.
    """
    from api.app import create_app
    from api.exposition import exposed
    from api.serving import server
    from api.warming import seldom_collected
    from pipeline.logbook import keep_log
    from pipeline.tracing import traced

    with opened(home) as office, traced(office.settings.traces_endpoint):
        host, port = host or office.settings.host, port or office.settings.port
        keep_log(office.settings.log_format, office.settings.log_level)
        if not is_loopback(host):
            click.echo(
                f"Warning: {host} can be reached from other machines, and keys and texts would travel in clear. "
                "Put a proxy with TLS in front of it.",
                err=True,
            )
        served = f"http://{host}:{port}"
        click.echo(f"Listening on {served} – health: /healthz, description: /v1/openapi.json", err=True)
        _invite(office, served)
        if not any(key.revoked_at is None for key in office.store.api_keys()):
            click.echo("Nobody has a key yet. Issue one: minyi keys issue NAME --role assessor", err=True)
        with exposed(office.store, metrics_port):
            seldom_collected()
            _run(server(create_app(office), host, port))


def _run(server: Server) -> None:
    """Serves until it is stopped, by SIGTERM as by Ctrl-C. Exits with 1 when the address cannot be had."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # the server raises it again once it has stopped
    with suppress(KeyboardInterrupt):
        server.run()
    if not server.started:
        raise SystemExit(1)


def _invite(office: Office, served: str) -> None:
    """Prints the first administrator's link. It is kept nowhere: the next start prints another, and this one ends."""
    from datetime import timedelta

    from api.cli.accounts import link_address
    from pipeline.accounts import LINK_HOURS

    if office.store.has_accounts():
        return
    token = office.store.make_link(None, timedelta(hours=LINK_HOURS))
    click.echo(
        f"Nobody can sign in yet. The first administrator's one-time link, valid for {LINK_HOURS} hours:\n"
        f"  {link_address(office, f'/link/{token}', served)}",
        err=True,
    )


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"

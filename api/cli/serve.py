"""``minyi serve``: the console and the HTTP interface on this machine."""

from __future__ import annotations

import ipaddress
import logging
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.options import clear_errors, home_option, opened

if TYPE_CHECKING:
    from pipeline.office import Office

SHUTDOWN_SECONDS = 5
"""How long a stop waits for open streams, which would never end by themselves."""
EXAMPLES = """\b
Examples:
  minyi serve
  minyi serve --host 0.0.0.0 --port 8443    (behind a proxy that speaks TLS)"""


@click.command(epilog=EXAMPLES)
@click.option("--host", help="Address to listen on. Default: the setting host, 127.0.0.1.")
@click.option("--port", type=click.IntRange(1, 65535), help="Port. Default: the setting port, 8080.")
@home_option
@clear_errors
def command(host: str | None, port: int | None, home: Path | None) -> None:
    """Serve console and HTTP interface until interrupted. People need an account, programs a key (minyi keys issue).

    While there is no account, a one-time link for the first administrator is printed.

    The log names routes, never what was asked.
    """
    import uvicorn

    from api.app import create_app

    with opened(home) as office:
        host, port = host or office.settings.host, port or office.settings.port
        _log_without_content()
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
        uvicorn.run(
            create_app(office), host=host, port=port, access_log=False, log_config=None, server_header=False,
            proxy_headers=False, timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )  # fmt: skip


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


def _log_without_content() -> None:
    """Our own lines, and what the server complains of; its access log would hold addresses with what was asked."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    logging.getLogger("minyi").setLevel(logging.INFO)

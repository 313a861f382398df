"""What the commands share: the data folder, the reader at the desk, output as table or JSON, errors in one line."""

from __future__ import annotations

import functools
import getpass
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from api.cli.failures import STOPPED, told

if TYPE_CHECKING:
    from api.desk import Desk
    from api.policy import Reader
    from pipeline.office import Office

Command = Callable[..., Any]
MAX_ACCOUNT: Final = 50


def home_option(command: Command) -> Command:
    """``--home``: the data folder."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="MINYI_HOME",
        help="Data folder: store, index, keys. Default: MINYI_HOME, else ./minyi-data.",
    )(command)


def json_option(command: Command) -> Command:
    """``--json``: machine-readable output on stdout."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")(command)


def metrics_port_option(command: Command) -> Command:
    """``--metrics-port``: figures of this process for Prometheus, on loopback alone."""
    return click.option(
        "--metrics-port",
        type=click.IntRange(1, 65535),
        help="Answer with this process's figures for Prometheus on this port of loopback, without a key.",
    )(command)


def purpose_option(command: Command) -> Command:
    """``--purpose``: why the reader asks; nobody reads without one (P-09)."""
    return click.option(
        "--purpose",
        help="Why you ask (P-09): risk_survey, risk_identification, expert_review, supervision, dispatch, "
        "post_assessment, audit, administration.",
    )(command)


def role_option(default: str) -> Callable[[Command], Command]:
    """``--role``: the role in which the reader acts."""
    return click.option("--role", default=default, show_default=True, help="Role in which you act.")


def clear_errors(command: Command) -> Command:
    """Turns the errors that a user can mend into one line on stderr and exit code 1; Ctrl-C ends with 130."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        try:
            return command(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except KeyboardInterrupt:
            click.echo(f"\n{STOPPED}", err=True)
            raise SystemExit(130) from None
        except Exception as error:
            if line := told(error):
                raise click.ClickException(line) from error
            raise

    return wrapped


@contextmanager
def opened(home: Path | None, *, create: bool = False) -> Iterator[Office]:
    """The office in the data folder."""
    from pipeline.office import Office

    with Office.open(home, create=create) as office:
        yield office


def desk_of(office: Office, role: str) -> Desk:
    """The desk, with the operator of this machine as reader."""
    from api.desk import Desk

    return Desk(office, reader_of(role))


def reader_of(role: str) -> Reader:
    """The operator of this machine in a role. Raises UsageError for a role that there is not."""
    from typing import get_args

    from api.policy import Reader
    from pipeline.records import Role

    if role not in get_args(Role):
        raise click.UsageError(f"--role: {role!r} is not a role; roles: {', '.join(get_args(Role))}")
    return Reader(operator(), role)  # type: ignore[arg-type]


def operator() -> str:
    """The operator of this machine as the audit trail names him: ``cli-`` and the account name."""
    try:
        account = re.sub(r"[^\w.\-]", "", getpass.getuser())[:MAX_ACCOUNT]
    except (KeyError, OSError):  # a container may run under a number that has no name
        account = f"uid-{os.getuid()}"
    return "cli-" + (account or "operator")


def home_hint(home: Path | None) -> str:
    """What a proposed command needs so that it finds the same data folder."""
    return "" if home is None or os.environ.get("MINYI_HOME") == str(home) else f" --home {shlex.quote(str(home))}"


def print_json(value: Any) -> None:
    """Prints a value as JSON, Chinese in clear where stdout can take it, else as \\u escapes."""
    clear = (sys.stdout.encoding or "utf-8").lower().replace("-", "") == "utf8"
    click.echo(json.dumps(value, ensure_ascii=not clear, default=_plain))


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "_asdict"):
        return value._asdict()
    return str(value)

"""What the commands share: the data folder, the reader at the desk, output as table or JSON, errors in one line."""

from __future__ import annotations

import functools
import getpass
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from api.desk import Desk
    from pipeline.office import Office

Command = Callable[..., Any]


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
    """Turns the errors that a user can mend into one line on stderr and exit code 1."""

    @functools.wraps(command)
    def wrapped(*args: Any, **kwargs: Any) -> Any:
        from api.desk import NotFound
        from api.policy import Denied
        from crawlers.importers import ImportRefused
        from index import SearchError
        from models.encoder import EncoderError
        from pipeline.office import OfficeMissing
        from pipeline.reader import ReadersEnded
        from pipeline.saved import NotKept
        from pipeline.semantics import SemanticsOff
        from pipeline.settings import SettingsError
        from pipeline.store import StoreConflict, UnknownRecord

        expected = (
            Denied, EncoderError, ImportRefused, NotFound, NotKept, OfficeMissing, ReadersEnded, SearchError,
            SemanticsOff, SettingsError, StoreConflict, UnknownRecord,
        )  # fmt: skip
        try:
            return command(*args, **kwargs)
        except expected as error:
            raise click.ClickException(str(error).strip("'\"")) from error

    return wrapped


@contextmanager
def opened(home: Path | None, *, create: bool = False) -> Iterator[Office]:
    """The office in the data folder."""
    from pipeline.office import Office

    with Office.open(home, create=create) as office:
        yield office


def desk_of(office: Office, role: str) -> Desk:
    """The desk, with the operator of this machine as reader."""
    from typing import get_args

    from api.desk import Desk
    from api.policy import Reader
    from pipeline.records import Role

    if role not in get_args(Role):
        raise click.UsageError(f"--role: {role!r} is not a role; roles: {', '.join(get_args(Role))}")
    return Desk(office, Reader(operator(), role))  # type: ignore[arg-type]


def operator() -> str:
    """The operator of this machine as the audit trail names him: ``cli-`` and the account name."""
    return "cli-" + (re.sub(r"[^\w.\-]", "", getpass.getuser()) or "operator")


def print_json(value: Any) -> None:
    """Prints a value as JSON, Chinese in clear."""
    click.echo(json.dumps(value, ensure_ascii=False, default=_plain))


def _plain(value: Any) -> Any:
    if hasattr(value, "model_dump"):
        return value.model_dump(mode="json")
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if hasattr(value, "_asdict"):
        return value._asdict()
    return str(value)

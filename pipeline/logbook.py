"""The log: what happened, in codes, ids and numbers, as JSON lines or plain lines; a text cannot be written into it.

A line names one of a closed list of events, and its fields are numbers or of three types that a text does not fit: a
string is refused by the type checker and, where nobody checked, at run time (P-01). What libraries log is reduced to
who complained of which kind of error where: their messages quote addresses, values and texts.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
import sys
import threading
import traceback
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from types import TracebackType
from typing import Any, ClassVar, Literal, TypeAlias, final

LogFormat = Literal["text", "json"]
LogLevel = Literal["debug", "info", "warning", "error"]


class Event(Enum):
    """Everything that can be logged: its name in JSON, and the line it makes."""

    REQUEST = ("request", "{method} {route} {status} {ms:.0f} ms")
    REQUEST_FAILED = ("request_failed", "incident {incident}: {error} at {place}")
    REFUSED = ("refused", "turned away: {code}")
    NOT_WELL = ("not_well", "{of}: {error}")
    ROTATION_FAILED = ("rotation_failed", "rotation of voice periods: {error}")
    WARMING_FAILED = ("warming_failed", "reading ahead: {error}")
    IMPORT_FAILED = ("import_failed", "import {number}: {error}")
    CRASHED = ("crashed", "unexpected failure: {error} at {place}")
    LIBRARY = ("library", "{library}: {error} at {place}")


class _Word:
    """A checked word of the log. Raises ValueError (E180) for what does not look like one, TypeError for a text."""

    __slots__ = ("word",)
    _form: ClassVar[re.Pattern[str]]

    def __init__(self, word: str) -> None:
        if type(word) is not str:
            raise TypeError(f"E180: a {type(word).__name__} is never logged")
        if not self._form.fullmatch(word):
            raise ValueError(f"E180: this is no {type(self).__name__.lower()} and is not logged")
        self.word = word

    def __str__(self) -> str:
        return self.word

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other.word == self.word

    def __hash__(self) -> int:
        return hash(self.word)


@final
class Code(_Word):
    """A word of the program: a code such as E323, a reason, the kind of an error, a place such as guard.py:51."""

    __slots__ = ()
    _form = re.compile(r"[A-Za-z_][A-Za-z0-9_.]{0,63}(:[0-9]{1,6})?")

    @classmethod
    def of(cls, error: BaseException) -> Code:
        """The kind of an error; its message may quote a text and stays unsaid."""
        return cls(type(error).__name__)

    @classmethod
    def where(cls, error: BaseException) -> Code:
        """File and line of ours where it was raised; of a library's where nothing of ours is on the way."""
        frames = traceback.extract_tb(error.__traceback__)
        ours = [frame for frame in frames if "site-packages" not in frame.filename]
        return cls.at(ours[-1].filename, ours[-1].lineno) if ours else cls("unknown")

    @classmethod
    def at(cls, file: str, line: int | None) -> Code:
        """File and line; ``unknown`` where the file's name is unusual."""
        name = f"{file.rsplit('/', 1)[-1]}:{line or 0}"
        return cls(name if cls._form.fullmatch(name) else "unknown")


@final
class Id(_Word):
    """A keyed or random id: small letters that say of what, then hex digits; never digits alone, as a number has."""

    __slots__ = ()
    _form = re.compile(r"[a-z]{1,3}[0-9a-f]{6,40}")


@final
class Route(_Word):
    """The template of a route, as the program declares it: ``/v1/projects/{project_id}/documents``."""

    __slots__ = ()
    _form = re.compile(r"/[A-Za-z0-9_{}:./~\-]{0,119}|\(no such route\)")


Field: TypeAlias = Code | Id | Route | Enum | int | float | bool | None
"""What a field may be; not a string."""


def log(event: Event, level: int = logging.INFO, /, *, part: str = "http", **fields: Field) -> None:
    """Writes one line under ``minyi.PART``. Raises TypeError (E180) for a field of any other type."""
    checked(fields)
    logger = logging.getLogger(f"minyi.{part}")
    if logger.isEnabledFor(level):
        told = {name: value.name.lower() if isinstance(value, Enum) else value for name, value in fields.items()}
        line: str = event.value[1]
        logger.log(level, line.format(**told), extra={"minyi": (event, told)})


def checked(fields: Mapping[str, Field]) -> None:
    """Raises TypeError (E180) for a field that is a string, a text or anything else that a line does not take."""
    for name, value in fields.items():
        if isinstance(value, str) or not isinstance(value, _Word | Enum | int | float | None):
            raise TypeError(f"E180: field {name} is a {type(value).__name__}: texts are never logged")


class Lines(logging.Formatter):
    """Formats our lines, and of everybody else's only who, what kind of error and where."""

    def __init__(self, form: LogFormat) -> None:
        super().__init__()
        self._json = form == "json"

    def format(self, record: logging.LogRecord) -> str:
        """One line; never more, and never a stack trace."""
        event, fields = getattr(record, "minyi", None) or (Event.LIBRARY, _of_library(record))
        at = datetime.fromtimestamp(record.created, UTC)
        if not self._json:
            line = event.value[1].format(**fields)
            return f"{at.astimezone():%Y-%m-%d %H:%M:%S} {record.levelname} {line}"
        told = {key: str(value) if isinstance(value, _Word) else value for key, value in fields.items()}
        head = {"at": at.isoformat(timespec="milliseconds"), "level": record.levelname.lower(), "event": event.value[0]}
        return json.dumps({**head, **told}, ensure_ascii=True)


def _of_library(record: logging.LogRecord) -> dict[str, Any]:
    """What may be said of a line that a library wrote: the errors of the operating system by their own words."""
    error: object = record.exc_info[1] if record.exc_info else record.msg
    kind = type(error).__name__ if isinstance(error, BaseException) else "message_withheld"
    if isinstance(error, OSError) and error.errno:
        kind = f"{kind}_{os.strerror(error.errno).replace(' ', '_')}"
    library = ".".join(record.name.split(".")[:2])
    return {
        "library": _as_code(library if library.isascii() else "unnamed"),
        "error": _as_code(kind),
        "place": Code.at(record.filename, record.lineno),
    }


def _as_code(name: str) -> Code:
    """A name that a program gave, with _ for what no code has."""
    return Code("_" * (not name[:1].isalpha()) + re.sub(r"[^A-Za-z0-9_.]", "_", name)[:60])


class _Stderr(logging.Handler):
    """Writes to what is stderr at the moment."""

    def emit(self, record: logging.LogRecord) -> None:
        """A line that cannot be written is lost: nothing stops for it, and nothing is said in its place."""
        with contextlib.suppress(Exception):
            print(self.format(record), file=sys.stderr, flush=True)  # noqa: T201


def keep_log(form: LogFormat = "text", level: LogLevel = "info") -> None:
    """Has this process write its log to stderr: ours from ``level`` on, libraries' warnings (at debug, everything).

    Warnings of Python, and errors that nobody caught, go the same way: none is printed with its message.
    """
    root, handler = logging.getLogger(), _Stderr()
    handler.setFormatter(Lines(form))
    for earlier in [one for one in root.handlers if isinstance(one, _Stderr)]:
        root.removeHandler(earlier)
    root.addHandler(handler)
    root.setLevel(logging.DEBUG if level == "debug" else logging.WARNING)
    logging.getLogger("minyi").setLevel(level.upper())
    logging.captureWarnings(True)
    warnings.simplefilter("default" if level == "debug" else "ignore")
    threading.excepthook = _crashed_thread
    sys.excepthook = _crashed


def _crashed(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    log(Event.CRASHED, logging.ERROR, part="process", error=Code.of(error), place=Code.where(error))


def _crashed_thread(crash: threading.ExceptHookArgs) -> None:
    if crash.exc_value is not None and not isinstance(crash.exc_value, SystemExit):
        log(
            Event.CRASHED,
            logging.ERROR,
            part="thread",
            error=Code.of(crash.exc_value),
            place=Code.where(crash.exc_value),
        )

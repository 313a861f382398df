"""Whether the installation is complete, and the office well: every finding says what to do about it."""

from __future__ import annotations

import hashlib
import os
import re
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Final

from api.findings import Finding
from models.checksums import SUMS, stated
from pipeline.settings import Settings, SettingsError, load_settings

if TYPE_CHECKING:
    from sqlalchemy.exc import DBAPIError

    from pipeline.store import Store

LOWEST_PYTHON: Final = (3, 11)
INSTALL: Final = "install again: pip install --force-reinstall minyi (in a clone: make demo)"
RESTORE: Final = "stop minyi, look at the disk, and restore the store: minyi restore BACKUP --home NEW_FOLDER"
_NEEDED: Final = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^]]*\])?>=(?P<version>[0-9.]+)")


def installation(home: Path | None) -> Iterator[Finding]:
    """One finding a check; nothing is created or changed."""
    yield _python()
    yield _packages()
    yield checksums()
    try:
        settings = load_settings(home)
    except SettingsError as error:
        yield Finding.of("settings are valid", 0, [str(error)], "correct the setting that is named")
        return
    yield Finding.of("settings are valid", 0, [], "")
    from api.surroundings import (
        encodings,
        permissions,
        room,
        writable,
    )  # with packages missing this line is not reached

    yield encodings()
    yield _folder(settings)
    if not settings.home.is_dir():
        return
    yield writable(settings)
    yield permissions(settings)
    yield room(settings)
    yield (store := _store(settings))
    yield (index := _index(settings))
    if not store.ok:
        return
    from sqlalchemy.exc import DBAPIError

    try:
        yield from _running(settings, index)
    except DBAPIError as error:
        yield Finding.of("store can be read", 0, [_cause(error)], f"see whether the database runs; else {RESTORE}")


def _running(settings: Settings, index: Finding) -> Iterator[Finding]:
    """What a store that can be read tells of the office; of a damaged one nothing else is asked."""
    from api.drifted import drifted
    from api.running import index_against_store, log_of, running
    from index import SearchError
    from pipeline.search_engine import open_index
    from pipeline.store import Store

    with Store.open(settings.store_url, migrate=False) as store:
        if store.engine.dialect.name == "sqlite":
            yield (whole := _whole(store))
            if not whole.ok:
                return
            yield log_of(Path(str(store.engine.url.database)))
        yield from running(settings, store)
        if index.ok and (settings.index_url or settings.index_folder.is_dir()):
            try:
                opened = open_index(settings)
                yield index_against_store(store, opened)
                yield drifted(store, opened, settings.k_anonymity)
                opened.close()
            except SearchError as error:
                yield Finding.of("index is that of the store", 0, [str(error)], "run: minyi reindex")


def _python() -> Finding:
    lowest = ".".join(map(str, LOWEST_PYTHON))
    problems = [f"this is {sys.version.split()[0]}"] if sys.version_info < LOWEST_PYTHON else []
    return Finding.of(f"Python is {lowest} or newer", 0, problems, f"install Python {lowest}, then {INSTALL}")


def _packages() -> Finding:
    needed = [found for line in metadata.requires("minyi") or [] if "extra" not in line
              if (found := _NEEDED.match(line))]  # fmt: skip
    problems = []
    for need in needed:
        try:
            have = metadata.version(need["name"])
        except metadata.PackageNotFoundError:
            problems.append(f"{need['name']} is missing")
            continue
        if _numbers(have) < _numbers(need["version"]):
            problems.append(f"{need['name']} {have} is older than {need['version']}")
    return Finding.of("packages are there", len(needed), problems, INSTALL)


def _numbers(version: str) -> tuple[int, ...]:
    """The release as numbers: 2.0.40 → (2, 0, 40)."""
    release = re.match(r"[0-9.]*", version)
    return tuple(int(part) for part in (release[0] if release else "").split(".") if part)


def checksums(*folders: Path) -> Finding:
    """Whether the models that ship (or those in ``folders``) are there, byte by byte as their SHA256SUMS say."""
    if not folders:
        import models
        import pipeline

        folders = (Path(models.__path__[0]), Path(pipeline.__path__[0]))
    lists = sorted(path for folder in folders for path in folder.glob(f"**/{SUMS}"))
    listed = [(name, digest, path.parent) for path in lists for name, digest in stated(path.parent).items()]
    problems = [] if lists else ["no trained model"]
    for name, digest, folder in listed:
        file = folder / name
        if not file.is_file():
            problems.append(f"{folder.name}/{name} is missing")
        elif hashlib.sha256(file.read_bytes()).hexdigest() != digest:
            problems.append(f"{folder.name}/{name} is damaged")
    return Finding.of("models are as they were trained", len(listed), problems, INSTALL)


def _folder(settings: Settings) -> Finding:
    home = settings.home
    problems = []
    if not home.is_dir():
        problems.append(f"there is no folder {home}")
    elif not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        problems.append(f"{home} cannot be written by this account")
    advice = f"run: minyi init --home {home}" if not home.is_dir() else "give the folder to the account that runs minyi"
    return Finding.of("data folder can be written", 0, problems, advice)


def _store(settings: Settings) -> Finding:
    """Reachable, with its tables at the newest revision; a file that is not there is not created."""
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    from pipeline.migrations import HEAD, is_known, revision
    from pipeline.store import Store

    url = make_url(settings.store_url)
    advice = f"run: minyi init --home {settings.home}"
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").is_file():
        return Finding.of("store can be reached and is migrated", 0, ["it was not created yet"], advice)
    try:
        with Store.open(settings.store_url, migrate=False) as store, store.reading() as connection:
            found = revision(connection)
    except (SQLAlchemyError, ValueError, ImportError) as error:
        problem = f"{url.render_as_string(hide_password=True)}: {type(error).__name__}"
        advice = "start the database, correct database_url, or restore the file from a backup"
        return Finding.of("store can be reached and is migrated", 0, [problem], advice)
    problems = [] if found == HEAD else [f"its tables are at {found}, this program needs {HEAD}"]
    if found is not None and not is_known(found):
        advice = "a newer program made it: install that one or a newer one (pip install --upgrade minyi)"
    return Finding.of("store can be reached and is migrated", 0, problems, advice)


def _whole(store: Store) -> Finding:
    """The pages of the SQLite file hold together; every one of them is read."""
    from sqlalchemy.exc import DBAPIError

    try:
        with store.reading() as connection:
            found = list(connection.exec_driver_sql("PRAGMA quick_check(5)").scalars())
    except DBAPIError as error:  # where a table begins, or the list of tables, is damaged
        found = [_cause(error)]
    problems = [" ".join(str(line).split()) for line in found if line != "ok"]
    return Finding.of("store is undamaged", 0, problems, RESTORE)


def _cause(error: DBAPIError) -> str:
    """What the database says, without the lines behind it, which may quote a row."""
    return next(iter(str(error.orig).splitlines()), type(error).__name__)


def _index(settings: Settings) -> Finding:
    from index import SearchError
    from index.errors import ClusterTrouble
    from pipeline.search_engine import open_index

    check = "index can be read"
    if not settings.index_url and not settings.index_folder.is_dir():
        return Finding.of(check, 0, ["it was not built yet"], "run: minyi work")
    try:
        index = open_index(settings)
        index.last_sequence()
        index.close()
    except ClusterTrouble as error:
        return Finding.of(check, 0, [str(error)], error.advice)
    except SearchError as error:
        return Finding.of(check, 0, [str(error)], "run: minyi reindex")
    return Finding.of(check, 0, [], "")

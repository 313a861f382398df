"""The source files: presets ship in ``crawlers/sources``, a deployment's own lie in its data folder."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Final

from pydantic import ValidationError

from crawlers.registry.editing import with_values
from crawlers.registry.source import Source, Windows
from index.durable import write_durably

SHIPPED: Final = Path(__file__).parent.parent / "sources"
FOLDER: Final = "sources"
_NO_FIELD: Final = "there is no such field; see docs/SOURCES.md"


class SourceRefused(ValueError):
    """E701: a source file cannot be used; the message names file, field and reason. E702: there is no such source."""


def deployed_folder(home: Path) -> Path:
    """Where the source files of a data folder lie."""
    return home / FOLDER


def read_source(path: Path) -> Source:
    """The source that a file describes. Raises SourceRefused (E701) naming file, field and reason."""
    try:
        table = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SourceRefused(f"E702: there is no source file {path}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SourceRefused(f"E701: {path}: not TOML: {error}") from error
    return validated(table, path)


def validated(table: dict[str, Any], path: Path) -> Source:
    """The source in a table that was read from ``path``; its parser settings are checked by its spider's model."""
    from crawlers.spiders import spider_class

    try:
        source = Source.model_validate(table)
        spider = spider_class(source.spider)
        if source.kind not in spider.kinds:
            raise SourceRefused(
                f"E701: {path}: kind: the spider {source.spider} reads {', '.join(spider.kinds)}, not {source.kind}"
            )
    except ValidationError as error:
        raise SourceRefused(f"E701: {path}: {told(error)}") from error
    except LookupError as error:
        raise SourceRefused(f"E701: {path}: spider: {error.args[0]}") from error
    try:
        spider.Parser.model_validate(source.parser)
    except ValidationError as error:
        raise SourceRefused(f"E701: {path}: {told(error, 'parser.')}") from error
    if source.name != path.stem:
        raise SourceRefused(f"E701: {path}: name: must be the file's name, {path.stem!r}, not {source.name!r}")
    return source


def sources(home: Path) -> dict[str, Source | SourceRefused]:
    """Every deployed source and every shipped one that is not deployed, by name; a bad file as why it is refused."""
    found: dict[str, Source | SourceRefused] = {}
    for name, path in sorted(_paths(home)):
        try:
            found[name] = read_source(path)
        except SourceRefused as refusal:
            found[name] = refusal
    return found


def find(home: Path, name: str) -> Source:
    """The source of this name. Raises SourceRefused: E702 when there is none, E701 when its file is bad."""
    return read_source(path_of(home, name))


def path_of(home: Path, name: str) -> Path:
    """The file of a source: the deployed one, else the shipped. Raises SourceRefused (E702)."""
    known = dict(_paths(home))
    if name not in known:
        raise SourceRefused(f"E702: there is no source {name!r}; see: minyi sources list")
    return known[name]


def deploy(home: Path, name: str, *, enabled: bool) -> Source:
    """Copies a shipped source into the data folder where needed and sets its switch; a refused change writes nothing.

    Raises SourceRefused (E701) when the source may not be enabled: no legal basis, permission or contact (P-19).
    """
    return save(home, name, with_values(path_of(home, name).read_text("utf-8"), {"enabled": enabled}))


def add(home: Path, template: str, name: str | None, values: Mapping[str, str | tuple[str, ...]]) -> Source:
    """Makes a new source, switched off, after a preset or a file. Raises SourceRefused (E701, E702, E709)."""
    path = Path(template) if template.endswith(".toml") else path_of(home, template)
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SourceRefused(f"E702: {path} cannot be read: {error}") from error
    made = name or path.stem
    if (deployed_folder(home) / f"{made}.toml").exists():
        raise SourceRefused(f"E709: there is a source {made!r} already; give another --name, or edit its file")
    return save(home, made, with_values(text, {"name": made, **values, "enabled": False}))


def save(home: Path, name: str, text: str) -> Source:
    """Writes a source file into the data folder once it is found good. Raises SourceRefused (E701)."""
    target = deployed_folder(home) / f"{name}.toml"
    try:
        source = validated(tomllib.loads(text), target)
    except tomllib.TOMLDecodeError as error:
        raise SourceRefused(f"E701: {target}: not TOML: {error}") from error
    target.parent.mkdir(parents=True, exist_ok=True)
    write_durably(target, text)
    return source


def told(error: ValidationError, prefix: str = "") -> str:
    """Field and reason of everything that is wrong."""
    lines = []
    for found in error.errors():
        place = prefix + ".".join(map(str, found["loc"]))
        message = found["msg"].removeprefix("Value error, ")
        if found["type"] == "extra_forbidden":
            like = get_close_matches(str(found["loc"][-1]), (*Source.model_fields, *Windows.model_fields), 1)
            message = f"there is no such field; did you mean {like[0]}?" if like and not prefix else _NO_FIELD
        lines.append(f"{place}: {message}" if place else message)
    return "; ".join(lines)


def _paths(home: Path) -> Iterator[tuple[str, Path]]:
    deployed = {path.stem: path for path in deployed_folder(home).glob("*.toml")}
    shipped = {path.stem: path for path in SHIPPED.glob("*.toml")}
    yield from {**shipped, **deployed}.items()

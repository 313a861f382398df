"""The routing table of a deployment: the national rows with a city's own in their place, and a city's own time limits.

Cities differ (城管 or 住建 for gas, heating, greening; BRIEF §6), so a YAML file named by the setting ``routing_table``
may state ``factor_routing: [{factor, primary, secondary, note}]`` and ``clocks: {take_up, answer, extension}``. It is
checked as a whole before a row of it is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import yaml
from pydantic import ValidationError

from models.taxonomy import Routing, taxonomy
from models.units import routing
from pipeline.process.clocks import city_clocks, national_clocks
from pipeline.records.dispatch import DispatchClocks

ROW: Final = {"factor", "primary", "secondary", "note"}
CLOCKS: Final = {"take_up", "answer", "extension", "extension_basis"}


class RoutingUnusable(ValueError):
    """E647: a routing table that names what there is not, or limits that are longer than the regulation's."""


@dataclass(frozen=True)
class CityRouting:
    """All rows that are in force; ``own`` are the factors whose row is the city's."""

    rows: dict[str, Routing]
    own: frozenset[str]
    clocks: DispatchClocks


def city_routing(file: Path | None) -> CityRouting:
    """The table in force; without a file the national one. Raises RoutingUnusable (E647), which names the row."""
    if file is None:
        return CityRouting(routing(), frozenset(), national_clocks())
    data = _read(file)
    rows = data.get("factor_routing") or []
    _check_rows(file, rows)
    try:
        clocks = city_clocks(data.get("clocks") or {})
        return CityRouting(routing(file), frozenset(row["factor"] for row in rows), clocks)
    except ValidationError as error:
        where = ".".join(map(str, error.errors()[0]["loc"]))
        raise RoutingUnusable(f"E647: {file.name}: clocks.{where}: {error.errors()[0]['msg']}") from error
    except (KeyError, ValueError) as error:
        raise RoutingUnusable(f"E647: {file.name}: {error.args[0]}") from error


def _read(file: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RoutingUnusable(f"E647: {file}: cannot be read as YAML in UTF-8 ({type(error).__name__})") from error
    if not isinstance(data, dict) or not data or set(data) - {"factor_routing", "clocks"}:
        raise RoutingUnusable(f"E647: {file.name}: state factor_routing and clocks, and nothing else")
    if not isinstance(data.get("clocks") or {}, dict) or set(data.get("clocks") or {}) - CLOCKS:
        raise RoutingUnusable(f"E647: {file.name}: clocks may state {', '.join(sorted(CLOCKS))}")
    return data


def _check_rows(file: Path, rows: Any) -> None:
    if not isinstance(rows, list) or not all(isinstance(row, dict) and "factor" in row for row in rows):
        raise RoutingUnusable(f"E647: {file.name}: factor_routing is a list of rows, each with its factor")
    seen: set[str] = set()
    for row in rows:
        factor = str(row["factor"])
        strangers = set(row) - ROW
        lists = [row.get("primary", ["-"]), row.get("secondary", [])]
        if strangers or factor in seen or not all(isinstance(one, list) for one in lists) or not lists[0]:
            raise RoutingUnusable(
                f"E647: {file.name}: {factor} stands once, with primary (at least one unit), secondary and note"
            )
        if factor not in taxonomy().factors:
            raise RoutingUnusable(f"E647: {file.name}: {factor} is not a risk factor of the taxonomy")
        seen.add(factor)

"""Units (责任单位): which unit a name means, and which units a grievance should go to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path

import yaml

from models.taxonomy import Routing, taxonomy

BRANCH = re.compile(r"(?<=[局厅委])[^局厅委]{1,8}(?:分局|支局|大队|中队|所|站|管理处|服务中心|服务台|窗口)$")
"""The branch of an authority, named after its district: 生态环境局清河分局."""
NO_BODY = re.compile(
    r"(?:各级|当地|地方|有关|相关|上级|主管|职能|我们|该|本|贵)*(?:党委)?(?:政府|部门|单位|职能部门|开发商|领导|党|国家|组织|机关|公司|媒体)+"
)
"""Words for nobody in particular: 政府, 有关部门, 开发商, 领导."""


@dataclass(frozen=True, slots=True)
class Names:
    """The rules of ``unit_names.yaml``, compiled."""

    systems: dict[str, str]
    authority: re.Pattern[str]
    no_authority: re.Pattern[str]
    endings: tuple[tuple[re.Pattern[str], str], ...]


@cache
def _names() -> Names:
    rules = yaml.safe_load((resources.files("models") / "unit_names.yaml").read_text(encoding="utf-8"))
    systems = {stem: unit for unit, stems in rules["systems"].items() for stem in stems}
    stems, bodies = "|".join(sorted(systems, key=len, reverse=True)), "|".join(rules["bodies"])
    between = "管理|执法|监督|服务|行政|主管|登记|事务|监察|综合|质量|工程"
    return Names(
        systems,
        re.compile(f"({stems})(?:(?:{between})*(?:{bodies}))+$"),
        re.compile(f"(?:{'|'.join(rules['no_authority'])})$"),
        tuple((re.compile(f"(?:{'|'.join(row['names'])})$"), row["unit"]) for row in rules["endings"]),
    )


@cache
def _aliases() -> dict[str, str]:
    """Every alias and former name, longest first wins in :func:`unit_of`; today's name before a former one."""
    units = taxonomy().units.values()
    former = {name: unit.code for unit in units for name in unit.legacy_names}
    return former | {name: unit.code for unit in units for name in (*unit.aliases, unit.name_zh)}


@cache
def _longest_aliases() -> tuple[str, ...]:
    return tuple(sorted(_aliases(), key=len, reverse=True))


@lru_cache(maxsize=4096)
def unit_of(name: str) -> str | None:
    """The code of the unit that an organisation's name means today, or None.

    Territorial prefixes (青川县, A7县, 市) and suffixes (分局, 支队, 办公室) do not matter, and names from before the
    2018 reform are mapped to the unit that does the work now (环保局 → ecology_environment).
    """
    exact = _aliases().get(name)
    if exact is not None:
        return exact
    rules = _names()
    for pattern, unit in rules.endings:
        if pattern.search(name):
            return unit
    if rules.no_authority.search(name):
        return None
    match = rules.authority.search(name)
    if match is not None:
        return rules.systems[match[1]]
    stem = BRANCH.sub("", name)
    if stem != name:
        return unit_of(stem)
    return next((_aliases()[alias] for alias in _longest_aliases() if len(alias) > 2 and name.endswith(alias)), None)


@dataclass(frozen=True, slots=True)
class Proposal:
    """Where a grievance should go: who can decide, who must be heard, who is on the spot. A human confirms."""

    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    territorial: str
    note: str


def routing(override: Path | None = None) -> dict[str, Routing]:
    """The routing table, with a city's own rows in place of the national ones.

    ``override`` is a YAML file: ``factor_routing: [{factor, primary, secondary, note}]``; a row replaces only the
    fields it states. Raises KeyError for a factor or a unit that the code lists do not have.
    """
    if override is None:
        return taxonomy().routing
    table = dict(taxonomy().routing)
    for row in yaml.safe_load(override.read_text(encoding="utf-8"))["factor_routing"]:
        factor = row["factor"]
        if factor not in taxonomy().factors:
            raise KeyError(f"{override}: factor {factor!r} is not in the taxonomy")
        usual = table.get(factor, Routing(factor, (), (), ""))
        primary, secondary = (tuple(row.get(k, getattr(usual, k))) for k in ("primary", "secondary"))
        unknown = [unit for unit in (*primary, *secondary) if unit not in taxonomy().units]
        if unknown:
            raise KeyError(f"{override}: {factor} names units that the code lists do not have: {unknown}")
        table[factor] = Routing(factor, primary, secondary, row.get("note", usual.note))
    return table


def territorial_unit(place_levels: Iterable[str]) -> str:
    """The unit on the spot: village committee or township by the finest place named, county where none is."""
    levels = set(place_levels)
    if "village" in levels:
        return "village_community"
    if levels & {"township", "estate", "road", "poi"}:
        return "township_subdistrict"
    return "county_government"


def proposed_units(factor: str, place_levels: Iterable[str] = (), override: Path | None = None) -> Proposal:
    """Functional units by factor and the territorial unit by the places named (属地管理 and 谁主管谁负责, BRIEF §6).

    The territorial unit is always there, also for a factor that no row routes; a unit stands in one list only.
    Raises KeyError for a factor that is not in the taxonomy.
    """
    if factor not in taxonomy().factors:
        raise KeyError(f"factor {factor!r} is not in the taxonomy")
    territorial = territorial_unit(place_levels)
    row = routing(override).get(factor, Routing(factor, (), (), ""))
    primary = row.primary or ("petition_bureau",)
    secondary = tuple(unit for unit in row.secondary if unit != territorial and unit not in primary)
    return Proposal(primary, secondary, territorial, row.note)

"""Reads the YAML code lists into frozen values."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, fields
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True)
class Category:
    """A group of risk factors (因素类别)."""

    code: str
    name_zh: str
    name_en: str


@dataclass(frozen=True)
class Factor:
    """A risk factor (风险因素): a row of the official table, or a factor of practice with ``maps_to``."""

    code: str
    category: str
    name_zh: str
    name_en: str
    indicator: str = ""
    official: bool = False
    triggers: tuple[str, ...] = ()
    anchors: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    maps_to: tuple[str, ...] = ()
    seq: int | None = None
    """Row of the official table (对照表)."""
    phase: tuple[str, ...] = ()
    """Stages of a project in which it arises (发生阶段)."""
    nimby: bool = False
    confidential: bool = False
    out_of_scope: bool = False
    cross_cutting: bool = False
    """Describes the process, never alone where another factor fires (BRIEF §1.2)."""


@dataclass(frozen=True)
class Unit:
    """A unit that may be competent (责任单位), with its aliases and its names before the 2018 reform."""

    code: str
    name_zh: str
    name_en: str
    kind: str
    aliases: tuple[str, ...] = ()
    legacy_names: tuple[str, ...] = ()


@dataclass(frozen=True)
class Routing:
    """Which units a factor goes to, and the usual jurisdiction trap."""

    factor: str
    primary: tuple[str, ...]
    secondary: tuple[str, ...]
    note: str


@dataclass(frozen=True)
class Cue:
    """An escalation cue (BRIEF §5.3)."""

    code: str
    level: int
    rank: int
    name_zh: str
    name_en: str
    kind: str
    triggers: tuple[str, ...] = ()
    weak_triggers: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stakeholder:
    """A stakeholder group (利益相关方) and how its members speak."""

    code: str
    name_zh: str
    name_en: str
    relation: str
    party: str
    report_group: str
    self_cues: tuple[str, ...] = ()
    role_nouns: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()


@dataclass(frozen=True)
class Taxonomy:
    """All code lists of one profile; ``version`` changes with any byte of them."""

    version: str
    factors: dict[str, Factor]
    categories: dict[str, Category]
    units: dict[str, Unit]
    routing: dict[str, Routing]
    cues: dict[str, Cue]
    stakeholders: dict[str, Stakeholder]
    complaint_predicates: tuple[str, ...]
    praise_predicates: tuple[str, ...]
    modifiers: dict[str, dict[str, Any]] = field(default_factory=dict)
    escalation_meta: dict[str, Any] = field(default_factory=dict)


def _select(kind: Any, row: dict[str, Any], **extra: Any) -> Any:
    """The fields of ``row`` that ``kind`` knows, lists as tuples of strings."""
    known = {entry.name for entry in fields(kind)}
    values = {k: tuple(str(x) for x in v) if isinstance(v, list) else v for k, v in row.items() if k in known}
    return kind(**values | extra)


@cache
def taxonomy() -> Taxonomy:
    """The national profile, read once. Raises KeyError when the files contradict each other."""
    folder = resources.files("models.taxonomy")
    names = ("risk_factors", "departments", "escalation_cues", "stakeholders")
    raw = {name: (folder / f"{name}.yaml").read_bytes() for name in names}
    data = {
        name: yaml.load(content, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader)) for name, content in raw.items()
    }
    factors: dict[str, Factor] = {}
    for category in data["risk_factors"]["categories"]:
        for row in category["factors"]:
            official = str(row.get("origin", category["origin"])).startswith("ndrc")
            factors[row["code"]] = _select(Factor, row, category=category["code"], official=official)
    units = {row["code"]: _select(Unit, row) for row in data["departments"]["units"]}
    routing = {row["factor"]: _select(Routing, row) for row in data["departments"]["factor_routing"]}
    for code, route in routing.items():
        missing = [unit for unit in (*route.primary, *route.secondary) if unit not in units]
        if code not in factors or missing:
            raise KeyError(f"routing of {code!r} names what the code lists do not have: {missing}")
    return Taxonomy(
        version=f"{data['risk_factors']['meta']['version']}+{hashlib.sha256(b''.join(raw.values())).hexdigest()[:8]}",
        factors=factors,
        categories={c["code"]: _select(Category, c) for c in data["risk_factors"]["categories"]},
        units=units,
        routing=routing,
        cues={row["code"]: _select(Cue, row) for row in data["escalation_cues"]["cues"]},
        stakeholders={row["code"]: _select(Stakeholder, row) for row in data["stakeholders"]["stakeholders"]},
        complaint_predicates=tuple(data["risk_factors"]["meta"]["complaint_predicates"]),
        praise_predicates=tuple(data["risk_factors"]["meta"]["praise_predicates"]),
        modifiers={row["code"]: row for row in data["escalation_cues"]["modifiers"]},
        escalation_meta=data["escalation_cues"]["meta"],
    )

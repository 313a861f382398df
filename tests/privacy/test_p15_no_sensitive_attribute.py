"""P-15: no label, field or answer says what a speaker believes, is ill with, is born as, votes for or served in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import pytest
from county import CountyOffice
from offices import TestOffice, petition
from pydantic import BaseModel

import pipeline.records as records
from index.fields import FIELDS
from models.taxonomy import taxonomy

SENSITIVE = re.compile(
    r"religio|faith|belie[fv]|ethni|minorit|(^|_)rac(e|ial)(_|$)|nationalit|health|illness|disease|disab|patient|medical"
    r"|politic|party_member|communist|veteran|soldier|military|sexual|gender|criminal"
    r"|宗教|信教|信仰|教徒|民族|健康|疾病|患病|患者|病人|残疾|政治|党员|党派|退役|军人|老兵|性别|前科|犯罪",
    re.IGNORECASE,
)
MEANT: dict[str, str] = {
    "religion_customs": "a factor: customs of a place that a project may hurt, not what anybody believes",
    "construction_safety_occupational_health": "a factor: what a building site does to those who work there",
    "safety_health": "the category of that factor",
    "medical_insurance_benefit": "a factor: a benefit that is late or refused",
    "healthcare_service": "a factor: a service that people complain of",
    "patient_family": "a role in a dispute with a hospital, of a matter and never of one text's author",
}
"""What the scan stumbles over and why it may stand. Offices of the state are named after what they are in charge of."""
SAID = "我是退役军人，也是党员，苗族，信佛，得了尘肺，进场道路的补偿标准太低。"


def literals(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from (str(value) for value in get_args(annotation))
    for argument in get_args(annotation):
        yield from literals(argument)


def named_in(schema: Any) -> Iterator[str]:
    """Every property name and every value of a closed list."""
    if isinstance(schema, dict):
        properties = schema.get("properties")
        yield from properties if isinstance(properties, dict) else ()
        yield from map(str, schema["enum"] if isinstance(schema.get("enum"), list) else ())
        yield from (str(schema[key]) for key in ("const",) if isinstance(schema.get(key), str))
        schema = list(schema.values())
    if isinstance(schema, list):
        for one in schema:
            yield from named_in(one)


def refused(names: Any) -> list[str]:
    return sorted({name for name in names if SENSITIVE.search(name) and name not in MEANT})


@pytest.mark.parametrize(
    "name", ["religion", "ethnic_group", "health_state", "party_member", "is_veteran", "党员", "患病"]
)
def test_the_scan_would_notice_one(name: str):
    assert refused([name]) == [name]


def test_no_code_of_the_taxonomy_is_one():
    known = taxonomy()
    codes = [*known.factors, *known.categories, *known.cues, *known.stakeholders]
    assert len(codes) > 120 and refused(codes) == []


def test_groups_are_roles_in_a_matter_by_name_and_by_the_words_that_show_them():
    for group in taxonomy().stakeholders.values():
        words = [group.name_zh, group.report_group, *group.self_cues, *group.role_nouns, *group.patterns]
        assert group.code in MEANT or refused(words) == [], group.code
        assert group.relation in {"direct", "indirect", "duty", "professional", "public"}


def test_no_record_has_a_field_or_a_closed_list_for_one():
    kinds = [kind for kind in vars(records).values() if isinstance(kind, type) and issubclass(kind, BaseModel)]
    names = [name for kind in kinds for name in kind.model_fields]
    closed = [value for kind in kinds for field in kind.model_fields.values() for value in literals(field.annotation)]
    assert len(names) > 200 and len(closed) > 100
    assert refused([*names, *closed, *FIELDS]) == []


def test_no_schema_and_no_route_has_one(county: CountyOffice):
    published = Path(__file__).parents[2] / "docs" / "schemas"
    schemas = [json.loads(path.read_text("utf-8")) for path in sorted(published.glob("*.json"))]
    names = {name for schema in [*schemas, county.app.openapi()] for name in named_in(schema)}
    assert len(names) > 250 and refused(names) == []


def test_what_a_speaker_says_of_himself_is_no_finding(office: TestOffice):
    """The words stand in the redacted text; no label repeats them."""
    office.receive([petition(f"补偿标准|{SAID}", 1)])
    office.work()
    [document] = office.documents()
    analysis = office.store.current_analyses([document.id])[document.id]
    assert analysis.is_grievance
    groups = [group.code for grievance in analysis.grievances for group in grievance.stakeholder_groups]
    told = {**analysis.model_dump(mode="json"), "versions": None}
    assert refused(groups) == [] and "patient_family" not in groups
    assert refused(re.findall(r"[a-z_]{4,}", json.dumps(told))) == []

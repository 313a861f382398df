"""P-13: no output is about a person: no entity, list, score, cluster, network or timeline of people anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Literal, get_args, get_origin

import pytest
from county import PURPOSES, CountyOffice
from pydantic import BaseModel, ValidationError

import pipeline.records as records
from api.answers import RiskPointCard, SealedCard
from index.fields import FIELDS
from models.taxonomy import taxonomy
from pipeline.raw import RawItem
from pipeline.records import Entity, Judgement
from pipeline.records.analysis import EntityType
from pipeline.records.document import RedactionClass
from pipeline.work import work

PERSON = re.compile(
    r"(^|_)(persons?|people|authors?|users?|uids?|nick(name)?s?|accounts?|posters?|petitioners?|complainants?|accused"
    r"|organi[sz]ers?|ringleaders?|participants?|watch_?lists?|profiles?|followers?|friends|network|phones?|address"
    r"|id_?cards?|gender|ethnic\w*|religio\w*|birth\w*|ages?)(_|$)",
    re.IGNORECASE,
)
MEANT: dict[str, str] = {
    "decided_by_people": "names of fields that officials have set, not of people",
    "person": "a unit of counting: so many persons are affected",
    "all_persons": "the same",
    "religion_customs": "a factor: customs of a place that a project may hurt, not what anybody believes",
    "first_person": "grammar: a speaker who says we, whoever it is",
    "address": "of the channel over which an officer is told, taken in and sealed; no answer has it",
    "vulnerable_person_at_risk": "a cue that help is needed, in a text, without saying for whom",
}
"""What the scan stumbles over and why it may stand."""


def names_in_schema(schema: Any) -> Iterator[str]:
    """Every property name, enumerated value and component name."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in ("properties", "schemas") and isinstance(value, dict):
                yield from value
            if key == "enum":
                yield from (str(item) for item in value)
            if key == "const":
                yield str(value)
            yield from names_in_schema(value)
    elif isinstance(schema, list):
        for item in schema:
            yield from names_in_schema(item)


def snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()


def literals(annotation: Any) -> Iterator[str]:
    if get_origin(annotation) is Literal:
        yield from (str(value) for value in get_args(annotation))
    for argument in get_args(annotation):
        yield from literals(argument)


@pytest.mark.parametrize("name", ["person", "author", "watch_list", "organisers", "petitioner_age", "account"])
def test_the_scan_would_notice_output_about_people(name: str):
    assert PERSON.search(name)


def test_nothing_in_the_description_of_the_interface_is_about_a_person(county: CountyOffice):
    names = {snake(name) for name in names_in_schema(county.app.openapi())}
    assert len(names) > 150
    assert [name for name in sorted(names) if PERSON.search(name) and name not in MEANT] == []


def test_no_record_and_no_closed_list_of_a_record_is_about_a_person():
    """The classes of what the redactor takes out are left aside: they say what is no longer there."""
    kinds = [kind for kind in vars(records).values() if isinstance(kind, type) and issubclass(kind, BaseModel)]
    names = {snake(kind.__name__) for kind in kinds}
    for kind in kinds:
        for name, field in kind.model_fields.items():
            names |= {name, *literals(field.annotation)} - set(get_args(RedactionClass))
    assert len(kinds) > 30 and len(names) > 150
    assert [name for name in sorted(names) if PERSON.search(name) and name not in MEANT] == []


def test_those_who_decide_and_ask_are_the_only_people_with_a_name():
    """``who`` stands for officials answerable for a decision, a question or what a unit was given, never for a speaker."""
    kinds = [kind for kind in vars(records).values() if isinstance(kind, type) and issubclass(kind, BaseModel)]
    answerable = {"AuditEvent", "Decision", "IncidentNote", "Release"}
    assert {kind.__name__ for kind in kinds if "who" in kind.model_fields} == answerable


def test_entities_are_places_organisations_and_facilities():
    assert set(get_args(EntityType)) == {"place", "organisation", "facility"}
    with pytest.raises(ValidationError):
        Entity(start=0, end=2, type="person")


def test_no_code_list_rates_or_names_individuals():
    lists = taxonomy()
    codes = [*lists.factors, *lists.categories, *lists.cues, *lists.stakeholders, *FIELDS]
    assert len(codes) > 150
    assert [code for code in codes if PERSON.search(code) and code not in MEANT] == []


@pytest.mark.parametrize("card", [RiskPointCard, SealedCard])
def test_an_answer_takes_no_field_that_was_not_declared(card: type[BaseModel]):
    assert "author" not in card.model_fields
    with pytest.raises(ValidationError, match="Extra inputs"):
        card.model_validate({"author": "王小二"})


NAMES = ("欧阳春芽", "13912345678", "王小二", "mianhua_1987", "110101199003078515")


def letters() -> list[RawItem]:
    """Seven letters of two accounts; who wrote them stands in the texts and behind them."""
    said = "我叫{}，电话{}，青石坳镇采石场进场道路工程占了我家旱地，补偿标准太低，第{}组没有人来量过地，请核实。"
    return [
        RawItem(
            source_kind="petition",
            source="青石坳信箱",
            item_key=str(number),
            title="青石坳采石场进场道路工程补偿标准太低",
            body=said.format(NAMES[0] if number % 2 else NAMES[2], NAMES[1], number) + f"身份证号{NAMES[4]}。",
            genre="petition",
            platform="信箱",
            author_key=NAMES[3],
            published_at=datetime(2026, 3, 2 + number, tzinfo=UTC),
            collected_at=datetime(2026, 3, 20, tzinfo=UTC),
        )
        for number in range(7)
    ]


def test_whoever_asks_whatever_no_writer_comes_out(county: CountyOffice):
    known = {
        "aliases": ("采石场进场道路",),
        "keywords": ("采石场", "进场道路", "征地"),
        "places": ("青石坳镇", "青石坳"),
    }
    county.office.register([county.road.model_copy(update=known)])
    assert county.office.receive(letters()).new == 7
    assert work(county.office).analysed >= 7
    answers = []
    for role in PURPOSES:
        caller = county.caller(role)
        answers += [
            caller.get(f"/v1/projects/quarry-road{part}").text
            for part in (
                "",
                "/documents?size=100",
                "/documents?q=补偿标准",
                "/risk-points",
                "/risk-points?updated_since=r0",
            )
        ]
        for point in county.store.risk_points("quarry-road").rows:
            answers += [
                caller.get(f"/v1/risk-points/{point.id}{part}").text for part in ("", "/evidence", "/decisions")
            ]
        answers.append(caller.get("/v1/audit").text)
    told = "\n".join(answers)
    assert "没有人来量过地" in told
    assert [name for name in NAMES if name in told] == []
    assert not re.search(r'"type":\s*"(person|PER|name)"', told)


def test_a_judgement_is_about_a_text():
    """Labels carry a probability that they are right of one text; no record adds them up by anything but a matter."""
    holders = [
        kind.__name__
        for kind in vars(records).values()
        if isinstance(kind, type) and issubclass(kind, BaseModel)
        and any(field.annotation is Judgement for field in kind.model_fields.values())
    ]  # fmt: skip
    assert set(holders) == {"Analysis", "Grievance"}

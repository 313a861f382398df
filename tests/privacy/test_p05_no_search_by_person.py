"""P-05: nobody can search, filter, count, group or sort by person: no route, option, field or view offers it."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from dataclasses import fields

import click
import pytest
from click.testing import CliRunner
from county import ACCUSATION, COMPENSATION, CountyOffice
from sqlalchemy import inspect as tables_of

from api.cli.main import COMMANDS, cli
from api.desk import Desk
from index import IndexEntry, QueryError, Search
from index.fields import FIELDS, PERSON_WORDS
from index.query import Term, from_json, parse
from pipeline.store import Store

PERSON = re.compile(
    r"(^|[_\-])(authors?|author_?id|users?|user_?names?|uids?|nick(name)?s?|handles?|accounts?|posters?|petitioners?"
    r"|voices?|tokens?|ordinals?|persons?|phones?|sender|speaker|identity)([_\-]|$)",
    re.IGNORECASE,
)
ASKED = sorted(PERSON_WORDS)


@pytest.mark.parametrize("name", ["author", "author_id", "voice", "token", "user_name", "post-author", "voices"])
def test_the_scan_would_notice_a_way_to_ask_for_a_person(name: str):
    assert PERSON.search(name)


def test_no_parameter_of_any_route_asks_for_a_person(county: CountyOffice):
    schema = county.app.openapi()
    names = {
        parameter["name"]
        for methods in schema["paths"].values()
        for operation in methods.values()
        for parameter in operation.get("parameters", [])
    }
    assert len(names) > 15
    assert [name for name in sorted(names) if PERSON.search(name)] == []
    assert [path for path in schema["paths"] if PERSON.search(path.replace("/", "-"))] == []


@pytest.mark.parametrize("word", ASKED)
@pytest.mark.parametrize("address", ["/documents", "/risk-points", ""])
def test_asking_a_route_for_a_person_is_refused_with_the_rule(county: CountyOffice, address: str, word: str):
    answer = county.caller("assessor").get(f"/v1/projects/quarry-road{address}", **{word: "王小二"})
    assert answer.status_code == 400 and "P-05" in answer.json()["detail"]
    assert "王小二" not in answer.text


@pytest.mark.parametrize("parameter", ["sort", "facets", "group_by"])
def test_nothing_is_sorted_or_grouped_by_person(county: CountyOffice, parameter: str):
    answer = county.caller("assessor").get("/v1/projects/quarry-road/documents", **{parameter: "author"})
    assert answer.status_code == 400


@pytest.mark.parametrize("word", ASKED)
@pytest.mark.parametrize("typed", ["{}:王小二", "补偿 -{}：王小二", '{}:"王小二"'])
def test_a_query_for_a_person_explains_itself(county: CountyOffice, typed: str, word: str):
    with pytest.raises(QueryError, match="P-05"):
        parse(typed.format(word))
    answer = county.caller("assessor").get("/v1/projects/quarry-road/documents", q=typed.format(word))
    assert answer.status_code == 400 and "P-05" in answer.json()["detail"]
    assert answer.json()["position"] == typed.index("{")


def test_words_that_only_look_like_it_are_searched(county: CountyOffice):
    assessor = county.caller("assessor")
    for typed in ("时间", "author", "“时间:三月”", "补偿标准"):
        assert assessor.get("/v1/projects/quarry-road/documents", q=typed).status_code == 200


@pytest.mark.parametrize(
    "arguments", [["author:王小二"], ["补偿", "--filter", "author=王小二"], ["--filter", "voice=7"]]
)
def test_the_command_line_refuses_it_too(county: CountyOffice, arguments: list[str]):
    home = str(county.office.settings.home)
    common = ["--project", "quarry-road", "--purpose", "risk_identification", "--home", home]
    run = CliRunner().invoke(cli, ["search", *arguments, *common])
    assert run.exit_code in (1, 2) and run.stdout == ""
    assert "P-05" in run.stderr or "expected one of" in run.stderr


def commands(command: click.Command, path: str) -> Iterator[tuple[str, click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        for name, below in command.commands.items():
            yield from commands(below, f"{path} {name}")


def test_no_option_of_any_command_asks_for_a_person():
    offered = [
        (path, name)
        for command, (module, _) in COMMANDS.items()
        for path, found in commands(importlib.import_module(module).command, command)
        for parameter in found.params
        for name in (parameter.name, *parameter.opts)
        if name
    ]
    assert len(offered) > 60
    assert [offer for offer in offered if PERSON.search(offer[1].lstrip("-"))] == []


def test_no_field_of_the_index_names_a_person():
    names = [*FIELDS, *(field.name for field in fields(IndexEntry)), *(field.name for field in fields(Search))]
    assert [name for name in names if PERSON.search(name)] == []


@pytest.mark.parametrize("word", ASKED)
def test_no_query_tree_can_name_one(word: str):
    with pytest.raises(QueryError, match="P-05"):
        Term(word, ("王小二",))
    with pytest.raises(QueryError, match="P-05"):
        Search(filters={word: "王小二"})
    with pytest.raises(QueryError, match="P-05"):
        Search(facets={word: 10})
    with pytest.raises(QueryError):
        from_json(f'{{"type": "term", "field": "{word}", "values": ["王小二"]}}')


def test_no_question_at_the_desk_takes_a_person():
    asked = [
        (name, parameter)
        for name, method in inspect.getmembers(Desk, inspect.isfunction)
        if not name.startswith("_")
        for parameter in inspect.signature(method).parameters
    ]
    assert ("documents", "search") in asked
    assert [question for question in asked if PERSON.search(question[1])] == []


def test_the_database_has_no_view_and_no_index_by_voice(store: Store):
    with store.reading() as connection:
        inspector = tables_of(connection)
        assert inspector.get_view_names() == []
        found = {
            (table, column)
            for table in inspector.get_table_names()
            for index in inspector.get_indexes(table)
            for column in index["column_names"]
        }
    assert len(found) > 5
    assert [place for place in found if PERSON.search(str(place[1]))] == []


def test_no_answer_holds_a_token_or_an_ordinal(county: CountyOffice):
    token = b"\xab\xcd" * 8
    [document] = list(county.store.documents_of("quarry-road"))[:1]
    from sqlalchemy import text

    with county.store.transaction() as connection:
        values = {"d": document.id, "t": token}
        statement = "INSERT INTO voices (document_id, project_id, period, token) VALUES (:d, 'quarry-road', 'p', :t)"
        connection.execute(text(statement), values)
    assessor = county.caller("assessor")
    for address in (
        "/v1/projects/quarry-road/documents?size=100",
        "/v1/projects/quarry-road/risk-points",
        f"/v1/risk-points/{county.point(COMPENSATION)}/evidence",
        f"/v1/risk-points/{county.point(ACCUSATION)}",
    ):
        answer = assessor.get(address).text
        assert token.hex() not in answer and '"token"' not in answer and '"ordinal"' not in answer

"""The interface is described twice, in OpenAPI and in docs/HTTP.md, and both hold every route."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from county import OPEN, Caller, CountyOffice

from api.problems import TITLES

DOCUMENT = Path(__file__).parents[2] / "docs" / "HTTP.md"


def described(county: CountyOffice) -> dict[str, dict]:
    nobody = Caller(county.app, "nobody", "assessor", None)
    schema = nobody.send("GET", "/v1/openapi.json", {}).json()
    assert schema["openapi"].startswith("3.1")
    return schema


def test_every_route_is_documented_with_an_example_and_none_besides(county: CountyOffice):
    schema = described(county)
    routes = {f"{method.upper()} {path}" for path, methods in schema["paths"].items() for method in methods}
    assert len(routes) > 50
    sections = re.split(r"^### ", DOCUMENT.read_text("utf-8"), flags=re.MULTILINE)[1:]
    documented = {section.partition("\n")[0].strip(): section for section in sections}
    assert set(documented) == routes
    assert [route for route, section in documented.items() if "\ncurl " not in section] == []


def test_every_parameter_is_documented(county: CountyOffice):
    text = DOCUMENT.read_text("utf-8")
    named = {
        parameter["name"]
        for methods in described(county)["paths"].values()
        for operation in methods.values()
        for parameter in operation.get("parameters", [])
    }
    assert {"purpose", "q", "updated_since", "factor"} <= named
    assert [name for name in sorted(named) if name not in text and name.title() not in text] == []


def test_every_code_is_documented(county: CountyOffice):
    text = DOCUMENT.read_text("utf-8")
    internal = {"E101"}
    assert [code for code in TITLES if code not in text and code not in internal] == []


def test_every_route_but_health_asks_for_a_key_and_names_problems(county: CountyOffice):
    schema = described(county)
    for path, methods in schema["paths"].items():
        for operation in methods.values():
            assert operation["summary"] and operation["description"]
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            assert bool(operation.get("security")) == (path not in OPEN), path
    assert {"Problem", "InvalidPart"} <= set(schema["components"]["schemas"])
    refs = set(re.findall(r"#/components/schemas/(\w+)", str(schema)))
    assert refs <= set(schema["components"]["schemas"])


@pytest.mark.parametrize("address", ["/docs", "/redoc", "/openapi.json"])
def test_no_page_that_would_load_scripts_from_elsewhere(county: CountyOffice, address: str):
    assert county.caller("assessor").send("GET", address, {}).status_code == 404

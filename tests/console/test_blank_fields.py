"""What a form or an address leaves blank is never an error of ours, on whichever page."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator

import pytest
from consoles import Console
from pydantic import BaseModel, ValidationError

from api.console import pages


def asked() -> Iterator[type[BaseModel]]:
    """Everything that the pages read from addresses and forms."""
    for module in pkgutil.iter_modules(pages.__path__):
        found = vars(importlib.import_module(f"api.console.pages.{module.name}")).values()
        yield from (one for one in found if isinstance(one, type) and issubclass(one, BaseModel))


def test_a_blank_field_is_taken_as_not_given_or_refused_as_wrong() -> None:
    models = {one for one in asked() if one.__module__.startswith("api.console.pages")}
    assert len(models) > 20
    for model in models:
        required = {name: "x" for name, field in model.model_fields.items() if field.is_required()}
        for name in model.model_fields:
            for blank in ("", " "):
                try:
                    model.model_validate({**required, name: blank})
                except ValidationError:
                    continue


@pytest.mark.parametrize(
    ("role", "address"),
    [
        ("assessor", "/bulletins?week=&region="),
        ("assessor", "/projects/qingtan-east-ring/search?q=&after=&saved=&since=&until=&sort=&by=&mode="),
        ("supervisor", "/shares?project=&state="),
        ("supervisor", "/shares/report?month="),
    ],
)
def test_pages_whose_filters_are_blank_open(console: Console, role: str, address: str) -> None:
    console.stage("in_assessment")
    console.sign_in(role).page(address)


def test_an_account_without_region_and_unit_is_made(console: Console) -> None:
    admin = console.sign_in("admin")
    answer = admin.submit("/admin/accounts", "/admin/accounts", 200, name="new.name", region="", unit="")
    assert "new.name" in answer.text and console.office.store.account("new.name") is not None

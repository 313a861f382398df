"""Whatever is asked, the answer is one that the description names: no crash, no other status, no other shape.

Schemathesis makes the requests from ``/v1/openapi.json``; the seed is fixed and the number of requests bounded.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import schemathesis
from county import PURPOSES, CountyOffice
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

ENDLESS = "/v1/incidents/stream"
NOT_OFFERED = 501
"""Searching by meaning, which is switched off here (E231)."""


def no_crash(context: Any, response: Any, case: Any) -> None:
    """A failure of the server is never the answer to a request."""
    assert response.status_code < 500 or response.status_code == NOT_OFFERED, response.text


CHECKS = [
    no_crash, status_code_conformance, content_type_conformance, response_headers_conformance,
    response_schema_conformance,
]  # fmt: skip


@pytest.mark.parametrize(("role", "examples"), [("platform", 3), ("assessor", 2), ("admin", 1)])
def test_every_route_answers_as_it_is_described(county: CountyOffice, role: str, examples: int):
    county.office.settings = county.office.settings.model_copy(update={"webhook_hosts": ("receiver.example",)})
    headers = {"Authorization": f"Bearer {county.store.issue_api_key(f'any-{role}', role)}"}
    operations = [
        result.ok() for result in schemathesis.openapi.from_asgi("/v1/openapi.json", county.app).get_all_operations()
    ]
    bounded = settings(
        max_examples=examples, deadline=None, database=None, phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for operation in operations:
        if operation.path != ENDLESS:
            seed(8)(bounded(given(case=operation.as_strategy())(_asker(role, headers))))()
    assert len(operations) > 40


def _asker(role: str, headers: dict[str, str]) -> Callable[..., None]:
    def ask(case: schemathesis.Case) -> None:
        case.query = {**(case.query or {}), "purpose": PURPOSES[role]}
        case.call_and_validate(headers=headers, checks=CHECKS)

    return ask

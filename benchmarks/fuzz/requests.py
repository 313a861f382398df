"""Requests to ``/v1`` and the console: made from the description by schemathesis, and raw ones that follow nothing."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final

import httpx
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from benchmarks.fuzz import bases, mutations
from benchmarks.fuzz.targets import Unclear, clear

PURPOSES: Final = {"platform": "risk_identification", "assessor": "risk_identification", "admin": "administration",
                   "supervisor": "supervision"}  # fmt: skip
ENDLESS: Final = "/v1/incidents/stream"
NOT_OFFERED: Final = 501
"""What is switched off here, and says so."""
PROBLEM: Final = "application/problem+json"
CASES: Final = 5
"""Requests that are made of one operation in a row."""


@contextmanager
def an_office() -> Iterator[Asked]:
    """An office with the examples in a folder of its own, and its HTTP interface."""
    from api.app import create_app
    from api.cli.projects import registry
    from crawlers.importers import Good, open_source
    from pipeline.office import Office
    from pipeline.settings import Settings
    from pipeline.work import work

    with tempfile.TemporaryDirectory() as folder:
        unhurried = Settings(
            home=Path(folder), processes=1, requests_per_minute=100_000, strangers_per_minute=10_000
        )  # fmt: skip
        with Office(unhurried) as office:
            office.register(registry(bases.EXAMPLES / "projects.jsonl"))
            rows = open_source(bases.EXAMPLES / "petitions_waste_plant.csv")
            office.receive(item for row in rows if isinstance(row, Good) for item in row.items)
            work(office)
            yield Asked(
                create_app(office), {role: office.store.issue_api_key(f"fuzz-{role}", role) for role in PURPOSES}
            )


class Asked:
    """The application and those who ask it."""

    def __init__(self, app: Any, keys: dict[str, str]) -> None:
        self.app = app
        self.keys = keys
        loaded = schemathesis.openapi.from_asgi("/v1/openapi.json", app)
        self.operations = [one.ok() for one in loaded.get_all_operations() if one.ok().path != ENDLESS]

    def described(self, random: Random, count: int) -> Iterator[tuple[str, str, str]]:
        """(input, outcome, error) of ``count`` requests by the description, for operations drawn at random."""
        done: list[tuple[str, str, str]] = []
        while len(done) < count:
            operation, role = random.choice(self.operations), random.choice(list(PURPOSES))
            self._cases(operation, role, random.randrange(2**32), done)
        yield from done[:count]

    def _cases(self, operation: Any, role: str, number: int, done: list[tuple[str, str, str]]) -> None:
        bounded = settings(max_examples=CASES, deadline=None, database=None, phases=[Phase.generate],
                           suppress_health_check=list(HealthCheck))  # fmt: skip

        def ask(case: schemathesis.Case) -> None:
            case.query = {**(case.query or {}), "purpose": PURPOSES[role]}
            shown = f"{role} {case.method} {case.formatted_path} {case.query!r} {case.body!r}"[:2000]
            try:
                answer = case.call(headers={"Authorization": f"Bearer {self.keys[role]}"})
                case.validate_response(answer, checks=CHECKS)
                done.append((shown, "taken" if answer.status_code < 400 else "refused", ""))
            except Exception as error:
                done.append((shown, "crash", f"{type(error).__name__}: {error}"[:1500]))

        run: Callable[[], None] = seed(number)(bounded(given(case=operation.as_strategy())(ask)))
        run()

    def make(self, random: Random) -> bytes:
        """A raw request: an address of ours or near it, odd parameters, any body, any headers that HTTP can carry."""
        path = random.choice(self.operations).path if random.random() < 0.8 else random.choice(("/", "/search", "/v1"))
        while "{" in path:
            head, _, rest = path.partition("{")
            path = head + _odd(random, "x") + rest.partition("}")[2]
        body = json.dumps({"who": "甲", "action": "accept", "reason": "核实", "q": random.choice(bases.QUERIES)})
        return json.dumps({
            "role": random.choice([*PURPOSES, None]),
            "method": random.choice(("GET", "GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD")),
            "path": path,
            "params": {random.choice(("q", "size", "facet", "cursor", "from", "until", "like", "purpose", "order")):
                       _odd(random, "补偿") for _ in range(random.randint(0, 3))},
            "headers": {random.choice(("Content-Type", "Accept", "Idempotency-Key", "If-None-Match", "Cookie", "X-F")):
                        _header(_odd(random, "application/json")) for _ in range(random.randint(0, 2))},
            "body": mutations.text(random, body).encode("utf-8", "replace").decode(),
        }).encode()  # fmt: skip

    def judge(self, content: bytes) -> str:
        """Sends a raw request; a refusal is a problem with a title, or a page."""
        asked = json.loads(content)
        headers = dict(asked["headers"])
        if asked["role"]:
            headers["Authorization"] = f"Bearer {self.keys[asked['role']]}"
            asked["params"].setdefault("purpose", PURPOSES[asked["role"]])

        async def send() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self.app), base_url="http://office") as client:
                return await client.request(
                    asked["method"], asked["path"], params=asked["params"], headers=headers,
                    content=asked["body"].encode() if asked["method"] not in ("GET", "HEAD", "OPTIONS") else None,
                )  # fmt: skip

        try:
            answer = asyncio.run(send())
        except (httpx.InvalidURL, UnicodeEncodeError):
            return "not sent"  # the client's own refusal
        if answer.status_code >= 500 and answer.status_code != NOT_OFFERED:
            raise Unclear(f"{answer.status_code}: {answer.text[:300]}")
        if answer.status_code < 400:
            return "taken"
        if asked["path"].startswith("/v1/") and asked["method"] != "HEAD":
            if answer.headers.get("content-type") != PROBLEM:
                raise Unclear(f"{answer.status_code} is no problem but {answer.headers.get('content-type')}")
            problem = answer.json()
            clear(f"{problem['title']}: {problem.get('detail', '')} .")
        return "refused"


def _odd(random: Random, usual: str) -> str:
    said = random.choice(
        (usual, random.choice(mutations.ODD), mutations.text(random, usual), str(random.randint(-5, 10**6)))
    )
    return said.encode("utf-8", "replace").decode()[:1500]


def _header(value: str) -> str:
    return "".join(one for one in value if " " <= one <= "~")


def no_crash(context: Any, answer: Any, case: Any) -> None:
    """A failure of the server is never the answer to a request."""
    assert answer.status_code < 500 or answer.status_code == NOT_OFFERED, answer.text


CHECKS: Final = [no_crash, status_code_conformance, content_type_conformance, response_schema_conformance]

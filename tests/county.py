"""A county's office with opinions on the invented quarry road, its HTTP interface, and those who call it."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from letters import DAM
from opinions import ROAD, opinion, span_of

COMPENSATION = "compensation_standard"
DUST = "air_pollution"
ACCUSATION = "official_misconduct_report"
ACCUSED = "村里有干部截留青苗费，我要实名举报"
"""Body of the sealed text: it must appear nowhere."""
OPEN = ("/healthz", "/livez", "/readyz")
"""Addresses that ask for neither a key nor a purpose: what they tell is nobody's."""
PURPOSES = {
    "assessor": "risk_identification",
    "supervisor": "supervision",
    "commissioning_unit": "supervision",
    "response_unit": "dispatch",
    "local_government": "supervision",
    "expert": "expert_review",
    "discipline_inspection": "supervision",
    "platform": "risk_identification",
    "auditor": "audit",
    "admin": "administration",
}


class CountyOffice:
    """A real office in a folder of its own; its texts are analysed by hand, so that no model is needed."""

    def __init__(self, home: Path) -> None:
        from pipeline.office import Office
        from pipeline.settings import Settings

        self.office = Office(Settings(home=home))
        self.road = ROAD.model_copy(update={"stage": "in_assessment", "region_code": "439921"})
        self.dam = DAM.model_copy(update={"stage": "in_assessment", "region_code": "439933"})
        self.office.register([self.road, self.dam])
        self._app: Any = None
        self._keys: dict[tuple[Any, ...], str] = {}

    @property
    def store(self) -> Any:
        return self.office.store

    @property
    def app(self) -> Any:
        if self._app is None:
            from api.app import create_app

            self._app = create_app(self.office)
        return self._app

    def hear(self, *opinions: Any) -> None:
        """Stores opinions with their analyses, feeds the index and proposes."""
        from pipeline.feed import feed
        from pipeline.propose import propose

        self.store.add_documents([one.document for one in opinions])
        self.store.complete_analyses(one.analysis.model_copy(update={"links": (one.link,)}) for one in opinions)
        feed(self.store, self.office.index)
        self.office.index.close()
        propose(self.store)

    def stage(self, stage: str) -> None:
        """Moves both projects to a stage."""
        self.road, self.dam = (p.model_copy(update={"stage": stage}) for p in (self.road, self.dam))
        self.office.register([self.road, self.dam])

    def caller(
        self, role: str, projects: list[str] | None = None, region: str | None = None, unit: str | None = None
    ) -> Caller:
        """Somebody with a key in this role."""
        name = "-".join(filter(None, [f"county-{role}", *(projects or []), region, unit]))
        if name not in self._keys:
            self._keys[name] = self.store.issue_api_key(name, role, projects, region, unit)
        return Caller(self.app, name, role, self._keys[name])

    def point(self, factor: str) -> str:
        """Id of the road's candidate for a factor."""
        from pipeline.risk.candidates import risk_point_id

        return risk_point_id(self.road.id, factor)

    def events(self) -> list[Any]:
        """The audit trail so far."""
        return self.office.audit.events(0, 10_000)


class Caller:
    """Somebody who calls with a key; states the purpose of the role unless told otherwise."""

    def __init__(self, app: Any, name: str, role: str, key: str | None) -> None:
        self._app, self.name, self.role, self._key = app, name, role, key

    def get(self, path: str, *, headers: dict[str, str] | None = None, **params: Any) -> Any:
        return self.send("GET", path, params, headers)

    def post(self, path: str, body: Any, *, headers: dict[str, str] | None = None, **params: Any) -> Any:
        given = {"Content-Type": "application/json", **(headers or {})}
        return self.send("POST", path, params, given, content=json.dumps(body))  # escapes what UTF-8 cannot hold

    def send(
        self, method: str, path: str, params: dict[str, Any], headers: dict[str, str] | None = None, **content: Any
    ) -> Any:
        import httpx

        params = {"purpose": PURPOSES[self.role], **params} if path not in OPEN else params
        params = {name: value for name, value in params.items() if value is not None}
        given = {"Authorization": f"Bearer {self._key}"} if self._key else {}

        async def request() -> httpx.Response:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(self._app), base_url="http://county") as client:
                return await client.request(
                    method, path, params=params, headers={**given, **(headers or {})}, **content
                )

        return asyncio.run(request())


def counted(number: int, k: int = 5, of: int | None = None) -> dict[str, Any]:
    """How a count of texts by as many people is shown, and what a question finds ``of`` those of its project."""
    if of is not None and number >= k and 0 < of - number < k:
        return {"at_least": k}
    return {"less_than": k} if 0 < number < k else {"value": number, "exact": True}


def what_people_say() -> list[Any]:
    """Six on compensation, two on dust, one in favour, one accusation."""
    villages = ("柳湾村", "上井村")
    said = [
        opinion(
            f"{villages[n % 2]}第{n}组的旱地补偿标准比邻镇低{n + 1}成，量地那天没有人通知我们{'，' * (n % 2)}请核实。",
            (COMPENSATION, "补偿标准", 0.9),
            number=n,
            day=n,
        )
        for n in range(6)
    ]
    said += [
        opinion(f"运石料的车从{village}过，粉尘落了一院子，晒的谷子全黑了。", (DUST, "粉尘", 0.9), number=n, day=8)
        for n, village in enumerate(villages)
    ]
    said.append(opinion("进场道路修好以后运菜方便多了，支持。", attitude=("positive", 0.95), day=9))
    said.append(opinion(ACCUSED, (ACCUSATION, "截留青苗费", 0.95), purpose="misconduct_report", day=10))
    return said


@pytest.fixture(scope="session")
def county_as_it_was(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with everything that people say about the road, analysed, indexed and proposed."""
    county = CountyOffice(tmp_path_factory.mktemp("county") / "home")
    county.hear(*what_people_say())
    county.office.close()
    return county.office.settings.home


@pytest.fixture
def county(county_as_it_was: Path, tmp_path: Path) -> Iterator[CountyOffice]:
    """An office of one's own that begins as ``county_as_it_was``."""
    county = CountyOffice(shutil.copytree(county_as_it_was, tmp_path / "home"))
    yield county
    county.office.close()


__all__ = [
    "ACCUSATION",
    "ACCUSED",
    "COMPENSATION",
    "DUST",
    "OPEN",
    "PURPOSES",
    "Caller",
    "CountyOffice",
    "counted",
    "county",
    "county_as_it_was",
    "span_of",
]

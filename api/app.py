"""The HTTP application: the routes, the guard around them, and the description of both (OpenAPI 3.1)."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections.abc import AsyncIterator
from importlib.metadata import version
from typing import Any, Final

from fastapi import FastAPI
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.console import install as install_console
from api.guard import Guard
from api.kept_cards import let_go
from api.open_streams import OpenStreams
from api.problems import MEDIA_TYPE, Problem, install
from api.rates import Rates
from api.routes import ROUTERS
from api.routes.rights import RIGHTS, offered, right_of
from api.warming import warm
from index import SearchError
from pipeline.logbook import Code, Event, log
from pipeline.office import Office
from pipeline.settings import Settings
from pipeline.voices import rotate

ROTATION_SECONDS: Final = 3600
OPENAPI: Final = "/v1/openapi.json"
DESCRIPTION: Final = """Opinion on decision projects as evidence-backed risk-point candidates.

Every question names a project and a purpose and leaves one audit event. Texts are redacted. There is no way to search,
filter, count or sort by person."""
PROBLEM: Final[dict[str, Any]] = {
    "description": "A problem (RFC 9457)",
    "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}


def create_app(office: Office | Settings) -> FastAPI:
    """The application of one office; one made from settings is closed when the server stops."""
    ours = Office(office) if isinstance(office, Settings) else None
    served = ours or office
    assert isinstance(served, Office)

    @contextlib.asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        stopped = threading.Event()
        rotation = asyncio.create_task(_rotation(served))
        warming = asyncio.create_task(asyncio.to_thread(warm, served, stopped))
        try:
            yield
        finally:
            stopped.set()
            rotation.cancel()
            await warming
            if ours is not None:
                ours.close()

    app = _Minyi(
        title="Minyi 民意",
        version=version("minyi"),
        description=DESCRIPTION,
        openapi_url=OPENAPI,
        docs_url=None,  # the pages that come with FastAPI load scripts from another host
        redoc_url=None,
        lifespan=lifespan,
        redirect_slashes=False,
    )
    app.state.office, app.state.streams = served, OpenStreams()
    with contextlib.suppress(SearchError):  # /healthz and the search itself say so, with the command that helps
        served.index.last_sequence()
    for router in ROUTERS:
        app.include_router(router)
    for route in offered(app.routes):
        right_of(route)  # one without a right does not start
    install(app)
    install_console(app, served)
    settings = served.settings
    rates = Rates(settings.requests_per_minute, settings.strangers_per_minute)
    app.add_middleware(Guard, uploads=settings.upload_megabytes * 2**20, rates=rates)
    app.add_middleware(ProxyHeadersMiddleware, trusted_hosts=list(settings.trusted_proxies))
    return app


async def _rotation(office: Office) -> None:
    """Ends past voice periods (P-04) at the start and every hour, also where nothing is imported any more.

    What is kept in memory of texts that were erased (P-12) goes then too, where nobody asks for it.
    """
    while True:
        try:
            await asyncio.to_thread(rotate, office.voice_keys, office.store)
            await asyncio.to_thread(let_go, office.store)
        except Exception as error:  # the store may be away for a while; the next hour tries again
            log(Event.ROTATION_FAILED, logging.ERROR, error=Code.of(error))
        await asyncio.sleep(ROTATION_SECONDS)


class _Minyi(FastAPI):
    """FastAPI, describing our problems in place of its own validation errors."""

    def openapi(self) -> dict[str, Any]:
        """The description, made once."""
        if self.openapi_schema is None:
            schema = super().openapi()
            schemas = schema["components"]["schemas"]
            for unused in ("HTTPValidationError", "ValidationError"):
                schemas.pop(unused, None)
            parts = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas.update(parts.pop("$defs", {}))
            schemas["Problem"] = parts
            for address, path in schema["paths"].items():
                for method, operation in path.items():
                    right = RIGHTS[f"{method.upper()} {address}"]
                    operation["x-right"] = right.action or right.place
                    operation["responses"].pop("422", None)
                    operation["responses"]["default"] = PROBLEM
        return self.openapi_schema or schema

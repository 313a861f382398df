"""Puts the console on the application: its pages, its static files, and pages for addresses that do not exist."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.console.pages import ROUTERS
from api.console.plain import wants_page
from api.console.problems import shown
from api.console.visit import Visit
from api.import_desk import ImportRoom
from api.problems import answered, problem_of
from pipeline.accounts import SignIn
from pipeline.office import Office


def install(app: FastAPI, office: Office) -> None:
    """Mounts the console. Programs that ask for an address that does not exist still get a problem in JSON."""
    app.state.door = SignIn(office)
    app.state.imports = ImportRoom(office)
    for router in ROUTERS:
        app.include_router(router)
    app.add_exception_handler(HTTPException, _no_such_page)


async def _no_such_page(request: Request, error: Exception) -> Response:
    if not wants_page(request.url.path, request.headers):
        return answered(request, error)
    visit = Visit(request)
    found = problem_of(error)
    assert found is not None
    await run_in_threadpool(visit.recognise)
    return visit.finish(await run_in_threadpool(shown, visit, found))

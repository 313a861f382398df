"""Who calls: the API key in ``Authorization: Bearer …`` makes the reader in whose name everything is checked."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.desk import Desk
from api.policy import Reader, holder
from pipeline.office import Office

BEARER = HTTPBearer(auto_error=False, scheme_name="ApiKey", description="A key of `minyi keys issue`.")
KEY_FOUND: Final = "key_found"
"""What the state of a request says once the store had its key; the guard counts by it."""


def office(request: Request) -> Office:
    """The office that this application serves."""
    found: Office = request.app.state.office
    return found


def reader(
    request: Request,
    office: Annotated[Office, Depends(office)],
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)],
) -> Reader:
    """The reader behind the key; 401 when it is missing, unknown or revoked.

    The store is asked for the SHA-256 of the key, which has 256 random bits: how long the search takes tells nothing
    about any key but the one that was sent.
    """
    key = office.store.api_key(credentials.credentials) if credentials else None
    if key is None:
        raise HTTPException(401, headers={"WWW-Authenticate": 'Bearer realm="minyi"'})
    setattr(request.state, KEY_FOUND, True)
    return holder(key.name, key.role, key.project_ids, key.region_code, key.unit)


def desk(office: Annotated[Office, Depends(office)], reader: Annotated[Reader, Depends(reader)]) -> Desk:
    """The desk at which this reader stands."""
    return Desk(office, reader)


AtDesk = Annotated[Desk, Depends(desk)]
"""A route that reads or writes for a reader asks for this and for nothing else of the office."""

"""Conditional answers: an ``ETag`` on what changes seldom, so that asking again costs no transfer."""

from __future__ import annotations

import hashlib

from fastapi import Request, Response
from pydantic import BaseModel


def conditional(request: Request, answer: BaseModel) -> Response:
    """The answer with its ``ETag``; 304 without a body when the caller has it already.

    The question was checked and noted in the audit trail before: a 304 is a read like any other.
    """
    body = answer.model_dump_json().encode()
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    known = {item.strip().removeprefix("W/") for item in request.headers.get("if-none-match", "").split(",")}
    if known & {tag, "*"}:
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type="application/json")

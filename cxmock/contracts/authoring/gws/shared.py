"""What the APIs of GWS have in common: the token in the request, the envelope in the reply."""

from __future__ import annotations

from typing import Any

from cxmock.contracts.authoring import Answer, from_state, given, includes, like, not_empty

EXAMPLE_TOKEN = "5b0f4c0e-8f5e-4f0c-9a8e-2a1d6a3c7e11"

TOKEN_IS_VALID = given("a token is valid")
TOKEN_HAS_EXPIRED = given("a token has expired")
WITH_TOKEN = {"Authorization": from_state("${authorization}", f"Bearer {EXAMPLE_TOKEN}")}


def done(data: Any = None, *, status: int = 200) -> Answer:
    """Return the reply to what was done: code 0, and ``data`` where something is promised of it."""
    return Answer(status, json={"status": {"code": 0}} | ({} if data is None else {"data": data}))


def refused(status: int, code: int) -> Answer:
    """Return the reply to what was not done: a code, and a message for people."""
    return Answer(
        status,
        headers={"WWW-Authenticate": includes("Bearer", "Bearer")} if status == 401 else {},
        json={
            "status": {"code": code, "message": not_empty("why"), "detail": like("")},
            "path": like("/configuration/v3/objects/campaigns"),
        },
    )

"""Operations and outcomes: which promises are about the same operation, and which answers say the same about it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cxmock.contracts import operations
from cxmock.contracts.mutating.mutant import Answer
from cxmock.wire.http import Response


def outcome(answer: Answer) -> str:
    """Return how an operation ended, in one line: two answers with the same one say the same.

    >>> outcome(Response.of({"status": {"code": 604, "message": "No campaign is there."}}, 404))
    '404 604'
    >>> outcome({"type": "error", "value": "WRONGTYPE Operation against a key"}), outcome({"status": "NOENT"})
    ('error WRONGTYPE', 'NOENT')
    """
    if isinstance(answer, Response):
        return f"{answer.status} {_code(_json(answer))}".strip()
    return _observed(answer)


def is_error(answer: Answer) -> bool:
    """Whether an answer says that something was refused or failed.

    >>> is_error(Response(404)), is_error({"messages": [{"message": "Error", "attributes": {"code": 5}}]})
    (True, True)
    """
    return answer.status >= 400 if isinstance(answer, Response) else operations.is_error(answer)


def _json(answer: Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return None


def _code(body: Any) -> str:
    """Return the word or number by which an HTTP body tells how it went."""
    if not isinstance(body, Mapping):
        return ""
    status = body.get("status", body.get("error", ""))
    if isinstance(status, Mapping):
        status = status.get("code", "")
    return str(status)


def _observed(answer: Mapping[str, Any]) -> str:
    if "messages" in answer:
        said = [(str(one.get("message")), one.get("attributes", {})) for one in answer["messages"]]
        return " ".join(f"{name} {told.get('code', told.get('status', ''))}".strip() for name, told in said)
    if "error" in answer:
        error = answer["error"]
        return f"error {error.get('sqlstate') if isinstance(error, Mapping) else error}"
    if answer.get("type") == "error":
        return f"error {str(answer.get('value')).partition(' ')[0]}"
    return str(answer.get("status", answer.get("type", f"done {answer.get('rowcount', '')}"))).strip()

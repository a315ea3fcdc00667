"""Asks the customer's own pre-dial validation, where a rule names one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from cxmock.reference.envelope import Refusal
from cxmock.reference.on_this_machine import address_of
from cxmock.reference.runtime import Runtime
from cxmock.reference.services.compliance_manager.record import Record
from cxmock.reference.services.compliance_manager.rulebook import Blocked
from cxmock.reference.services.compliance_manager.rules import ExternalRule
from cxmock.wire.genesys.enumerations import CallResult
from cxmock.wire.http import Response

NAME = "external validation"


async def ask_external(runtime: Runtime, rules: Sequence[ExternalRule], record: Record) -> Blocked | None:
    """Return the first rule whose validation forbids an attempt; each gets the record as OCS sent it.

    Only this machine is asked (127.0.0.0/8). One that does not answer with 200 or 409 in time decides nothing: then the
    rule says what becomes of the record, and one that is blocked has the result general-error (assumed).
    """
    for rule in rules:
        origin, target = _split(rule.url)
        try:
            address = await expect_here(rule.url)
            caller = runtime.caller(NAME, origin, address=address)
            answer = await caller.request("POST", target, json=record.told, within=rule.within)
        except Refusal:
            answer = Response(503)
        if answer.status == 409:
            return Blocked(rule.name, rule.kind, _result(answer))
        if answer.status != 200 and rule.otherwise == "block":
            return Blocked(rule.name, rule.kind, CallResult.GENERAL_ERROR)
    return None


async def expect_here(url: str) -> str:
    """Return the address on this machine at which a validation is.

    Asked when a rule is set, and again whenever it is followed: a name may lead elsewhere by then.

    Raises:
        Refusal: it is not on this machine (652).
    """
    return await address_of(urlsplit(url).hostname or "")


def _split(url: str) -> tuple[str, str]:
    """Return origin and target of an address.

    >>> _split("https://example.org:8443/may-call?list=a"), _split("http://example.org")
    (('https://example.org:8443', '/may-call?list=a'), ('http://example.org', '/'))
    """
    parts = urlsplit(url)
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return f"{parts.scheme}://{parts.netloc}", target


def _result(answer: Response) -> int:
    """Return the call result that a 409 names; do-not-call where it names none."""
    try:
        told: Any = answer.json()
        result = told.get("GSW_CALL_RESULT")
    except (ValueError, AttributeError):
        result = None
    known = isinstance(result, int) and not isinstance(result, bool) and result in set(CallResult)
    return result if known else CallResult.DO_NOT_CALL

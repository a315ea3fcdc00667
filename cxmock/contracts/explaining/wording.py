"""Puts into words why something is not what is promised."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from cxmock.contracts.explaining.explanation import Explanation, Near
from cxmock.contracts.explaining.nearness import nearest
from cxmock.contracts.matching import SeenRequest
from cxmock.contracts.matching.difference import UNPROMISED, show
from cxmock.contracts.promises import Promises, Seen
from cxmock.contracts.verdicts import Mismatch
from cxmock.wire.http import to_json

_ANSWERED = ("status", "header", "body", "response")
"""Kinds of mismatches that are about the answer."""
ORDER = "order"
"""The kind of mismatch of an exchange that comes before what it has to come after."""


def explain(promises: Promises, seen: Seen, operation: str) -> Explanation:
    """Explain why an exchange, or a request alone, is not promised.

    Args:
        promises: the contract's.
        seen: what arrived; without a response only the request is looked at.
        operation: its name for people.
    """
    contract = promises.contract
    where = f"on connection {contract.connection}" if contract.connection else f"by {Path(contract.file).name}"
    near = nearest(promises, seen)
    about_it = bool(promises.candidates(seen))
    provider = contract.provider.name
    if not about_it:
        what = f"{operation} is not promised {where}, {contract.consumer.name} to {provider}."
        why = f"What is not promised may work here and fail with the real {provider}."
    elif near and all(one.kind in _ANSWERED for one in near[0].mismatches):
        what = f'The answer to {operation} is not the one that is promised {where}: "{near[0].description}".'
        why = "A consumer was given what nobody promised it: the provider, or the promise, is wrong."
    else:
        what = f'{operation} is not as promised {where}: "{near[0].description}".'
        why = f"The real {provider} need not answer it as this one does."
    fix = _fix(near, provider, Path(contract.file).name) if about_it else _other(near, seen, Path(contract.file).name)
    return Explanation(what, _arrived(seen, operation), near, why, fix)


def out_of_order(
    promises: Promises, seen: Seen, operation: str, description: str, before: Sequence[str]
) -> Explanation:
    """Explain that an exchange came before any of those of which one has to come first."""
    contract = promises.contract
    named = " or ".join(f'"{one}"' for one in before)
    mismatch = Mismatch(ORDER, "", f"comes before any {named}", named, operation)
    return Explanation(
        f'{operation} comes too early: "{description}" is promised only after {named}.',
        _arrived(seen, operation),
        (Near(description, (mismatch,)),),
        f"The real {contract.provider.name} may refuse it in this order.",
        f"First do what {named} promises; or say that these exchanges begin midway, where it was done before them.",
    )


def _arrived(seen: Seen, operation: str) -> str:
    request = seen.request
    if isinstance(request, SeenRequest):
        query = "&".join(f"{name}={value}" for name, values in request.query.items() for value in values)
        body = "" if request.body.is_empty else " " + show(request.body.raw().decode("utf-8", "replace"))
        return f"{request.method} {request.path}{'?' + query if query else ''}{body}"
    return show(to_json(request).decode()) if request else f"{operation}, without being asked"


def _fix(near: tuple[Near, ...], provider: str, file: str) -> str:
    """Return what to do first, going by the first difference from the nearest promise."""
    otherwise = f"add a promise to {file}, if {provider} really answers it so"
    if not near or not near[0].mismatches:
        return f"Leave it, or {otherwise}."
    first = near[0].mismatches[0]
    if first.kind in _ANSWERED:
        return "Correct the provider; or where the provider is right, the promise."
    return f"{_correction(first)}; or {otherwise}."


def _other(near: tuple[Near, ...], seen: Seen, file: str) -> str:
    """Return what to do where nothing is promised about what was asked for."""
    add = f"add a promise to {file}"
    path = next((one.expected for one in near[0].mismatches if one.kind == "path"), "") if near else ""
    if path:
        return f"Ask for {path}, if that was meant; or {add}."
    return f"Do something that is promised instead, or {add}." if not seen.unasked else f"{add.capitalize()}."


def _correction(first: Mismatch) -> str:
    place = " ".join(part for part in (_NOUNS.get(first.kind, first.kind), first.place) if part)
    match first.kind:
        case "method":
            return f"Use {first.expected}"
        case "path":
            return f"Ask for {first.expected}"
        case _ if first.text == "is missing":
            return f"Send the {place}, such as {first.expected}"
        case _ if first.text.startswith(UNPROMISED):
            return f"Leave out the {place}"
        case _:
            return f"Send the {place} as promised, such as {first.expected}"


_NOUNS = {"query": "query's", "request header": "header", "request body": "body's", "request": "operation's"}

"""Reads a Pact file and checks it: every fault is named with its place, and how to mend it."""

from __future__ import annotations

import binascii
import re
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from cxmock.contracts.model import Body, Contract, HttpInteraction, Interaction, SyncMessage
from cxmock.contracts.upgrading import upgraded, version_of
from cxmock.errors.base import nearest
from cxmock.errors.contracts import (
    ContractMalformed,
    ContractMissing,
    ContractTooLarge,
    DuplicateInteraction,
    UnknownPactVersion,
    UnknownTransport,
)
from cxmock.topology import CONNECTIONS, Component, connection

SIZE_LIMIT = 16 * 2**20
"""Bytes of a file that are read."""
DEPTH_LIMIT = 100
"""Levels of nesting in a file. Bodies of people's services are below 20."""

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_STANDARD = ("http", "message", "sync-message", "async-message")


def read_contract(file: Path) -> Contract:
    """Read a Pact file of specification 4, or of an older one, as if it were of version 4.

    Raises:
        ContractMissing: there is no such file.
        ContractTooLarge: it is over :data:`SIZE_LIMIT`.
        ContractMalformed: it is no JSON, or no Pact; the error names the place.
        UnknownPactVersion: it follows another specification.
        DuplicateInteraction: a description or a key stands there twice.
        UnknownTransport: an interaction goes over a transport that its connection does not have.
    """
    try:
        size = file.stat().st_size
        if size > SIZE_LIMIT:
            raise ContractTooLarge(str(file), size, SIZE_LIMIT)
        with file.open("rb") as opened:
            data = opened.read(SIZE_LIMIT + 1)  # a device has no size
        if len(data) > SIZE_LIMIT:
            raise ContractTooLarge(str(file), len(data), SIZE_LIMIT)
    except FileNotFoundError as error:
        raise ContractMissing(str(file)) from error
    except OSError as error:
        raise ContractMalformed(str(file), "", error.strerror or str(error)) from error
    return contract_of(data, str(file))


def contract_of(data: bytes, file: str) -> Contract:
    """Return the contract that ``data``, a Pact file's bytes, says. ``file`` is its name in errors."""
    document = document_of(data, file)
    version = version_of(document)
    if version.partition(".")[0] in ("1", "2", "3"):
        document = upgraded(document, file)
    elif version.partition(".")[0] != "4":
        raise UnknownPactVersion(file, version)
    try:
        contract = msgspec.convert(document | {"file": file, "raw": document.get("interactions", ())}, Contract)
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        raise ContractMalformed(file, place.strip("`"), reason) from error
    _check(contract)
    return contract


def document_of(data: bytes, file: str) -> dict[str, Any]:
    """Decode a file's JSON; the faults are named with line and column.

    Raises:
        ContractMalformed: it is not a JSON object, or nested too deeply.
    """
    if not data.strip():
        raise ContractMalformed(file, "", "the file is empty")
    try:
        document = msgspec.json.decode(data.decode())
    except RecursionError as error:
        raise ContractMalformed(file, "", f"it is nested over {DEPTH_LIMIT} levels deep") from error
    except UnicodeDecodeError as error:
        raise ContractMalformed(file, _line(data, error.start), "it is not UTF-8") from error
    except msgspec.DecodeError as error:
        text = str(error)
        if "truncated" in text:
            raise ContractMalformed(file, "the end", "the file ends in the middle of a value") from error
        reason, _, place = text.rstrip(")").partition(" (byte ")
        raise ContractMalformed(file, _line(data, int(place)) if place.isdigit() else "", reason) from error
    if not isinstance(document, dict):
        raise ContractMalformed(file, "line 1", "it is JSON, but not an object")
    if _depth(document) > DEPTH_LIMIT:
        raise ContractMalformed(file, "", f"it is nested over {DEPTH_LIMIT} levels deep")
    return document


def _line(data: bytes, offset: int) -> str:
    before = data[:offset]
    return f"line {before.count(10) + 1}, column {offset - before.rfind(10)}"


def _depth(document: Any) -> int:
    """Return how deeply ``document`` is nested, without recursion."""
    level, depth = [document], 0
    while level:
        level = [
            part
            for value in level
            if isinstance(value, (dict, list))
            for part in (value.values() if isinstance(value, dict) else value)
        ]
        depth += 1
    return depth


def _check(contract: Contract) -> None:
    number = contract.connection
    descriptions = Counter(_identity(one, ours=number is not None) for one in contract.interactions)
    keys = Counter((one.key, "") for one in contract.interactions if one.key)
    for what, counted in (("description", descriptions), ("key", keys)):
        for (text, _), count in counted.items():
            if count > 1:
                raise DuplicateInteraction(contract.file, what, text)
    if number is not None and not 1 <= number <= len(CONNECTIONS):
        raise ContractMalformed(
            contract.file, "$.metadata.cxmock.connection", f"there is no connection {number}, only 1 to 13"
        )
    known = sorted({name for row in CONNECTIONS for name in row.transports})
    if number is not None:
        known = list(connection(number).transports)
    for place, one in enumerate(contract.interactions):
        if one.transport and one.transport not in known and one.transport not in _STANDARD:
            raise UnknownTransport(contract.file, one.description, one.transport, known)
        _check_provider(contract.file, f"$.interactions[{place}].comments.cxmock.provider", number, one)
        _check_contents(contract.file, f"$.interactions[{place}]", one)


def _identity(interaction: Interaction, *, ours: bool) -> tuple[str, str]:
    """Return what no two interactions of a contract may share: the description; with others' tools, the states too."""
    return interaction.description, "" if ours else repr(interaction.provider_states)


def _check_provider(file: str, place: str, number: int | None, interaction: Interaction) -> None:
    """See that the component which is to keep a promise is one that the connection leads to."""
    named = interaction.comments.cxmock.provider
    known = (
        [str(row.component) for row in connection(number).listens] if number is not None else list(map(str, Component))
    )
    if named and named not in known:
        raise ContractMalformed(file, place, f'"{named}" is no provider here. {nearest(named, known)}')


def _check_http(file: str, place: str, interaction: HttpInteraction) -> None:
    """See that a request could be sent as it is promised, and its response, too."""
    request, response = interaction.request, interaction.response
    if not _TOKEN.fullmatch(request.method):
        raise ContractMalformed(file, f"{place}.request.method", f"{request.method!r} is no method of HTTP")
    if not 100 <= response.status <= 999:
        raise ContractMalformed(file, f"{place}.response.status", f"{response.status} is no status of HTTP")


def _check_contents(file: str, place: str, interaction: Interaction) -> None:
    """See that there is something to match, and that base64 is base64."""
    if not interaction.description:
        raise ContractMalformed(file, place, "an interaction has no description")
    if isinstance(interaction, HttpInteraction):
        _check_http(file, place, interaction)
        bodies = [("request.body", interaction.request.body), ("response.body", interaction.response.body)]
    elif isinstance(interaction, SyncMessage):
        if not interaction.response:
            raise ContractMalformed(
                file,
                f"{place}.response",
                f'"{interaction.description}" promises no response, so nothing can be checked',
            )
        bodies = [("request.contents", interaction.request.contents)]
        bodies += [(f"response[{index}].contents", one.contents) for index, one in enumerate(interaction.response)]
    else:
        bodies = [("contents", interaction.contents)]
        if interaction.contents == Body():
            raise ContractMalformed(
                file,
                f"{place}.contents",
                f'"{interaction.description}" has no contents, so Pact would call anything good',
            )
    for where, body in bodies:
        try:
            if body is not None:
                body.value()
        except (binascii.Error, TypeError, ValueError) as error:
            raise ContractMalformed(file, f"{place}.{where}.content", "it says base64 and is not") from error

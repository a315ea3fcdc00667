"""What an adapter is, and opening one by its provider's URL; only what is used is imported."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from cxmock.errors.contracts import CannotPerform

Perform = Callable[[Mapping[str, Any]], Awaitable[Mapping[str, Any]]]
"""Performs an operation and returns what was observed; an error of the protocol is an observation too."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to get at a provider that does not speak HTTP."""

    url: str
    """With credentials where the form has a place for them."""
    ca_file: Path
    """The CA that signs whatever of it speaks TLS."""
    host_key: str = ""
    """An SFTP server's public host key, one line."""
    within: float = 5.0
    """Seconds for one operation."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """A client of one provider; it connects when it is first used."""

    do: Perform
    close: Callable[[], Awaitable[None]]
    example: Mapping[str, Any]
    """An operation; its first key is what every operation has."""
    arranger: object = None
    """Has a ``states`` table, where a provider of this kind can be arranged through its own protocol."""
    other: str = ""
    """What an operation has instead of the example's first key."""

    async def perform(self, operation: Mapping[str, Any]) -> Mapping[str, Any]:
        """Perform an operation and return what was observed.

        Raises:
            CannotPerform: this is no operation of the transport.
            CxmockError: the provider cannot be reached, or does not answer.
        """
        needed = next(iter(self.example))
        if needed not in operation and self.other not in operation:
            raise CannotPerform(needed, dict(operation), dict(self.example))
        return await self.do(operation)


def open_adapter(transport: str, access: Access) -> Adapter:
    """Return the adapter of ``transport``, ``redis`` or another of the topology's."""
    adapter: Adapter = import_module(f"cxmock.contracts.adapters.{transport}").adapter(access)
    return adapter

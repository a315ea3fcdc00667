"""Opens the adapter of a transport by its provider's URL; only what is used is imported."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any, Protocol

TRANSPORTS = ("redis", "postgresql", "sftp", "ftp", "nfs", "ocs", "confserv")
"""Each has a module of its name here."""


class Adapter(Protocol):
    """A client of one provider."""

    async def perform(self, operation: Mapping[str, Any]) -> Mapping[str, Any]:
        """Perform an operation and return what was observed; an error of the protocol is an observation too.

        Raises:
            CxmockError: the provider cannot be reached or does not answer, or this is no operation.
        """

    async def aclose(self) -> None:
        """Close the connection."""


@dataclass(frozen=True, slots=True)
class Access:
    """How to get at a provider that does not speak HTTP."""

    url: str
    """With credentials where the form has a place for them."""
    ca_file: Path
    """The CA that signs whatever of it speaks TLS."""
    host_key: str = ""
    """An SFTP server's public host key, one line; empty to trust whatever it shows."""
    within: float = 5.0
    """Seconds for one operation."""


def open_adapter(transport: str, access: Access) -> Adapter:
    """Return the adapter of ``transport``; it connects when it is first used."""
    adapter: Adapter = import_module(f"cxmock.contracts.adapters.{transport}").adapter(access)
    return adapter
